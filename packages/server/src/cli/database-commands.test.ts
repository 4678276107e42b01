import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrations } from '../store/migrations/migrations.ts'
import { DATABASE_FILE } from '../store/sqlite/open-database.ts'
import { IMPORT_POSITION } from '../store/transfer/transfer-database.ts'
import { findPostgres } from '../testing/postgres-server.ts'
import { PostgresTestDatabase } from '../testing/postgres-test-database.ts'
import { SqliteTestDatabase } from '../testing/sqlite-test-database.ts'
import type { TestDatabase } from '../testing/test-database.ts'
import { TestServer } from '../testing/test-server.ts'
import { NEWER, PENDING, UP_TO_DATE } from './migrate-command.ts'

// Each test starts the program several times, on a machine that may be busy.
setDefaultTimeout(60_000)

const ENTRY = join(import.meta.dir, 'rookery.ts')
const ALL = Object.keys(migrations)
/** Enough for a kill to meet an import at work: a commit for each thousand. */
const MANY_ROWS = 60_000

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rookery-database-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The tests' copies have their tables. */
async function empty(database: TestDatabase): Promise<void> {
  if (database.source.kind === 'postgres')
    await database.edit(run => run('drop schema public cascade; create schema public'))
  else
    for (const end of ['', '-wal', '-shm'])
      rmSync(join(database.folder, DATABASE_FILE + end), { force: true })
}

interface Outcome {
  readonly code: number
  readonly out: string
  readonly err: string
}

