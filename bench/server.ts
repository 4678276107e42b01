/**
 * The measured server: the real one on a database that was filled before by another process, so that its memory holds the
 * server only. Prints one JSON line when it accepts connections; reads commands from its input and ends when that closes.
 */
import { defaultSettings, type Settings } from '@rookery/protocol/limits'
import { SecretBox } from '@rookery/server/apps/secret-box'
import type { NatsServers } from '@rookery/server/bus/nats-servers'
import { startServer } from '@rookery/server/server'
import type { StoreSource } from '@rookery/server/store/store-source'
import pino from 'pino'
import { answerCommands } from './child-commands.ts'

export interface ServerArgument {
  readonly store: StoreSource
  /** Base64. */
  readonly masterKey: string
  readonly bus?: NatsServers
  readonly settings?: Partial<Settings>
  /** Left out: a free one. */
  readonly port?: number
}

const { store, masterKey, bus, settings, port } = JSON.parse(process.argv[2] ?? '') as ServerArgument

const server = await startServer({
  store,
  ...(bus && { bus }),
  secretBox: new SecretBox(Buffer.from(masterKey, 'base64')),
  settings: {
    ...defaultSettings(),
    'account.max': 0,
    // The load stands for many more clients than it has sockets.
    'session.commandsPerSec': 10_000,
    'session.inFlightMax': 1000,
    'session.webLoss': 3600,
    ...settings,
  },
  host: '127.0.0.1',
  port: port ?? 0,
  trustedProxies: [],
  publicHosts: [],
  log: pino({ level: 'error' }),
  drainSeconds: 0,
})
console.log(JSON.stringify({ port: server.port }))
await answerCommands()
await server.stop()
process.exit(0)
