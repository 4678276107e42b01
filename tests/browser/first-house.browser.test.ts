import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import type { Browser } from 'playwright-core'
import { AppAdmin } from './app-admin.ts'
import { ChatPage } from './chat-page.ts'
import { launchChromium, mustRun } from './chromium.ts'
import { RookeryProcess } from './rookery-process.ts'

const browserTest = mustRun ? test : test.skip
const SETUP_MS = 60_000

let house: RookeryProcess
let browser: Browser
let open: ChatPage[] = []
let runs = 0

beforeAll(async () => {
  if (!mustRun) return
  house = new RookeryProcess()
  ;[browser] = await Promise.all([launchChromium(), house.start()])
}, SETUP_MS)

afterAll(async () => {
  await browser?.close()
  await house?.remove()
}, SETUP_MS)

afterEach(async () => {
  const complaints = open.flatMap(page => page.complaints)
  await Promise.all(open.map(page => page.close()))
  open = []
  expect(complaints).toEqual([])
})

async function openPage(): Promise<ChatPage> {
  const page = await ChatPage.open(browser, house.url)
  open.push(page)
  return page
}

async function openWindow(user: string): Promise<ChatPage> {
  const page = await openPage()
  await page.signIn(user, house.passwordOf(user))
  return page
}

/** Lin's and Mira's windows, each with the other's conversation open. */
async function twoWindows(): Promise<readonly [lin: ChatPage, mira: ChatPage]> {
  const [lin, mira] = await Promise.all([openWindow('lin'), openWindow('mira')])
  await Promise.all([lin.openConversation('Mira'), mira.openConversation('Lin')])
  return [lin, mira]
}

/** Tests share a conversation: each writes texts of its own. */
function texts(...words: readonly string[]): readonly string[] {
  runs++
  return words.map(word => `${word} (${runs})`)
}

async function chatBothWays(lin: ChatPage, mira: ChatPage, about: string): Promise<void> {
  const [hello = '', answer = ''] = texts(`${about}: hello Mira`, `${about}: hello Lin`)
  await lin.write(hello)
  await mira.sees(hello)
  await mira.write(answer)
  await lin.sees(answer)
  await lin.message(hello).getByRole('img', { name: 'Read' }).waitFor()
}

const admin = () => new AppAdmin(house.url, house.sdkAppId, house.key)

browserTest('two people log in with the four steps and chat in two windows', async () => {
  const [lin, mira] = await twoWindows()
  const steps = await lin.page.locator('#steps small').allTextContents()
  expect(steps[0]).toContain('signed in to the example')
  expect(steps[1]).toContain('for lin, until')
  expect(steps[2]).toContain('OK')
  expect(steps[3]).toContain('Logged in as lin')
  await chatBothWays(lin, mira, 'first')
})

browserTest('a wrong password stops at the first of the four steps and says so', async () => {
  const { page } = await openPage()
  await page.getByLabel('User name').fill('lin')
  await page.getByLabel('Password').fill('not it')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('alert').getByText('The user name or the password is wrong.').waitFor()
  expect(await page.locator('#steps [data-state]').count()).toBe(1)
  expect(await page.locator('#steps [data-state=failed]').textContent()).toContain('App login')
})

browserTest('with a wrong key the third step fails, and the page names the failed check', async () => {
  const good = house.key
  house.key = '0'.repeat(64)
  try {
    const { page } = await openPage()
    await page.getByLabel('User name').fill('lin')
    await page.getByLabel('Password').fill(house.passwordOf('lin'))
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('alert').getByText('(70009)').waitFor()
    expect(await page.locator('#steps [data-state=done]').count()).toBe(2)
    expect(await page.locator('#steps [data-state=failed]').textContent()).toContain('SDK login')
  } finally {
    house.key = good
  }
})

browserTest('what an app admin sends with a UserSig of tls-sig-api-v2 shows in both windows', async () => {
  const [lin, mira] = await twoWindows()
  const [text = ''] = texts('Sent over HTTP in the name of Mira')
  await admin().sendText('mira', 'lin', text)
  await lin.sees(text)
  await mira.sees(text)
})

