import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import root from '@rookery/chat'
import basic from '@rookery/chat/basic'
import group from '@rookery/chat/modules/group-module'
import signaling from '@rookery/chat/plugins/signaling'
import professional from '@rookery/chat/professional'
import standard from '@rookery/chat/standard'
import { buildChat, GZIP_LIMIT } from '../../packages/chat/build.ts'
import { chromiumPath, launchChromium, mustRun } from '../browser/chromium.ts'

const ROOT = join(import.meta.dir, '../..')
/** What a program on any runtime prints when all is well. */
const FINE = '3 sdkStateReady TIMTextElem true 2000'
/** The instance is shared, and a login without an SDKAppID is refused with 2000. */
const CHECK = `
  const code = await X.create({ SDKAppID: 0 }).login({ userID: 'a', userSig: 'b' }).catch(error => error.code)
  const same = X.create({ SDKAppID: 5 }) === Y.create({ SDKAppID: 5 })
  console.log(X.VERSION.split('.')[0], X.EVENT.SDK_READY, X.TYPES.MSG_TEXT, same, code)
`

let app: string
let gzipped: number

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rookery-dist-'))
  app = folder
  gzipped = (await buildChat(join(folder, 'dist'))).gzipped
  mkdirSync(join(folder, 'node_modules/@rookery'), { recursive: true })
  cpSync(join(folder, 'dist'), join(folder, 'node_modules/@rookery/chat'), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules/ws'), join(folder, 'node_modules/ws'))
}, 60_000)

afterAll(() => rmSync(app, { recursive: true, force: true }))

async function run(command: readonly string[], file: string, source: string): Promise<string> {
  writeFileSync(join(app, file), source)
  const child = Bun.spawn([...command, join(app, file)], { cwd: app, stdout: 'pipe', stderr: 'inherit' })
  const text = await new Response(child.stdout).text()
  expect(await child.exited).toBe(0)
  return text.trim()
}

test('the core that a page loads is small enough', () => {
  expect(gzipped).toBeLessThanOrEqual(GZIP_LIMIT)
})

test('in this workspace all entry points are one module', () => {
  expect([basic, standard, professional]).toEqual([root, root, root])
  expect([group, signaling]).toEqual([{}, {}])
})

describe('the published folder', () => {
  for (const runtime of ['node', process.execPath]) {
    test(`serves ES modules on ${runtime}`, async () => {
      const source = `
        import X from '@rookery/chat'
        import Y from '@rookery/chat/basic'
        import plugin from '@rookery/chat/plugins/conversation'
        X.create({ SDKAppID: 5 }).use([plugin])
        ${CHECK}`
      expect(await run([runtime], 'main.mjs', source)).toBe(FINE)
    })

    test(`serves require(x) and require(x).default on ${runtime}, with the same instances`, async () => {
      const source = `
        const X = require('@rookery/chat')
        const Y = require('@rookery/chat/professional').default
        void async function () { ${CHECK}
          const esm = (await import('@rookery/chat')).default
          console.log(X.default === X, esm.create({ SDKAppID: 5 }) === X.create({ SDKAppID: 5 }))
        }()`
      expect(await run([runtime], 'main.cjs', source)).toBe(`${FINE}\ntrue true`)
    })
  }

  test('brings declarations that need nothing else', async () => {
    const source = `
      import TencentCloudChat, { type ChatSDK, type Message } from '@rookery/chat'
      import plugin from '@rookery/chat/modules/group-module'
      const chat: ChatSDK = TencentCloudChat.create({ SDKAppID: 1, getUserSig: async () => 'sig' })
      chat.use(plugin)
      chat.on(TencentCloudChat.EVENT.MESSAGE_RECEIVED, event => event.data.map((it: Message) => it.ID))
      // @ts-expect-error userID is missing
      chat.login({})
    `
    writeFileSync(join(app, 'typed.ts'), source)
    const config = {
      compilerOptions: {
        strict: true,
        noEmit: true,
        skipLibCheck: false,
        module: 'nodenext',
        target: 'es2022',
        lib: ['es2022', 'dom'],
        types: [],
      },
      files: ['typed.ts'],
    }
    writeFileSync(join(app, 'tsconfig.json'), JSON.stringify(config))
    writeFileSync(join(app, 'package.json'), '{"type":"module"}')
    const tsc = Bun.spawn([join(ROOT, 'node_modules/.bin/tsc'), '-p', app], { stdout: 'pipe' })
    expect(await new Response(tsc.stdout).text()).toBe('')
    rmSync(join(app, 'package.json'))
  }, 60_000)

  test.skipIf(!mustRun)(
    'is window.TencentCloudChat for a page with a script element',
    async () => {
      expect(existsSync(chromiumPath ?? '')).toBe(true)
      const browser = await launchChromium()
      try {
        const page = await browser.newPage()
        await page.addScriptTag({ content: readFileSync(join(app, 'dist/chat.global.js'), 'utf8') })
        const said = await page.evaluate(`(async () => {
        const lines = []
        const console = { log: (...parts) => lines.push(parts.join(' ')) }
        const [X, Y] = [window.TencentCloudChat, window.TencentCloudChat]
        ${CHECK}
        return lines.join()
      })()`)
        expect(said).toBe(FINE)
      } finally {
        await browser.close()
      }
    },
    60_000,
  )
})
