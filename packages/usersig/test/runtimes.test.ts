import { afterAll, beforeAll, expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { type RuntimeReport, runtimeReport } from './runtime-check.ts'
import { V1_VECTORS, V2_VECTORS } from './vectors.ts'

const ALL_VECTORS = V2_VECTORS.length + V1_VECTORS.length
const CHECK = JSON.stringify(join(import.meta.dir, 'runtime-check.ts'))
const SLOW = 60_000

let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rookery-usersig-'))
})

afterAll(() => rm(folder, { recursive: true }))

/** Bundles `entry` and returns the code. */
async function bundle(name: string, entry: string, target: 'node' | 'browser'): Promise<string> {
  const entrypoint = join(folder, `${name}.ts`)
  await Bun.write(entrypoint, entry)
  const { outputs } = await Bun.build({ entrypoints: [entrypoint], target, format: 'esm' })
  return outputs[0]!.text()
}

/** A missing program skips its test by name on a developer's machine, and fails it in CI. */
function testWith(
  program: string,
  path: string | null,
  name: string,
  run: (path: string) => Promise<void>,
): void {
  if (path !== null) test(name, () => run(path), SLOW)
  else if (process.env.CI) test(name, () => expect.unreachable(`${program} is missing, and CI must have it`))
  else test.skip(`${name} (skipped: ${program} is missing here)`, () => {})
}

const chromiumPath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'

test('every vector verifies in Bun', () => {
  expect(runtimeReport()).toMatchObject({ verified: ALL_VECTORS, failures: [] })
})

test('the main entry bundles into one small file that imports nothing', async () => {
  const source = JSON.stringify(join(import.meta.dir, '../src/usersig.ts'))
  const code = await bundle('main', `export * from ${source}`, 'browser')
  expect(code).not.toMatch(/^import\b/m)
  expect(code).not.toMatch(/noble|require\(|node:/)
  expect(code.length).toBeLessThan(60_000)
})

testWith(
  'node',
  Bun.which('node'),
  'every vector verifies in Node, which signs the same text',
  async path => {
    const entry = `import { runtimeReport } from ${CHECK}\nconsole.log(JSON.stringify(runtimeReport()))\n`
    const script = join(folder, 'node-check.mjs')
    await Bun.write(script, await bundle('node', entry, 'node'))
    const node = Bun.spawn([path, script], { stdout: 'pipe', stderr: 'pipe' })
    const [out, err, code] = await Promise.all([
      new Response(node.stdout).text(),
      new Response(node.stderr).text(),
      node.exited,
    ])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const report = JSON.parse(out) as RuntimeReport
    expect(report).toMatchObject({ verified: ALL_VECTORS, failures: [], signed: runtimeReport().signed })
  },
)

testWith(
  'Chromium',
  existsSync(chromiumPath) ? chromiumPath : null,
  'every vector verifies in Chromium on a plain-HTTP page without crypto.subtle, which signs the same text',
  async path => {
    const entry = `import { runtimeReport } from ${CHECK}\nglobalThis.report = runtimeReport()\n`
    const script = await bundle('browser', entry, 'browser')
    const server = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      routes: {
        '/': new Response('<!doctype html><script type="module" src="/check.js"></script>', {
          headers: { 'content-type': 'text/html; charset=utf-8' },
        }),
        '/check.js': new Response(script, { headers: { 'content-type': 'text/javascript; charset=utf-8' } }),
      },
    })
    const browser = await chromium.launch({
      executablePath: path,
      args: [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        // Loopback addresses count as secure; a plain name does not, and so has no crypto.subtle.
        '--host-resolver-rules=MAP app.test 127.0.0.1',
      ],
    })
    try {
      for (const host of ['127.0.0.1', 'app.test']) {
        const page = await browser.newPage()
        const errors: string[] = []
        page.on('pageerror', error => errors.push(String(error)))
        await page.goto(`http://${host}:${server.port}/`)
        const found = await page.waitForFunction('globalThis.report')
        const report = (await found.jsonValue()) as RuntimeReport
        expect(errors).toEqual([])
        expect(report).toEqual({
          verified: ALL_VECTORS,
          failures: [],
          signed: runtimeReport().signed,
          hasSubtleCrypto: host === '127.0.0.1',
        })
        await page.close()
      }
    } finally {
      await browser.close()
      await server.stop(true)
    }
  },
)
