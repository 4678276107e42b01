import { parseArgs } from 'node:util'
import { type Config, loadConfig } from '../config/load-config.ts'
import { storeSource } from '../config/store-config.ts'
import { lockDataFolder } from '../store/data-folder-lock.ts'
import { ConnectionLost, sqlState } from '../store/postgres/sql-state.ts'
import type { TransferPlace } from '../store/transfer/open-transfer.ts'
import { TransferError } from '../store/transfer/transfer-database.ts'
import { RefusedError } from './operator-access.ts'
import { UsageError } from './read-arguments.ts'

/** What a command on the whole database was asked for. */
export interface DatabaseArguments {
  readonly config: Config
  readonly place: TransferPlace
  readonly words: readonly string[]
  readonly flags: ReadonlySet<string>
}

/**
 * Reads `--config`, `--data` and switches of the command's own; undefined for `--help`. The database is the one that a server
 * started here would use. Throws {@link UsageError} and `ConfigError`.
 */
export function databaseArguments(
  args: readonly string[],
  switches: readonly string[],
  words: number,
): DatabaseArguments | undefined {
  const { values, positionals } = parsed(args, switches)
  if (values.help) return undefined
  if (positionals.length !== words)
    throw new UsageError(words === 0 ? `"${positionals[0]}" is one word too many.` : 'Name one FILE.')
  const config = loadConfig({
    ...(typeof values.config === 'string' && { configFile: values.config }),
    env: process.env,
    cwd: process.cwd(),
    flags: { ...(typeof values.data === 'string' && { 'data.folder': values.data }) },
  })
  return {
    config,
    place: storeSource(config.values),
    words: positionals,
    flags: new Set(switches.filter(name => values[name] === true)),
  }
}

/**
 * Runs what needs a database for itself: holds the lock of an embedded one's folder, and makes refusals of {@link RefusedError}
 * with a text for the operator, who sees no password in it.
 */
export async function withDatabase<T>(place: TransferPlace, work: () => Promise<T>): Promise<T> {
  const lock = place.kind === 'embedded' ? await lockDataFolder(place.folder, { as: 'command' }) : undefined
  try {
    return await work()
  } catch (error) {
    if (error instanceof TransferError || error instanceof ConnectionLost)
      throw new RefusedError(error.message)
    if (place.kind === 'postgres' && sqlState(error) !== undefined)
      throw new RefusedError(
        `The database refused: ${error instanceof Error ? error.message : String(error)}`,
      )
    throw error
  } finally {
    lock?.release()
  }
}

/** For people: where it is, without the password. */
export function shownPlace(place: TransferPlace): string {
  if (place.kind === 'embedded') return `the data folder ${place.folder}`
  const url = new URL(place.url)
  return `PostgreSQL at ${url.host}${url.pathname}`
}

function parsed(
  args: readonly string[],
  switches: readonly string[],
): {
  readonly values: Readonly<Record<string, string | boolean | undefined>>
  readonly positionals: readonly string[]
} {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        config: { type: 'string' },
        data: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
        ...Object.fromEntries(switches.map(name => [name, { type: 'boolean' } as const])),
      },
    })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}
