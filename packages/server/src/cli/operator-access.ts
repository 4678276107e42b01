import { existsSync, readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { AppRegistry } from '../apps/app-registry.ts'
import { checkMasterKey } from '../apps/master-key-check.ts'
import { SecretBox } from '../apps/secret-box.ts'
import { CommandError } from '../commands/command-error.ts'
import { type Config, ConfigError, type Environment } from '../config/load-config.ts'
import { loadMasterKey } from '../config/master-key.ts'
import { storeSource } from '../config/store-config.ts'
import { DataFolderInUseError, type DataFolderLock, lockDataFolder } from '../store/data-folder-lock.ts'
import { DATABASE_FILE } from '../store/sqlite/open-database.ts'
import type { Store } from '../store/store.ts'
import { openStore, type StoreSource } from '../store/store-source.ts'
import type { OperatorCommand } from './operator-command.ts'
import { askOperator, operatorSocketPath } from './operator-socket.ts'
import { VERSION } from './version.ts'

/** A server that starts holds the folder before it listens; another command holds it for a moment. */
const PATIENCE_MS = 8000
const PAUSE_MS = 100
/** One command needs no more of PostgreSQL's. */
const CONNECTIONS = 6
/** The only command that may begin a new data folder. */
const FIRST_COMMAND = 'app create'

/** The command was understood and refused; the message is for the operator. */
export class RefusedError extends Error {}

/**
 * Runs a command in the server that works on the data folder, or, when none runs, in this process; with PostgreSQL other
 * servers may run meanwhile, they read of it in the log.
 * Throws {@link RefusedError}, `ConfigError` or `DataFolderInUseError` with a text for the operator.
 */
export async function runOperatorCommand(
  command: OperatorCommand,
  args: unknown,
  config: Config,
  env: Environment,
): Promise<unknown> {
  const folder = config.values['data.folder']
  const isShared = storeSource(config.values).kind === 'postgres'
  if (!isShared && command.name !== FIRST_COMMAND && !existsSync(join(folder, DATABASE_FILE)))
    throw new ConfigError([
      `There is no database in ${folder}. Make the first app with "rookery app create NAME", or name the right folder with --data or data.folder.`,
    ])
  const path = operatorSocketPath(folder)
  const request = { command: command.name, args, actor: `cli:${operatorName()}`, version: VERSION }
  const until = Date.now() + PATIENCE_MS
  for (;;) {
    const reply = existsSync(path) ? await askOperator(path, request) : undefined
    if (reply?.ok) return reply.result
    if (reply) throw new RefusedError(reply.info)
    if (isShared) return await runHere(command, args, config, env, request.actor)
    const lock = await tryLock(folder, Date.now() >= until)
    if (lock)
      try {
        return await runHere(command, args, config, env, request.actor)
      } finally {
        lock.release()
      }
    await Bun.sleep(PAUSE_MS)
  }
}

async function tryLock(folder: string, lastTry: boolean): Promise<DataFolderLock | undefined> {
  try {
    return await lockDataFolder(folder, { as: 'command' })
  } catch (error) {
    if (error instanceof DataFolderInUseError && !lastTry) return undefined
    throw error
  }
}

async function runHere(
  command: OperatorCommand,
  args: unknown,
  config: Config,
  env: Environment,
  actor: string,
): Promise<unknown> {
  const dataFolder = config.values['data.folder']
  const source = storeSource(config.values)
  const master = loadMasterKey({
    env,
    dataFolder,
    masterKeyFile: config.values['data.masterKeyFile'],
    isShared: source.kind === 'postgres',
  })
  if (master.created)
    process.stderr.write(
      `The master key was made at ${master.place}. Keep a copy: without it the app keys can't be read.\n`,
    )
  const defects: string[] = []
  const store = await openHere(source, text => defects.push(text))
  try {
    const box = new SecretBox(master.bytes)
    await checkMasterKey(store, box)
    const apps = new AppRegistry(store, box, config.settings)
    return await command.run({ store, box, apps, settings: config.settings, actor }, args)
  } catch (error) {
    if (error instanceof CommandError) throw new RefusedError(error.message)
    for (const defect of defects) process.stderr.write(`${defect}\n`)
    throw error
  } finally {
    await store.close()
  }
}

async function openHere(source: StoreSource, onDefect: (text: string) => void): Promise<Store> {
  if (source.kind === 'embedded') return openStore(source, onDefect)
  try {
    return await openStore({ ...source, connections: CONNECTIONS }, onDefect)
  } catch (error) {
    throw new RefusedError(
      `The database of database.url can't be used: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

/** The name of this process's user; not from the environment, which anybody may set. */
function operatorName(): string {
  const uid = process.getuid?.()
  if (uid === undefined) return userInfo().username
  const line = passwordFile()
    .split('\n')
    .find(entry => entry.split(':')[2] === String(uid))
  return line?.slice(0, line.indexOf(':')) || `uid ${uid}`
}

function passwordFile(): string {
  try {
    return readFileSync('/etc/passwd', 'utf8')
  } catch {
    return ''
  }
}
