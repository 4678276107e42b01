import { type MigrationState, migrationState } from '../store/migrations/migration-state.ts'
import { CONNECTION_LIMITS, PgConnection } from '../store/postgres/connection.ts'
import { kyselyOn } from '../store/postgres/dialect.ts'
import { migrate } from '../store/postgres/migrate.ts'
import { embeddedState, migrateEmbedded } from '../store/sqlite/migrate-embedded.ts'
import type { TransferPlace } from '../store/transfer/open-transfer.ts'
import { databaseArguments, shownPlace, withDatabase } from './database-place.ts'

const USAGE = `rookery migrate [--check] [--config FILE] [--data FOLDER]

Brings the tables of the database up to date, which a server that starts also does.

  --check   changes nothing, tells only. Exit codes: 0 up to date, 3 migrations are pending, 4 the database is newer than this program.
`
/** Exit codes that scripts may rely on. */
export const UP_TO_DATE = 0
export const PENDING = 3
export const NEWER = 4

/** `rookery migrate`. Answers the exit code. */
export async function runMigrate(args: readonly string[]): Promise<number> {
  const asked = databaseArguments(args, ['check'], 0)
  if (!asked) {
    process.stdout.write(USAGE)
    return 0
  }
  const { place } = asked
  const check = asked.flags.has('check')
  const { code, text } = check
    ? verdict(await stateOf(place), place)
    : await withDatabase(place, () => bringUpToDate(place))
  process.stdout.write(`${text}\n`)
  return code
}

interface Verdict {
  readonly code: number
  readonly text: string
}

async function bringUpToDate(place: TransferPlace): Promise<Verdict> {
  const before = await readState(place)
  if (before.unknown.length > 0) return verdict(before, place)
  if (place.kind === 'embedded') await migrateEmbedded(place.folder)
  else await migrate(place.url)
  if (before.pending.length === 0) return verdict(before, place)
  return {
    code: UP_TO_DATE,
    text: `${capital(shownPlace(place))} was migrated: ${before.pending.join(', ')}.`,
  }
}

function verdict({ pending, unknown }: MigrationState, place: TransferPlace): Verdict {
  const where = capital(shownPlace(place))
  if (unknown.length > 0)
    return {
      code: NEWER,
      text: `${where} is newer than this program: it has ${unknown.join(', ')}. Use the version of Rookery that made it.`,
    }
  if (pending.length > 0)
    return { code: PENDING, text: `${where} has ${pending.length} pending: ${pending.join(', ')}.` }
  return { code: UP_TO_DATE, text: `${where} is up to date.` }
}

/** Needs no lock: a check may be asked of a running server's database. */
function stateOf(place: TransferPlace): Promise<MigrationState> {
  return place.kind === 'embedded' ? readState(place) : withDatabase(place, () => readState(place))
}

async function readState(place: TransferPlace): Promise<MigrationState> {
  if (place.kind === 'embedded') return embeddedState(place.folder)
  const connection = await PgConnection.open({ url: place.url, limits: CONNECTION_LIMITS })
  try {
    return await migrationState(kyselyOn(connection))
  } finally {
    connection.drop('The state was read.')
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
