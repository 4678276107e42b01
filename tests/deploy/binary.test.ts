import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findPostgres } from '@rookery/server/testing/postgres-server'
import { PostgresTestDatabase } from '@rookery/server/testing/postgres-test-database'
import { SocketClient } from '@rookery/server/testing/socket-client'
import { sign } from '@rookery/usersig'
import type { Subprocess } from 'bun'

const ROOT = join(import.meta.dir, '../..')
const SERVER = join(ROOT, 'packages/server/src')
/** Bundling and copying the runtime takes a few seconds; a console that must be built first, some more. */
const COMPILE_MS = 120_000
const START_MS = 20_000
/** Bun itself is 107 MB; what we add stays small. */
const SIZE_MAX = 125e6

const folder = mkdtempSync(join(tmpdir(), 'rookery-binary-'))
const program = join(folder, 'rookery')
let child: Subprocess<'ignore', 'pipe', 'inherit'> | undefined
let printed = ''
let url = ''

beforeAll(async () => {
  const compiling = Bun.spawn([process.execPath, join(ROOT, 'scripts/compile.mjs'), '--outfile', program], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [said, problem, code] = await Promise.all([
    new Response(compiling.stdout).text(),
    new Response(compiling.stderr).text(),
    compiling.exited,
  ])
  if (code !== 0) throw new Error(`The binary was not made:\n${said}${problem}`)
  await start()
}, COMPILE_MS)

afterAll(async () => {
  child?.kill('SIGKILL')
  await child?.exited
  rmSync(folder, { recursive: true, force: true })
})

/** In a folder without sources or node_modules, with no variables but those given. */
async function start(): Promise<void> {
  child = Bun.spawn([program, 'serve', '--example', '--port', '0'], {
    cwd: folder,
    env: { ROOKERY_DATA: join(folder, 'data'), ROOKERY_DRAIN_SECONDS: '0', ROOKERY_LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const reader = child.stdout.getReader()
  const decoder = new TextDecoder()
  const until = Date.now() + START_MS
  while (!/SDKAppID \d+, app admin/.test(printed)) {
    const { value, done } = await reader.read()
    if (done || Date.now() > until) throw new Error(`The binary did not start:\n${printed}`)
    printed += decoder.decode(value, { stream: true })
  }
  reader.releaseLock()
  url = /running at (\S+)/.exec(printed)?.[1] ?? ''
}

async function run(...args: string[]): Promise<{ code: number; out: string }> {
  return runWith({}, ...args)
}

async function runWith(
  env: Readonly<Record<string, string>>,
  ...args: string[]
): Promise<{ code: number; out: string }> {
  const command = Bun.spawn([program, ...args], {
    cwd: folder,
    env: { ROOKERY_DATA: join(folder, 'data'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [out, problem, code] = await Promise.all([
    new Response(command.stdout).text(),
    new Response(command.stderr).text(),
    command.exited,
  ])
  return { code, out: out + problem }
}

async function login(user: string): Promise<SocketClient> {
  const sdkAppId = Number(/SDKAppID (\d+), app admin/.exec(printed)?.[1])
  const key = readFileSync(join(folder, 'example/secret-key'), 'utf8').trim()
  const client = await SocketClient.open(`${url}/ws`)
  const usersig = sign({ sdkAppId, userId: user, key, expire: 600 })
  await client.ok('session/login', { sdkappid: sdkAppId, identifier: user, usersig })
  return client
}

test('the file stays near the size of the runtime in it', () => {
  const { size } = statSync(program)
  console.log(`rookery: ${(size / 1e6).toFixed(1)} MB`)
  expect(size).toBeLessThan(SIZE_MAX)
})

test('it is ready, and says so to "rookery health"', async () => {
  expect((await fetch(`${url}/readyz`)).status).toBe(200)
  const { port } = new URL(url)
  expect(await run('health', '--port', port)).toMatchObject({ code: 0 })
  expect(await run('health', '--port', '1')).toMatchObject({
    code: 1,
    out: expect.stringContaining('does not answer'),
  })
})

test('a user logs in and a message arrives', async () => {
  const [ana, bo] = [await login('ana'), await login('bo')]
  const sent = await ana.ok<{ Seq: number }>('openim/sendmsg', {
    To_Account: 'bo',
    MsgSeq: 1,
    MsgRandom: 1,
    MsgClientTime: Math.floor(Date.now() / 1000),
    MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'from one file' } }],
  })
  expect(sent.Seq).toBe(1)
  const arrived = await bo.event('message')
  expect(JSON.stringify(arrived)).toContain('from one file')
  ana.close()
  bo.close()
})

test('the console, the reference and the example app come with all their files', async () => {
  for (const page of ['/console/', '/example/', '/docs']) {
    const html = await (await fetch(`${url}${page}`)).text()
    const files = [...html.matchAll(/(?:src|href)="([^"#:]+\.(?:js|css|svg))"/g)].map(match => match[1] ?? '')
    expect(files.length).toBeGreaterThan(1)
    for (const file of files) {
      const response = await fetch(new URL(file, `${url}${page}`))
      expect(`${file}: ${response.status}`).toBe(`${file}: 200`)
      expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(0)
    }
  }
  expect(await (await fetch(`${url}/openapi.json`)).json()).toHaveProperty('paths')
})

test('the operator commands work, in the running server too', async () => {
  expect(await run('app', 'list')).toMatchObject({ code: 0, out: expect.stringContaining('Example') })
  expect((await run('--version')).out).toMatch(/^rookery \d/)
})

test.if(findPostgres() !== undefined)('it works on PostgreSQL too', async () => {
  const database = new PostgresTestDatabase()
  await database.prepare()
  const env = {
    ROOKERY_DATA: join(folder, 'node'),
    ROOKERY_DATABASE_URL: database.source.kind === 'postgres' ? database.source.url : '',
    ROOKERY_MASTER_KEY: '5e'.repeat(32),
  }
  expect(await runWith(env, 'migrate')).toMatchObject({
    code: 0,
    out: expect.stringContaining('is up to date'),
  })
  expect(await runWith(env, 'app', 'create', 'From one file')).toMatchObject({ code: 0 })
  expect((await runWith(env, 'app', 'list')).out).toContain('From one file')
  await database.remove()
})

test('no configuration of the folder it is started in reaches the runtime', async () => {
  await Bun.write(join(folder, 'bunfig.toml'), 'preload = ["./evil.ts"]')
  await Bun.write(join(folder, 'evil.ts'), 'console.log("preloaded")')
  await Bun.write(join(folder, '.env'), 'ROOKERY_HOST=192.0.2.1')
  const { out } = await run('config')
  expect(out).not.toContain('preloaded')
  expect(out).not.toContain('192.0.2.1')
})

test('every thread that the server starts is an entry of the binary', () => {
  const entries = readFileSync(join(ROOT, 'scripts/compile.mjs'), 'utf8')
  const started = readdirSync(SERVER, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .flatMap(name => [...readFileSync(join(SERVER, name), 'utf8').matchAll(/new Worker\(([^)]*)/g)])
    .map(match => /'\.\/([^']+)'/.exec(match[1] ?? '')?.[1] ?? `not understood: ${match[1]}`)
  expect(started).toContain('writer-worker.ts')
  for (const name of started) expect(entries).toContain(`'${name}'`)
})