function start(words: readonly string[], env: Readonly<Record<string, string>>) {
  return Bun.spawn([process.execPath, ENTRY, ...words], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

async function rookery(words: readonly string[], env: Readonly<Record<string, string>>): Promise<Outcome> {
  const child = start(words, env)
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  return { code, out, err }
}

const engines = [
  { name: 'an embedded database', available: true, make: () => new SqliteTestDatabase(undefined) },
  { name: 'PostgreSQL', available: findPostgres() !== undefined, make: () => new PostgresTestDatabase() },
]

function urlOf({ source }: TestDatabase): string | undefined {
  return source.kind === 'postgres' ? source.url : undefined
}

/** How a server finds the database. */
function placeOf(database: TestDatabase): Record<string, string> {
  const url = urlOf(database)
  return { ROOKERY_DATA: database.folder, ...(url !== undefined && { ROOKERY_DATABASE_URL: url }) }
}

describe.each(engines.filter(engine => engine.available))('migrate on $name', ({ make }) => {
  let database: TestDatabase
  let env: Record<string, string>

  beforeAll(async () => {
    database = make()
    await database.prepare()
    env = placeOf(database)
    await empty(database)
  })
  afterAll(() => database.remove())

  test('--check names what is pending and changes nothing', async () => {
    const { code, out } = await rookery(['migrate', '--check'], env)
    expect(code).toBe(PENDING)
    expect(out).toContain(`has ${ALL.length} pending: ${ALL.join(', ')}.`)
    expect(existsSync(join(database.folder, DATABASE_FILE))).toBe(false)
    expect((await rookery(['migrate', '--check'], env)).code).toBe(PENDING)
  })

  test('then it migrates, once', async () => {
    const first = await rookery(['migrate'], env)
    expect(first).toMatchObject({ code: UP_TO_DATE, err: '' })
    expect(first.out).toContain(`was migrated: ${ALL.join(', ')}.`)
    expect((await rookery(['migrate'], env)).out).toContain('is up to date.')
    expect(await rookery(['migrate', '--check'], env)).toMatchObject({ code: UP_TO_DATE })
  })

  test('a database of a later version is told and left alone', async () => {
    await database.edit(run =>
      run(`insert into kysely_migration (name, timestamp) values ('9999-later', 'x')`),
    )
    for (const words of [['migrate', '--check'], ['migrate']]) {
      const { code, out } = await rookery(words, env)
      expect(code).toBe(NEWER)
      expect(out).toContain('is newer than this program: it has 9999-later.')
    }
  })
})

test.if(findPostgres() !== undefined)('no password is shown', async () => {
  const database = new PostgresTestDatabase()
  await database.prepare()
  const env = { ROOKERY_DATA: database.folder }
  const url = urlOf(database) ?? ''
  const secret = url.replace('postgres@', 'postgres:s3cret-word@')
  const shown = await rookery(['migrate', '--check'], { ...env, ROOKERY_DATABASE_URL: secret })
  const away = await rookery(['migrate'], {
    ...env,
    ROOKERY_DATABASE_URL: 'postgres://rookery:s3cret-word@127.0.0.1:1/rookery',
  })
  await database.remove()
  expect(secret).toContain('s3cret-word')
  expect(shown).toMatchObject({ code: UP_TO_DATE, out: expect.stringContaining('PostgreSQL at 127.0.0.1') })
  expect(away).toMatchObject({ code: 1, err: expect.stringContaining("can't be reached") })
  expect(JSON.stringify([shown, away])).not.toContain('s3cret-word')
})

describe.each(engines.filter(engine => engine.available))(
  'export and import into $name',
  ({ make, name }) => {
    let seed: TestServer
    let file: string
    let target: TestDatabase
    let env: Record<string, string>

    beforeAll(async () => {
      seed = new TestServer({ engine: 'sqlite' })
      await seed.seed()
      await seed.edit(async run => {
        for (let n = 0; n < MANY_ROWS; n++)
          await run(
            'insert into retired_name (app_id, name_hash, valid_after) values (8, ?, ?)',
            `name ${n}`,
            n,
          )
      })
      file = join(folder, `${name.replaceAll(' ', '-')}.jsonl`)
      target = make()
      await target.prepare()
      env = placeOf(target)
    })

    afterAll(async () => {
      await seed.stop()
      await target.remove()
    })

    test('an export is refused while a server runs on the folder, then told with its counts', async () => {
      await seed.start()
      const { lockDataFolder } = await import('../store/data-folder-lock.ts')
      const lock = await lockDataFolder(seed.folder, { as: 'server' })
      const refused = await rookery(['export', file], { ROOKERY_DATA: seed.folder })
      expect(refused).toMatchObject({
        code: 1,
        err: expect.stringContaining('is in use by a Rookery server'),
      })
      lock.release()
      await seed.halt()
      const done = await rookery(['export', file], { ROOKERY_DATA: seed.folder })
      expect(done.code).toBe(0)
      expect(done.out).toMatch(new RegExp(`retired_name +${MANY_ROWS} `))
      expect(done.out).toContain('the importing side needs the same master key')
    })

    test('an import that is killed with kill -9 goes on with the rest', async () => {
      const child = start(['import', file], env)
      const position = async (): Promise<number> => {
        try {
          const [row] = await target.edit(run =>
            run<{ value: string }>('select value from meta where name = ?', IMPORT_POSITION),
          )
          return row ? (JSON.parse(row.value) as { offset: number }).offset : 0
        } catch {
          // Not made yet, or just being written.
          return 0
        }
      }
      while (child.exitCode === null && (await position()) === 0) await Bun.sleep(5)
      child.kill('SIGKILL')
      await child.exited
      const reached = await position()
      expect(reached).toBeGreaterThan(0)
      expect(reached).toBeLessThan(readFileSync(file).length)
      const again = await rookery(['import', file], env)
      expect(again).toMatchObject({ code: 0, out: expect.stringContaining('counts and checksums agree') })
      expect(again.err).toContain(`retired_name: ${MANY_ROWS} of ${MANY_ROWS} rows`)
      const [row] = await target.edit(run => run<{ n: number }>('select count(*) as n from retired_name'))
      expect(Number(row?.n)).toBe(MANY_ROWS)
      expect(await position()).toBe(0)
    })

    test('a second import is refused: the target is not empty', async () => {
      expect(await rookery(['import', file], env)).toMatchObject({
        code: 1,
        err: expect.stringContaining('The target is not empty'),
      })
    })

    test('a damaged file is refused with the line, and no database is made for it', async () => {
      const damaged = join(folder, 'damaged.jsonl')
      writeFileSync(damaged, readFileSync(file, 'utf8').replace('name 777"', 'name 778"'))
      const elsewhere = join(folder, 'elsewhere')
      const { code, err } = await rookery(['import', damaged], { ROOKERY_DATA: elsewhere })
      expect(code).toBe(1)
      expect(err).toMatch(/is damaged at line \d+: the checksum of retired_name is another one/)
      expect(existsSync(join(elsewhere, DATABASE_FILE))).toBe(false)
    })
  },
)

test('a file that does not exist, a missing word and --help are answered in words', async () => {
  const env = { ROOKERY_DATA: join(folder, 'none') }
  expect(await rookery(['import', 'missing.jsonl'], env)).toMatchObject({
    code: 1,
    err: expect.stringContaining('missing.jsonl'),
  })
  expect(await rookery(['export'], env)).toMatchObject({
    code: 2,
    err: expect.stringContaining('Name one FILE.'),
  })
  for (const command of ['export', 'import', 'migrate'])
    expect(await rookery([command, '--help'], env)).toMatchObject({ code: 0, err: '' })
})
