// @ts-check
// Run by Bun: starts PostgreSQL and NATS where they are installed, says where as one line of JSON, and stops them when its
// input ends, which is when the test runner has ended, however that came.
import { findNats, startNats } from '../packages/server/src/testing/nats-server.ts'
import { findPostgres, startPostgres } from '../packages/server/src/testing/postgres-server.ts'

// A terminal's Ctrl-C reaches this process too, while tests still use the servers.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined)

const [postgres, nats] = await Promise.all([
  findPostgres() ? startPostgres({ fsync: false }) : undefined,
  findNats() ? startNats() : undefined,
])
console.log(JSON.stringify({ postgres: postgres?.url('postgres'), nats: nats?.url }))
for await (const _ of Bun.stdin.stream());
await Promise.all([postgres?.stop(), nats?.stop()])
process.exit(0)
