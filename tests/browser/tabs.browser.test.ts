import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTestServer, TEST_APP, type TestServer } from '@rookery/server/testing/test-server'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { bundleChat } from '../../packages/chat/build.ts'
import { launchChromium, mustRun } from './chromium.ts'

const browserTest = mustRun ? test : test.skip

let server: TestServer
let browser: Browser
let context: BrowserContext
let folder: string
let site: ReturnType<typeof Bun.serve>

beforeAll(async () => {
  if (!mustRun) return
  folder = mkdtempSync(join(tmpdir(), 'rookery-tabs-'))
  await bundleChat(folder)
  const script = readFileSync(join(folder, 'chat.global.js'), 'utf8')
  // Locks exist on https and on localhost; the page is not the server's.
  site = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: () =>
      new Response(`<!doctype html><meta charset="utf-8"><title>tab</title><script>${script}</script>`, {
        headers: { 'content-type': 'text/html' },
      }),
  })
  ;[server, browser] = await Promise.all([
    // One web instance: without sharing, the second tab would throw out the first.
    startTestServer({ users: ['ana', 'bo'], settings: { 'login.webInstances': 1 } }),
    launchChromium(),
  ])
  context = await browser.newContext()
}, 60_000)

afterAll(async () => {
  await browser?.close()
  await server?.stop()
  await site?.stop(true)
  if (folder) rmSync(folder, { recursive: true, force: true })
}, 60_000)

/** A tab in which `user` is logged in; `window.seen` holds what it was told. */
async function openTab(user: string, where: BrowserContext): Promise<Page> {
  const page = await where.newPage()
  await page.goto(`http://127.0.0.1:${site.port}/`)
  const options = { SDKAppID: TEST_APP, proxyServer: server.url }
  const login = { userID: user, userSig: server.userSig(user) }
  await page.evaluate(`(async () => {
    const { create, EVENT } = window.TencentCloudChat
    window.seen = []
    window.kicked = []
    window.chat = create(${JSON.stringify(options)})
    const ready = new Promise(resolve => chat.on(EVENT.SDK_READY, resolve))
    chat.on(EVENT.MESSAGE_RECEIVED, event => seen.push(...event.data.map(it => it.payload.text)))
    chat.on(EVENT.KICKED_OUT, event => kicked.push(event.data.type))
    await chat.login(${JSON.stringify(login)})
    await ready
  })()`)
  return page
}

const send = (page: Page, to: string, text: string): Promise<unknown> =>
  page.evaluate(
    `chat.sendMessage(chat.createTextMessage({ to: '${to}', conversationType: 'C2C', payload: { text: '${text}' } })).then(r => r.data.message.status)`,
  )

async function hears(page: Page, texts: readonly string[]): Promise<void> {
  await page.waitForFunction(`seen.length >= ${texts.length}`, undefined, { timeout: 15_000 })
  expect(await page.evaluate('seen')).toEqual([...texts])
}

browserTest(
  'two tabs share a socket; when the first is closed the second goes on, and nothing is lost or doubled',
  async () => {
    const [first, second] = [await openTab('ana', context), await openTab('ana', context)]
    const bo = await openTab('bo', await browser.newContext())
    expect(await first.evaluate('kicked')).toEqual([])
    expect(await send(first, 'bo', 'one')).toBe('success')
    expect(await send(second, 'bo', 'two')).toBe('success')
    expect(await send(bo, 'ana', 'three')).toBe('success')
    await hears(bo, ['one', 'two'])
    await hears(first, ['two', 'three'])
    await hears(second, ['one', 'three'])

    await first.close()
    expect(await send(bo, 'ana', 'four')).toBe('success')
    expect(await send(second, 'bo', 'five')).toBe('success')
    await hears(second, ['one', 'three', 'four'])
    await hears(bo, ['one', 'two', 'five'])

    const third = await openTab('ana', context)
    await second.evaluate('chat.logout()')
    expect(await send(third, 'bo', 'six')).toBe('success')
    await hears(bo, ['one', 'two', 'five', 'six'])
    expect(await third.evaluate('[kicked, chat.isReady()]')).toEqual([[], true])
  },
  60_000,
)

browserTest(
  'another browser profile is another device: with one web instance allowed, it takes the place of all tabs',
  async () => {
    const tabs = [await openTab('ana', context), await openTab('ana', context)]
    const elsewhere = await openTab('ana', await browser.newContext())
    for (const tab of tabs) {
      await tab.waitForFunction('kicked.length > 0', undefined, { timeout: 15_000 })
      expect(await tab.evaluate('[kicked, chat.isReady()]')).toEqual([['multipleAccount'], false])
    }
    expect(await elsewhere.evaluate('chat.isReady()')).toBe(true)
  },
  60_000,
)
