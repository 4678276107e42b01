/**
 * The measured server: the real one on a temporary folder, with accounts that exist already. Prints one JSON line when
 * it accepts connections; then reads commands from its input, and ends when that closes.
 */
import { TestServer } from '@rookery/server/testing/test-server'
import { answerCommands } from './measured-process.ts'

const names = JSON.parse(process.argv[2] ?? '[]') as string[]

const server = new TestServer({
  users: names,
  settings: {
    'account.max': 0,
    'session.commandsPerSec': 10_000,
    'session.inFlightMax': 1000,
    'session.webLoss': 3600,
    'login.webInstances': 1,
  },
})
await server.seed()
await server.start()
console.log(JSON.stringify({ port: server.running.port, key: server.key }))
await answerCommands()
await server.stop()
process.exit(0)
