import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ErrorCode } from '@rookery/protocol/error-code'
import type { Logger } from 'pino'
import { checkMasterKey } from '../apps/master-key-check.ts'
import { SecretBox } from '../apps/secret-box.ts'
import { CommandError } from '../commands/command-error.ts'
import { bindProblem, isLoopbackHost } from '../config/bind-check.ts'
import { type Config, ConfigError, loadConfig } from '../config/load-config.ts'
import { loadMasterKey } from '../config/master-key.ts'
import { natsServers, storeSource } from '../config/store-config.ts'
import type { PageHandler } from '../doors/listener.ts'
import { createLogger } from '../observability/logger.ts'
import { consolePages } from '../operators/console-pages.ts'
import { setupLink } from '../operators/setup-token.ts'
import { type RunningServer, startServer } from '../server.ts'
import { DataFolderInUseError, lockDataFolder } from '../store/data-folder-lock.ts'
import { NotStoredError } from '../store/not-stored-error.ts'
import { DATABASE_FILE } from '../store/sqlite/open-database.ts'
import { consoleFolder } from './console-folder.ts'
import { prepareExample } from './example-app.ts'
import { firstStart } from './first-start.ts'
import { operatorSocketPath, startOperatorSocket } from './operator-socket.ts'
import { VERSION } from './version.ts'

const USAGE = `Usage: rookery serve [--config FILE] [--data FOLDER] [--host ADDRESS] [--port N] [--example]

Runs the server until it is told to stop (Ctrl-C, SIGTERM). Everything else is configured in rookery.toml or the
environment: see "rookery config" and docs/configuration.md.
`

/** Two signals so close together are one wish: Ctrl-C in a terminal reaches the server and its parent. */
const SAME_SIGNAL_MS = 1000

/** `rookery serve`: resolves with the exit code when the server has stopped. */
export async function runServe(args: readonly string[]): Promise<number> {
  let config: Config
  try {
    config = configFrom(args)
  } catch (error) {
    if (!(error instanceof ConfigError) && !(error instanceof TypeError)) throw error
    process.stderr.write(`${error.message}\n\n${USAGE}`)
    return 2
  }
  const log = createLogger({ level: config.values['log.level'], format: config.values['log.format'] })
  try {
    return await serve(config, log)
  } catch (error) {
    if (error instanceof ConfigError || error instanceof DataFolderInUseError)
      process.stderr.write(`${error.message}\n`)
    else process.stderr.write(`The server could not start: ${startProblem(error, config)}\n`)
    return 1
  }
}

async function serve(config: Config, log: Logger): Promise<number> {
  const { values } = config
  for (const warning of config.warnings) log.warn(warning)
  const problem = bindProblem(values) ?? exampleProblem(config)
  if (problem) throw new ConfigError([problem])
  const dataFolder = values['data.folder']
  const source = storeSource(values)
  const bus = natsServers(values)
  if (source.kind === 'postgres' && existsSync(join(dataFolder, DATABASE_FILE)))
    log.warn(
      { folder: dataFolder },
      'The SQLite database of the data folder is not used: database.url names a PostgreSQL.',
    )
  const lock = await lockDataFolder(dataFolder, { as: 'server', waitMs: 5000 })
  try {
    const master = loadMasterKey({
      env: process.env,
      dataFolder,
      masterKeyFile: values['data.masterKeyFile'],
      isShared: source.kind === 'postgres',
    })
    const box = new SecretBox(master.bytes)
    const example = values['example.enabled'] ? await prepareExample(dataFolder) : undefined
    const assetsFolder = await consoleFolder((text, failed) => log[failed ? 'warn' : 'info'](text))
    let console: PageHandler | undefined
    const server = await startServer({
      store: source,
      ...(bus && { bus }),
      startSeconds: values['database.startSeconds'],
      secretBox: box,
      settings: config.settings,
      log,
      drainSeconds: values['server.drainSeconds'],
      host: values['server.host'],
      port: values['server.port'],
      trustedProxies: values['server.trustedProxies'],
      publicHosts: values['server.publicHosts'],
      ...(values['tls.cert'] && { tls: { cert: values['tls.cert'], key: values['tls.key'] } }),
      pages: async (request, url, address) =>
        (await console?.(request, url, address)) ?? (await example?.pages(request, url, address)),
    })
    const { settings } = config
    console = consolePages({
      store: server.services.store,
      box,
      settings,
      services: server.services,
      log,
      assetsFolder,
    })
    return await run(server, {
      config,
      log,
      box,
      example,
      keyPlace: master.created ? master.place : undefined,
    })
  } finally {
    lock.release()
  }
}

interface Run {
  readonly config: Config
  readonly log: Logger
  readonly box: SecretBox
  readonly example: Awaited<ReturnType<typeof prepareExample>> | undefined
  readonly keyPlace: string | undefined
}

