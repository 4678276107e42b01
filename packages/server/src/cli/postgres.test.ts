import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findPostgres, NO_POSTGRES, testPostgres } from '../testing/postgres-server.ts'

// Each test starts the program several times, on a machine that may be busy.
setDefaultTimeout(90_000)

const ENTRY = join(import.meta.dir, 'rookery.ts')
const MASTER_KEY = 'ab'.repeat(32)

if (findPostgres() === undefined)
  test.skip(`the command line on PostgreSQL (skipped: ${NO_POSTGRES})`, () => {})
else
  describe('the command line on PostgreSQL', () => {
    let folder: string
    let database: string
    let url: string

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'rookery-cli-'))
      const server = await testPostgres()
      database = await server.createDatabase()
      url = server.url(database)
    })
    afterAll(async () => {
      await (await testPostgres()).dropDatabase(database)
      rmSync(folder, { recursive: true, force: true })
    })

    /** The program as a server of its own folder would start it. */
    function spawn(place: string, words: readonly string[], env: Readonly<Record<string, string>> = {}) {
      const cwd = join(folder, place)
      mkdirSync(cwd, { recursive: true })
      return Bun.spawn([process.execPath, ENTRY, ...words], {
        cwd,
        env: {
          PATH: process.env.PATH,
          HOME: process.env.HOME,
          ROOKERY_DATABASE_URL: url,
          ROOKERY_MASTER_KEY: MASTER_KEY,
          ...env,
        },
        stdin: 'ignore',
        stdout: 'pipe',
        stderr: 'pipe',
      })
    }

    async function rookery(
      place: string,
      words: readonly string[],
      env: Readonly<Record<string, string>> = {},
    ): Promise<{ code: number; out: string; err: string }> {
      const child = spawn(place, words, env)
      const [out, err, code] = await Promise.all([
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
        child.exited,
      ])
      return { code, out, err }
    }

    test('a start without a master key says what several servers need', async () => {
      const { code, err } = await rookery('keyless', ['serve', '--port', '0'], { ROOKERY_MASTER_KEY: '' })
      expect(err).toContain('All servers on one PostgreSQL need the same key')
      expect(code).toBe(1)
    })

    test('rookery config tells that there are secrets, not which', async () => {
      const env = {
        ROOKERY_DATABASE_URL: 'postgres://rookery:canary-password@db/rookery',
        ROOKERY_NATS_SERVERS: 'nats://u:canary-password@n1',
      }
      for (const words of [['config'], ['config', '--json'], ['config', '--all']]) {
        const { code, out, err } = await rookery('shown', words, env)
        expect(code).toBe(0)
        expect(out).toContain('(hidden)')
        expect(out).toContain('database.url')
        expect(out + err).not.toContain('canary-password')
      }
    })

    test('a PostgreSQL that is not there is waited for, then the start says so, without the password', async () => {
      const { code, out, err } = await rookery('away', ['serve', '--port', '0'], {
        ROOKERY_DATABASE_URL: 'postgres://rookery:canary-password@127.0.0.1:1/rookery',
        ROOKERY_DATABASE_START_SECONDS: '1',
      })
      expect(code).toBe(1)
      expect(out).toContain("PostgreSQL can't be used yet; waiting for it.")
      expect(err).toContain("PostgreSQL can't be used")
      expect(err).toContain('database.startSeconds')
      expect(out + err).not.toContain('canary-password')
      const command = await rookery('away', ['app', 'list'], {
        ROOKERY_DATABASE_URL: 'postgres://rookery:canary-password@127.0.0.1:1/rookery',
      })
      expect(command.code).toBe(1)
      expect(command.err).toContain("The database of database.url can't be used")
      expect(command.out + command.err).not.toContain('canary-password')
    })

    test('two servers on one database make one first app; commands reach it through either, or directly', async () => {
      const servers = ['one', 'two'].map(place =>
        spawn(place, ['serve', '--port', '0'], { ROOKERY_LOG_FORMAT: 'json' }),
      )
      try {
        const started = await Promise.all(servers.map(child => readUntil(child.stdout, 'Rookery is ready.')))
        const made = started.filter(text => text.includes('An app was made for you'))
        expect(made).toHaveLength(1)
        const app = /SDKAppID +(\d+)/.exec(made.join(''))?.[1] ?? ''
        const listed = { code: 0, out: expect.stringContaining(app) }
        expect(await rookery('one', ['app', 'list'])).toMatchObject(listed)
        expect(await rookery('nowhere', ['app', 'list'])).toMatchObject(listed)
        expect(await rookery('nowhere', ['user', 'import', app, 'carol'])).toMatchObject({ code: 0 })
        expect(await rookery('two', ['user', 'show', app, 'carol'])).toMatchObject({
          code: 0,
          out: expect.stringContaining('carol'),
        })
        const other = await rookery('other-key', ['app', 'list'], { ROOKERY_MASTER_KEY: 'cd'.repeat(32) })
        expect(other).toMatchObject({
          code: 1,
          err: expect.stringContaining('The master key is not the one'),
        })
      } finally {
        for (const child of servers) child.kill('SIGTERM')
      }
      expect(await Promise.all(servers.map(child => child.exited))).toEqual([0, 0])
    })
  })

/** What a program says until it says `mark`; the rest is read and dropped. */
async function readUntil(stream: ReadableStream<Uint8Array>, mark: string): Promise<string> {
  const reader = stream.getReader()
  const decoder = new TextDecoder()
  let text = ''
  while (!text.includes(mark)) {
    const { done, value } = await reader.read()
    if (done) throw new Error(`The program ended before it said "${mark}": ${text}`)
    text += decoder.decode(value, { stream: true })
  }
  void (async () => {
    while (!(await reader.read()).done);
  })()
  return text
}
