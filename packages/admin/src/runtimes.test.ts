import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { startTestServer, TEST_APP, type TestServer } from '@rookery/server/testing/test-server'
import { buildAdmin } from '../build.ts'
import { FlakyProxy } from './testing/flaky-proxy.ts'
import type { RuntimeReport } from './testing/runtime-check.ts'

const ROOT = join(import.meta.dir, '../../..')

let folder: string
let modules: readonly string[]

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rookery-admin-'))
  modules = await buildAdmin(folder)
  const built = await Bun.build({
    entrypoints: [join(import.meta.dir, 'testing/runtime-check.ts')],
    outdir: folder,
    target: 'node',
  })
  expect(built.success).toBe(true)
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('the bundle holds this package, error codes and UserSig only', () => {
  const paths = modules.map(path => relative(ROOT, path))
  expect(paths).toContain('packages/admin/src/admin.ts')
  const foreign = paths.filter(
    path => !/^packages\/(admin\/src|usersig\/src|protocol\/src\/error(-code\.ts|s\/))/.test(path),
  )
  expect(foreign).toEqual([])
})

/** Code before the client is loaded: a clock that is wrong by the given seconds. */
const shiftedClock = (seconds: number) =>
  `const now = Date.now; Date.now = () => now.call(Date) + ${seconds * 1000};\n`

async function run(runtime: string, code: string, env: Record<string, string>): Promise<string> {
  const file = join(folder, `run-${crypto.randomUUID()}.mjs`)
  await Bun.write(file, code)
  const child = Bun.spawn([runtime, file], {
    env: { ...process.env, ...env },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  expect(err).toBe('')
  return out
}

async function withServer(use: (server: TestServer, proxy: FlakyProxy) => Promise<void>): Promise<void> {
  await using server = await startTestServer()
  await using proxy = await FlakyProxy.start(server.url)
  await use(server, proxy)
}

for (const [name, path] of [
  ['Bun', process.execPath],
  ['Node', Bun.which('node')],
] as const) {
  // A missing program skips its tests by name on a developer's machine, and fails them in CI.
  const testHere = path === null && !process.env.CI ? test.skip : test

  testHere(`calls, retries, errors and pages work on ${name}`, () =>
    withServer(async (server, proxy) => {
      const gone = await FlakyProxy.start(server.url)
      const settings = { host: proxy.url, gone: gone.url, sdkAppId: TEST_APP, key: server.key }
      await gone.stop()
      proxy.expect('pass', 'pass', 'drop-after', 'pass', 'drop-after', {
        answer: {
          ActionStatus: 'FAIL',
          ErrorCode: 60022,
          ErrorInfo: 'x',
          ErrorDetail: { retryAfterMs: 50 },
        },
      })
      const out = await run(
        path ?? 'node',
        `import * as admin from './admin.js'
         import { runtimeReport } from './runtime-check.js'
         console.log(JSON.stringify(await runtimeReport(admin, JSON.parse(process.env.SETTINGS))))`,
        { SETTINGS: JSON.stringify(settings) },
      )
      const report = JSON.parse(out) as RuntimeReport
      expect(report).toMatchObject({
        imported: ['Imported', 'NotImported'],
        afterBrokenConnection: 'OK',
        unknownOutcome: { name: 'TransportError', kind: 'lost', attempts: 1, mayHaveHappened: true },
        unreachable: { name: 'TransportError', kind: 'unreachable', attempts: 2, mayHaveHappened: false },
        refused: { name: 'MSG_RECEIVER_NOT_FOUND', code: 90012, attempts: 1 },
        retriedAfterDelay: 'OK',
        pages: 2,
      })
      expect(report.msgKeys[0]).toMatch(/^\d+_\d+_\d+$/)
      expect(report.printed).not.toContain(server.key)
      expect(report.printed).toEndWith('{}')
    }),
  )

  for (const hours of [-24, 24])
    testHere(`on ${name} with a clock ${hours} hours wrong, calls go by the server's`, () =>
      withServer(async (server, proxy) => {
        const out = await run(
          path ?? 'node',
          `${shiftedClock(hours * 3600)}
           const { createAdmin } = await import('./admin.js')
           const admin = createAdmin({ host: process.env.HOST, sdkAppId: ${TEST_APP}, key: process.env.KEY })
           const body = { CheckItem: [{ UserID: 'alice' }] }
           await admin.call('im_open_login_svc/account_check', body)
           const { ResultItem } = await admin.call('im_open_login_svc/account_check', body)
           console.log(ResultItem[0].AccountStatus)`,
          { HOST: proxy.url, KEY: server.key },
        )
        expect(out).toBe('Imported\n')
        // One refusal taught it; the second call had no other.
        expect(proxy.seen).toHaveLength(3)
      }),
    )
}