async function run(server: RunningServer, parts: Run): Promise<number> {
  const { store } = server.services
  const { log } = parts
  try {
    await checkMasterKey(store, parts.box)
  } catch (error) {
    await server.stop()
    throw error
  }
  const operators = await startOperatorSocket({
    path: operatorSocketPath(parts.config.values['data.folder']),
    store,
    box: parts.box,
    settings: parts.config.settings,
    log,
  })
  const making = { store, box: parts.box, settings: parts.config.settings }
  const seconds = parts.config.values['database.startSeconds']
  const example = await parts.example?.start({
    ...making,
    url: server.url,
    warn: text => log.warn(text),
  })
  const first = await patiently(seconds, () => firstStart(making))
  const link = await patiently(seconds, () => setupLink(store))
  process.stdout.write(
    welcome({
      url: server.url,
      version: VERSION,
      ...(parts.keyPlace && { keyPlace: parts.keyPlace }),
      ...(first && { first }),
      ...(link && { setup: `${server.url}${link}` }),
      ...(example && { example }),
    }),
  )
  log.info({ url: server.url }, 'Rookery is ready.')
  const signal = await stopSignal()
  log.info({ signal }, 'Stopping: clients are moved away, then the store is closed.')
  await operators.stop()
  await server.stop()
  log.info('Stopped.')
  return 0
}

/** A database that is busy or away for a moment is waited for, as at the beginning of the start. */
async function patiently<T>(seconds: number, act: () => Promise<T>): Promise<T> {
  for (const end = performance.now() + seconds * 1000; ; await Bun.sleep(500))
    try {
      return await act()
    } catch (error) {
      const passes =
        error instanceof NotStoredError ||
        (error instanceof CommandError && error.code === ErrorCode.SERVICE_OVERLOAD)
      if (!passes || performance.now() > end) throw error
    }
}

interface Welcome {
  readonly url: string
  readonly version: string
  readonly keyPlace?: string
  readonly first?: readonly string[]
  /** The one-time address that makes the console's first operator. */
  readonly setup?: string
  readonly example?: readonly string[]
}

/** What a newcomer needs to know next; secrets are shown here once, and never in the log. */
function welcome(told: Welcome): string {
  const lines = [
    '',
    `  Rookery is running at ${told.url}   (version ${told.version})`,
    `  API reference   ${told.url}/docs`,
    `  Console         ${told.url}/console/`,
    ...(told.setup
      ? [
          '',
          '  Set up the console (one use, 30 minutes; anew: rookery operator create-link):',
          `  ${told.setup}`,
        ]
      : []),
    ...(told.keyPlace
      ? [
          '',
          `  The master key was made at ${told.keyPlace}. Keep a copy: without it the app keys can't be read.`,
        ]
      : []),
    ...(told.first ? ['', ...told.first.map(line => `  ${line}`)] : []),
    ...(told.example ? ['', ...told.example.map(line => `  ${line}`)] : []),
    '',
  ]
  return `${lines.join('\n')}\n`
}

function configFrom(args: readonly string[]): Config {
  const { values } = parseArgs({
    args: [...args],
    options: {
      config: { type: 'string' },
      data: { type: 'string' },
      host: { type: 'string' },
      port: { type: 'string' },
      example: { type: 'boolean' },
    },
  })
  return loadConfig({
    ...(values.config !== undefined && { configFile: values.config }),
    env: process.env,
    cwd: process.cwd(),
    flags: {
      ...(values.data !== undefined && { 'data.folder': values.data }),
      ...(values.host !== undefined && { 'server.host': values.host }),
      ...(values.port !== undefined && { 'server.port': values.port }),
      ...(values.example !== undefined && { 'example.enabled': String(values.example) }),
    },
  })
}

/** The demo users' passwords are printed and kept in a file: fine for this machine, not for a network. */
function exampleProblem({ values }: Config): string | undefined {
  if (!values['example.enabled'] || isLoopbackHost(values['server.host'])) return undefined
  return `The example app runs on loopback only, and server.host is ${values['server.host']}; start without --example.`
}

function stopSignal(): Promise<string> {
  return new Promise(resolve => {
    let first = 0
    const onSignal = (signal: string) => {
      const now = Date.now()
      if (first > 0 && now - first > SAME_SIGNAL_MS) process.exit(1)
      if (first === 0) {
        first = now
        resolve(signal)
      }
    }
    process.on('SIGINT', () => onSignal('SIGINT'))
    process.on('SIGTERM', () => onSignal('SIGTERM'))
  })
}

function startProblem(error: unknown, config: Config): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE')
    return `port ${config.values['server.port']} is taken; stop what uses it, or start with --port N (or ROOKERY_PORT).`
  return error instanceof Error ? error.message : String(error)
}
