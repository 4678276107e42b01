import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { createRequire } from 'node:module'
import type { Browser } from 'playwright-core'
import { launchChromium, mustRun } from './chromium.ts'
import { ConsolePage, type ConsolePageOptions } from './console-page.ts'
import { RookeryProcess } from './rookery-process.ts'

// The package has no types, and names its main file twice; Bun takes the first name, of a file that is not there.
const { Api } = createRequire(import.meta.url)('tls-sig-api-v2/TLSSigAPIv2.js') as {
  Api: new (sdkAppId: number, key: string) => { genUserSig(userId: string, expireSeconds: number): string }
}

const browserTest = mustRun ? test : test.skip
const SETUP_MS = 60_000
const PASSWORD = 'correct horse battery'
/** Every step has a limit of its own (console-page.ts). */
const TEST_MS = 90_000

setDefaultTimeout(TEST_MS)

let house: RookeryProcess
let browser: Browser
let open: ConsolePage[] = []

beforeAll(async () => {
  if (!mustRun) return
  house = new RookeryProcess({ example: false })
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

async function openPage(options?: ConsolePageOptions): Promise<ConsolePage> {
  const page = await ConsolePage.open(browser, PASSWORD, options)
  open.push(page)
  return page
}

const setupLink = () => /(\S+\/console\/#setup=\S+)/.exec(house.output)?.[1] ?? ''

const NAME = 'grace'
let isMade = false

/** The operator of the later tests comes by the command line. */
async function makeOperator(): Promise<void> {
  if (isMade) return
  isMade = true
  const told = await house.command('operator', 'create-link', '--name', NAME)
  const answer = await fetch(`${house.url}/console/api/setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-rookery-console': '1', origin: house.url },
    body: JSON.stringify({ token: /#setup=(\S+)/.exec(told)?.[1], password: PASSWORD }),
  })
  if (!answer.ok) throw new Error(await answer.text())
}

async function signedIn(options?: ConsolePageOptions): Promise<ConsolePage> {
  await makeOperator()
  const desk = await openPage(options)
  await desk.page.goto(`${house.url}/console/`)
  await desk.page.locator('input[autocomplete=username]').fill(NAME)
  await desk.page.locator('input[autocomplete=current-password]').fill(PASSWORD)
  await desk.page.locator('button[type=submit]').click()
  await desk.page.getByRole('navigation').waitFor({ state: 'attached' })
  return desk
}

browserTest(
  'from the set-up link to a rotated key and a kicked user',
  async () => {
    const desk = await openPage()
    const { page } = desk
    // A second person with the same link.
    const late = await openPage()
    await late.page.goto(setupLink())
    await late.page.getByRole('heading', { name: 'Set up your console login' }).waitFor()

    await page.goto(setupLink())
    await page.getByLabel('Name').fill('Ada')
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await page.getByLabel('Password again').fill(PASSWORD)
    expect(page.url()).not.toContain('setup=')
    await desk.button('Create login').click()
    await page.getByRole('heading', { name: 'Apps' }).waitFor()

    await late.page.getByLabel('Name').fill('thief')
    await late.page.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await late.page.getByLabel('Password again').fill(PASSWORD)
    await late.button('Create login').click()
    await late.page.getByRole('alert').getByText('This link was used already').waitFor()

    await desk.button('Create app').click()
    await desk.dialog.getByLabel('Name').fill('Penguins')
    await desk.confirm('Create app')
    await desk.dialog.getByText('The app was created').waitFor()
    const firstKey = await desk.takeSecret()
    await page.getByRole('heading', { name: 'Penguins' }).waitFor()
    const sdkAppId = Number(/apps\/(\d+)/.exec(page.url())?.[1])

    await desk.room('Keys')
    await desk.button('Add key').click()
    await desk.confirm('Add key', { password: true })
    await desk.dialog.getByText('It is accepted beside the current key.').waitFor()
    expect(await desk.takeSecret()).toMatch(/^[0-9a-f]{64}$/)
    await page.getByRole('row').nth(2).waitFor()
    expect(await page.getByRole('row').count()).toBe(3)

    await desk.room('App admins')
    await desk.button('Appoint admin').click()
    await desk.dialog.getByLabel('UserID').fill('administrator')
    await desk.dialog.getByLabel('Your password').fill('not the password')
    await desk.dialog.getByRole('button', { name: 'Appoint admin' }).click()
    await desk.dialog.getByRole('alert').getByText('The password is wrong.').waitFor()
    await desk.confirm('Appoint admin', { password: true })
    await page.getByRole('cell', { name: 'administrator' }).waitFor()

    await desk.room('UserSig tools')
    await page
      .getByLabel('UserSig', { exact: true })
      .fill(new Api(sdkAppId, firstKey).genUserSig('alice', 600))
    await page.getByLabel('UserID (optional)').fill('alice')
    await desk.button('Verify UserSig').click()
    await page.getByText('A login with this UserSig would pass.').waitFor()
    expect(await page.locator('[data-check]').count()).toBe(15)
    expect(await page.locator('[data-outcome=failed]').count()).toBe(0)
    await page
      .getByLabel('UserSig', { exact: true })
      .fill(new Api(sdkAppId, 'e'.repeat(64)).genUserSig('alice', 600))
    await desk.button('Verify UserSig').click()
    await page.getByText('would fail with 70009').waitFor()
    expect(await page.locator('[data-outcome=failed]').getAttribute('data-check')).toBe('signature')

    await desk.room('Keys')
    await desk.button('Rotate key').click()
    await desk.confirm('Rotate key', { password: true })
    await desk.dialog.getByText('Sign with it from now on.').waitFor()
    const secondKey = await desk.takeSecret()
    expect(secondKey).not.toBe(firstKey)
    await page.getByText('accepted', { exact: true }).nth(1).waitFor()
    expect(await page.getByText('accepted', { exact: true }).count()).toBe(2)

    await desk.room('Accounts')
    await desk.button('Create account').click()
    await desk.dialog.getByLabel('UserID').fill('alice')
    await desk.confirm('Create account')
    const socket = new WebSocket(`${house.url.replace('http', 'ws')}/ws`)
    const closed = new Promise<number>(resolve =>
      socket.addEventListener('close', event => resolve(event.code)),
    )
    const loggedIn = new Promise<string>(resolve =>
      socket.addEventListener('message', event => resolve(String(event.data)), { once: true }),
    )
    await new Promise(resolve => socket.addEventListener('open', resolve, { once: true }))
    socket.send(
      JSON.stringify({
        id: 1,
        cmd: 'session/login',
        body: {
          sdkappid: sdkAppId,
          identifier: 'alice',
          usersig: new Api(sdkAppId, secondKey).genUserSig('alice', 600),
        },
      }),
    )
    expect(await loggedIn).toContain('"id":1')
    await page.reload()
    await page.getByText('online · Web').waitFor()
    await desk.button('Show: alice').click()
    await desk.button('Kick').click()
    await page.getByRole('dialog', { name: 'Kick: alice' }).getByRole('button', { name: 'Kick' }).click()
    await page.getByText('ended: REST_API_Kick').waitFor()
    expect(await closed).toBeGreaterThanOrEqual(4000)
    await page.keyboard.press('Escape')

    await desk.room('Audit log')
    await page.getByRole('cell', { name: 'account/kick' }).waitFor()
    expect(await page.getByRole('cell', { name: 'console:ada' }).count()).toBeGreaterThanOrEqual(5)
    await desk.button('Check chain').click()
    await page.getByText(/^Intact: \d+ rows/).waitFor()
  },
  TEST_MS,
)

browserTest('a setting is changed beside its documented value, and taken back', async () => {
  const desk = await signedIn()
  await desk.page.getByRole('link', { name: 'My app' }).click()
  await desk.room('Feature settings')
  const line = desk.page.locator('[data-setting="login.webInstances"]')
  expect(await line.textContent()).toContain('Documented: ')
  await line.getByLabel('login.webInstances', { exact: true }).fill('99')
  await line.getByRole('button', { name: /^Save/ }).click()
  await line.getByRole('alert').getByText('login.webInstances takes an integer from 1 to 10').waitFor()
  await line.getByLabel('login.webInstances', { exact: true }).fill('3')
  await line.getByRole('button', { name: /^Save/ }).click()
  await line.getByText('set here').waitFor()
  await line.getByRole('button', { name: /^Back to default/ }).click()
  await line.getByText('set here').waitFor({ state: 'detached' })
})

browserTest('a phone in Chinese and in the dark has every room without a sideways scroll', async () => {
  const desk = await signedIn({ width: 360, height: 740, locale: 'zh-CN', scheme: 'dark' })
  const { page } = desk
  await page.getByRole('link', { name: 'My app' }).click()
  expect(await page.locator('html').getAttribute('data-mantine-color-scheme')).toBe('dark')
  for (const room of ['概览', '密钥', '应用管理员', '账号', 'UserSig 工具', '功能配置', '审计日志']) {
    await desk.button('导航').click()
    await page.getByRole('navigation').getByRole('link', { name: room, exact: true }).click()
    await page.locator('[aria-busy=true]').waitFor({ state: 'detached' })
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    expect([room, sideways]).toEqual([room, 0])
  }
})

browserTest('the whole way through a dialog is possible with the keyboard alone', async () => {
  const desk = await signedIn()
  await desk.button('Create app').focus()
  await desk.page.keyboard.press('Enter')
  await desk.dialog.locator('input:focus').waitFor()
  await desk.page.keyboard.type('By keyboard')
  await desk.page.keyboard.press('Enter')
  await desk.dialog.getByText('The app was created').waitFor()
  // Each dialog takes the focus by itself: the first to its field, this one to its first button.
  await desk.dialog.locator('button:focus').waitFor()
  await desk.page.keyboard.press('Tab')
  await desk.page.keyboard.press('Space')
  await desk.page.keyboard.press('Tab')
  await desk.page.keyboard.press('Enter')
  await desk.page.getByRole('heading', { name: 'By keyboard' }).waitFor()
})

browserTest('signing out shows the form, and what was behind it asks for a login', async () => {
  const desk = await signedIn()
  await desk.page.getByRole('button', { name: `Signed in as ${NAME}` }).click()
  await desk.page.getByRole('menuitem', { name: 'Sign out' }).click()
  await desk.button('Sign in').waitFor()
  await desk.page.goto(`${house.url}/console/apps/1/keys`)
  await desk.page.getByLabel('Name').fill(NAME)
  await desk.page.getByLabel('Password').fill('wrong password')
  await desk.button('Sign in').click()
  await desk.page.getByRole('alert').getByText('There is no operator with this name and password.').waitFor()
})
