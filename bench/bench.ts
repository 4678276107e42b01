import { cpus, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { benchCluster } from './cluster.ts'
import { benchIdle } from './idle.ts'
import { benchLogin } from './login.ts'
import type { BenchOptions } from './options.ts'
import { record } from './record.ts'
import { benchSend } from './send.ts'

const USAGE = `Usage: npm run bench -- send|login|idle|cluster [--seconds N] [--repeat N] [--quick] [--count N]

  send    messages through the WebSocket door, against a bare relay
  login   connect + UserSig + ready, against a bare connect with one frame
  idle    memory of idle logged-in connections, against bare ones
  cluster messages of nodes on PostgreSQL and NATS, against a bare insert into the same PostgreSQL

  --seconds N   length of one measurement (send, cluster; default 8)
  --repeat N    measurements of each side, taken in turns; medians are shown (default 5)
  --count N     connections (idle: 9000; login: 3000 a measurement)
  --pairs N     conversations (send, cluster; default 128)
  --window N    messages under way in each of them (send, cluster; default 4)
  --nodes N,N   nodes of each installation (cluster; default 1,3)
  --quick       short and few: shows that it works, its figures mean little
  --record      the report goes to the top of bench/RESULTS.md too
  --profile D   CPU profile of the server into folder D (its figures are then too slow)`

const benches = { send: benchSend, login: benchLogin, idle: benchIdle, cluster: benchCluster }

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string' },
    repeat: { type: 'string' },
    count: { type: 'string' },
    pairs: { type: 'string' },
    window: { type: 'string' },
    nodes: { type: 'string', default: '1,3' },
    quick: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
    profile: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
})
const name = positionals[0] ?? ''
if (values.help || !(name in benches)) {
  console.log(USAGE)
  process.exit(values.help ? 0 : 2)
}

const { quick } = values
const options: BenchOptions = {
  seconds: bounded(values.seconds, quick ? 2 : 8, 1, 120),
  repeat: bounded(values.repeat, quick ? 1 : 5, 1, 50),
  ...(values.count !== undefined && { count: bounded(values.count, 0, 10, 15_000) }),
  pairs: bounded(values.pairs, 128, 1, 4000),
  window: bounded(values.window, 4, 1, 500),
  nodes: values.nodes.split(',').map(text => bounded(text, 0, 1, 9)),
  quick,
  ...(values.profile !== undefined && { profile: values.profile }),
  serverCore: 0,
  loadCore: 1,
}

const isPinned = name !== 'cluster'
// The load's own core: what the server needs is not to wait for it.
if (isPinned) Bun.spawnSync(['taskset', '-acp', String(options.loadCore), String(process.pid)])
const machine = `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC, Bun ${Bun.version}, ${cpuName()}${
  isPinned ? `; server on core ${options.serverCore}, load on core ${options.loadCore}` : ''
}`
console.log(`rookery bench ${name}, ${machine}\n`)
const report = await benches[name as keyof typeof benches](options)
console.log(report)
if (values.record) {
  const command = ['npm run bench --', ...process.argv.slice(2)].join(' ')
  record(`${machine.slice(0, 10)}, ${name}`, `Machine: ${machine}. Command: \`${command}\`\n\n${report}`)
}
process.exit(0)

function bounded(text: string | undefined, otherwise: number, least: number, most: number): number {
  if (text === undefined) return otherwise
  const value = Number(text)
  if (Number.isInteger(value) && value >= least && value <= most) return value
  console.error(`${text} is not a whole number from ${least} to ${most}.\n\n${USAGE}`)
  process.exit(2)
}

function cpuName(): string {
  return `${cpus()[0]?.model ?? 'unknown CPU'} × ${cpus().length}, ${Math.round(totalmem() / 2 ** 30)} GiB`
}