browserTest('a message is recalled from its menu, and both see that', async () => {
  const [lin, mira] = await twoWindows()
  const [text = ''] = texts('These are the wrong words')
  await lin.write(text)
  await mira.sees(text)
  await lin
    .message(text)
    .getByRole('img', { name: /Sent|Read/ })
    .waitFor()
  await lin.message(text).click({ button: 'right' })
  await lin.page.getByRole('menuitem', { name: 'Recall' }).click()
  await lin.sees('You recalled a message.')
  await mira.sees('Lin recalled a message.')
  expect(await mira.message(text).count()).toBe(0)
})

browserTest('markup and SQL in a message are shown as they were typed', async () => {
  const [lin, mira] = await twoWindows()
  const [markup = '', sql = ''] = texts(
    `<img src=x onerror="document.title='broken'"><b>&amp;</b>`,
    `Robert'); DROP TABLE message; --`,
  )
  await lin.write(markup)
  await lin.write(sql)
  await mira.sees(markup)
  await mira.sees(sql)
  expect(await mira.page.locator('#messages :is(b, img[src])').count()).toBe(0)
  expect(await mira.page.title()).not.toContain('broken')
})

browserTest('a reload keeps the login, the history and what is unread', async () => {
  const [lin, mira] = await Promise.all([openWindow('lin'), openWindow('mira')])
  await lin.openConversation('Mira')
  const [first = '', second = ''] = texts('unread one', 'unread two')
  await lin.write(first)
  await lin.write(second)
  await mira.entry('Lin').getByLabel('2 unread').waitFor()
  expect(await mira.page.title()).toBe('(2) Rookery chat')
  await mira.page.reload()
  await mira.entry('Lin').getByLabel('2 unread').waitFor()
  await mira.openConversation('Lin')
  await mira.sees(first)
  await mira.sees(second)
  await mira.entry('Lin').getByLabel('2 unread').waitFor({ state: 'detached' })
  await lin.message(second).getByRole('img', { name: 'Read' }).waitFor()
  await lin.page.reload()
  await lin.sees(second)
  await lin.message(second).getByRole('img', { name: 'Read' }).waitFor()
})

browserTest(
  'a kick ends the login, the page says so, and a newly signed UserSig lets the user in again',
  async () => {
    const [lin, mira] = await twoWindows()
    await admin().call('im_open_login_svc/kick', { UserID: 'mira' })
    const ended = mira.page.getByRole('dialog', { name: 'This login has ended' })
    await ended.getByText('An app admin ended it.').waitFor()
    const [missed = ''] = texts('while you were out')
    await lin.write(missed)
    await lin.message(missed).getByRole('img', { name: 'Sent' }).waitFor()
    await ended.getByRole('button', { name: 'Log in again' }).click()
    await ended.waitFor({ state: 'hidden' })
    await mira.sees(missed)
    await chatBothWays(lin, mira, 'after the kick')
  },
)

browserTest('a key is rotated and nobody is logged out; new logins use the new key', async () => {
  const [lin, mira] = await twoWindows()
  const before = house.key
  const printed = await house.command('key', 'rotate', String(house.sdkAppId))
  await chatBothWays(lin, mira, 'under the old key')
  house.key = /Key:\s+(\S+)/.exec(printed)?.[1] ?? ''
  expect(house.key).toMatch(/^[0-9a-f]{64}$/)
  expect(house.key).not.toBe(before)
  await lin.page.reload()
  await lin.page.getByText('Connected', { exact: true }).waitFor()
  await chatBothWays(lin, mira, 'one under each key')
  for (const page of [lin, mira]) expect(await page.page.getByRole('dialog').count()).toBe(0)
  const keys = await house.command('key', 'list', String(house.sdkAppId))
  expect(keys).toMatch(/ current .* 1 +1$/m)
  expect(keys).toMatch(/ accepted .* 1 +1$/m)
})

browserTest('the page outlives a restart of the server and shows what was sent meanwhile', async () => {
  const [lin, mira] = await twoWindows()
  await house.stop()
  const banner = lin.page.getByText('No connection to Rookery.')
  await banner.waitFor()
  await house.start()
  const [text = ''] = texts('sent when you were not connected')
  await admin().sendText('mira', 'lin', text)
  await lin.sees(text)
  await mira.sees(text)
  await banner.waitFor({ state: 'hidden' })
  await chatBothWays(lin, mira, 'after the restart')
})
