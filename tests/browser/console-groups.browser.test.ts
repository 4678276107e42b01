import { afterAll, afterEach, beforeAll, expect, test } from 'bun:test'
import type { Browser } from 'playwright-core'
import { launchChromium, mustRun } from './chromium.ts'
import { ConsolePage, type ConsolePageOptions } from './console-page.ts'
import { RookeryProcess } from './rookery-process.ts'

const browserTest = mustRun ? test : test.skip
const SETUP_MS = 60_000
/** Every step has a limit of its own (console-page.ts). */
const TEST_MS = 90_000
const PASSWORD = 'correct horse battery'
const NAME = 'grace'

let house: RookeryProcess
let browser: Browser
let app: number
let open: ConsolePage[] = []

beforeAll(async () => {
  if (!mustRun) return
  house = new RookeryProcess({ example: false })
  ;[browser] = await Promise.all([launchChromium(), house.start()])
  app = Number(/SDKAppID\s+(\d+)/.exec(house.output)?.[1])
  const told = await house.command('operator', 'create-link', '--name', NAME)
  const answer = await fetch(`${house.url}/console/api/setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-rookery-console': '1', origin: house.url },
    body: JSON.stringify({ token: /#setup=(\S+)/.exec(told)?.[1], password: PASSWORD }),
  })
  if (!answer.ok) throw new Error(await answer.text())
  for (const userId of ['ann', 'ben', 'cem']) await house.command('user', 'import', String(app), userId)
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

/** A signed-in desk at a page of the app. */
async function deskAt(path: string, options?: ConsolePageOptions): Promise<ConsolePage> {
  const desk = await ConsolePage.open(browser, PASSWORD, options)
  open.push(desk)
  await desk.page.goto(`${house.url}/console/apps/${app}${path}`)
  await desk.page.locator('input[autocomplete=username]').fill(NAME)
  await desk.page.locator('input[autocomplete=current-password]').fill(PASSWORD)
  await desk.page.locator('button[type=submit]').click()
  await desk.page.getByRole('navigation').first().waitFor({ state: 'attached' })
  return desk
}

const group = (...args: readonly string[]) => house.command('group', ...args)

browserTest(
  'a group is made, filled, muted, renamed, handed over and dismissed, and the audit log has it all',
  async () => {
    const desk = await deskAt('/groups')
    const { page } = desk
    await page.getByText('There is no group yet.').waitFor()
    await desk.button('Create group').click()
    await desk.dialog.getByLabel('Name').fill('Walkers')
    await desk.dialog.getByLabel('Owner').fill('nobody')
    await desk.dialog.getByLabel('GroupId (optional)').fill('walk')
    await desk.confirm('Create group')
    await desk.dialog.getByRole('alert').getByText('nobody has no account').waitFor()
    await desk.dialog.getByLabel('Owner').fill('ann')
    await desk.confirm('Create group')
    await page.getByRole('heading', { name: 'Walkers', level: 1 }).waitFor()

    await page.getByRole('tab', { name: 'Members' }).click()
    await desk.button('Add members').click()
    await desk.dialog.getByLabel('UserIDs').fill('ben, cem')
    await desk.confirm('Add members')
    await desk.dialog.waitFor({ state: 'hidden' })
    const rowOf = (user: string) => page.getByRole('row').filter({ hasText: user })
    await rowOf('cem').waitFor()

    const act = async (user: string, action: string) => {
      await desk.button(`Actions: ${user}`).click()
      await page.getByRole('menuitem', { name: action, exact: true }).click()
    }
    await act('cem', 'Mute')
    await desk.confirm('Mute')
    await desk.dialog.waitFor({ state: 'hidden' })
    await act('cem', 'Unmute')
    await desk.confirm('Unmute')
    await rowOf('cem').getByText('not muted').waitFor()
    await act('cem', 'Mute')
    await desk.dialog.getByRole('combobox', { name: 'For how long' }).click()
    await page.getByRole('option', { name: 'for ever' }).click()
    await desk.confirm('Mute')
    await rowOf('cem').getByText('for ever').waitFor()
    await act('ben', 'Make owner')
    await desk.confirm('Make owner')
    await rowOf('ben').getByText('owner', { exact: true }).waitFor()
    expect(await group('members', String(app), 'walk')).toMatch(/ben +Owner.*ann +Member.*cem .*for ever/s)

    await page.getByRole('tab', { name: 'Profile' }).click()
    expect(await desk.button('Save').isDisabled()).toBe(true)
    await page.getByLabel('Name', { exact: true }).fill('Night walkers')
    await page.getByLabel('Mute everybody').check()
    await desk.button('Add field').click()
    await page.getByLabel('Key').fill('mood')
    await page.getByLabel('Value: mood').fill('fine')
    await desk.button('Save').click()
    await page.getByRole('heading', { name: 'Night walkers', level: 1 }).waitFor()
    expect(await page.getByLabel('Value: mood').inputValue()).toBe('fine')

    await desk.button('Dismiss group').click()
    await desk.confirm('Dismiss group', { typed: 'walk', password: true })
    await page.getByText('There is no group yet.').waitFor()
    await page.goBack()
    await page.getByRole('alert').getByText('10010').waitFor()

    await desk.room('Audit log')
    await page.getByRole('cell', { name: 'group/dismiss' }).waitFor()
    const actions = await page.getByRole('row').locator('td:first-child').allTextContents()
    expect(actions.filter(action => action.startsWith('group/')).toReversed()).toEqual([
      'group/create',
      'group/add-members',
      'group/mute',
      'group/mute',
      'group/mute',
      'group/transfer',
      'group/change',
      'group/dismiss',
    ])
    const changed = page.getByRole('row').filter({ hasText: 'group/change' })
    expect(await changed.textContent()).toContain('"Name":"Night walkers"')
    expect(await changed.textContent()).toContain(`console:${NAME}`)
    await desk.button('Check chain').click()
    await page.getByText(/^Intact: \d+ rows/).waitFor()
  },
  TEST_MS,
)

browserTest(
  'messages are read only when asked for, each reading is audited, and one is recalled',
  async () => {
    await group('create', String(app), 'Readers', '--type', 'Meeting', '--id', 'read', '--owner', 'ann')
    const { usersig } = await adminTicket()
    for (const [index, text] of ['first', 'second'].entries())
      await rest(usersig, 'group_open_http_svc/send_group_msg', {
        GroupId: 'read',
        From_Account: 'ann',
        Random: index + 1,
        MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: `<b>${text}</b>` } }],
      })
    const readings = async () => {
      const told = await house.command('audit', 'list', String(app))
      return told.split('\n').filter(line => line.includes('history/read')).length
    }
    const desk = await deskAt('/groups?id=read&tab=messages')
    const { page } = desk
    await desk.button('Read the messages').waitFor()
    expect(await readings()).toBe(0)
    await desk.button('Read the messages').click()
    await page.getByText('<b>second</b>').waitFor()
    const message = page.getByRole('listitem').filter({ hasText: '<b>first</b>' })
    await message.getByRole('button', { name: /^Recall/ }).click()
    await desk.confirm('Recall')
    await page.getByText('recalled', { exact: true }).waitFor()
    expect(await message.count()).toBe(0)
    expect(await readings()).toBe(1)
    expect(await group('messages', String(app), 'read')).toContain('(recalled)')
  },
  TEST_MS,
)

browserTest(
  'groups are found by the beginning of a name, by type, and reached and left with the keyboard alone',
  async () => {
    await group('create', String(app), 'Apple pickers', '--type', 'Work', '--id', 'apples')
    await group('create', String(app), 'Apple live', '--type', 'AVChatRoom', '--id', 'live')
    const desk = await deskAt('/groups')
    const { page } = desk
    // The whole list first: one that came after the filter was typed would be counted for the filtered one.
    await page.getByRole('link', { name: 'Show: Readers' }).waitFor()
    await page.getByLabel('Beginning of a GroupId or a name').fill('Apple')
    await page.getByText('Readers').waitFor({ state: 'detached' })
    // While the list is fetched it is empty.
    await page.getByRole('link', { name: 'Show: Apple live' }).waitFor()
    expect(await page.getByRole('link', { name: /^Show: / }).count()).toBe(2)
    await page.getByRole('combobox', { name: 'Type' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('option', { name: 'Work' }).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByText('Apple live').waitFor({ state: 'detached' })
    await page.getByRole('link', { name: 'Show: Apple pickers' }).waitFor()
    await page.getByRole('link', { name: 'Show: Apple pickers' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('tab', { name: 'Profile' }).focus()
    await page.keyboard.press('ArrowRight')
    await page.getByText('The group has no members.').waitFor()
    // What a work group can't have stays out of reach.
    await page.keyboard.press('ArrowLeft')
    expect(await page.getByLabel('Mute everybody').isDisabled()).toBe(true)
    await page.getByRole('link', { name: 'All groups' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Groups', level: 1 }).waitFor()
    await page.goto(`${house.url}/console/apps/${app}/groups?id=live&tab=members`)
    await page.getByText('A live room stores no members').waitFor()
    await page.getByRole('tab', { name: 'Messages' }).click()
    await page.getByText('A live room keeps no messages.').waitFor()
  },
  TEST_MS,
)

browserTest(
  'custom fields are declared and their levels changed, as the command line shows, and hold at once',
  async () => {
    const desk = await deskAt('/groups')
    const { page } = desk
    await page.getByRole('link', { name: 'Custom fields' }).click()
    await page.getByRole('heading', { name: 'Custom fields', level: 1 }).waitFor()
    await page.getByText('Keys that are not declared are accepted too').waitFor()
    const choose = async (label: string, option: string) => {
      await desk.dialog.getByRole('combobox', { name: label }).click()
      await page.getByRole('option', { name: option, exact: true }).click()
    }

    await desk.button('Declare field').click()
    await desk.dialog.getByLabel('Key').fill('city')
    await desk.dialog.getByLabel('Live room').uncheck()
    await choose('Written by', 'app admins only (REST)')
    await desk.confirm('Declare field')
    await desk.dialog.waitFor({ state: 'hidden' })
    const row = (key: string) => page.getByRole('row').filter({ hasText: key })
    await row('city').getByText('Work, Public, Meeting, Community').waitFor()

    await desk.button('Declare field').click()
    await desk.dialog.getByLabel('Key').fill('city')
    await choose('Field of', 'its members')
    await desk.confirm('Declare field')
    await desk.dialog.getByRole('alert').getByText('declared as a field of groups').waitFor()
    await desk.dialog.getByLabel('Key').fill('badge')
    await choose('Written by', 'the member, admins, owner')
    await desk.confirm('Declare field')
    await desk.dialog.waitFor({ state: 'hidden' })
    await row('badge').getByText('the member, admins, owner').waitFor()

    await desk.button('Change levels: city').click()
    expect(await desk.dialog.getByLabel('Key').isDisabled()).toBe(true)
    await desk.dialog.getByLabel('Community').uncheck()
    await choose('Read by', 'admins, owner')
    await desk.confirm('Save')
    await desk.dialog.waitFor({ state: 'hidden' })
    await row('city').getByText('Work, Public, Meeting', { exact: true }).waitFor()
    const told = await group('fields', String(app))
    expect(told).toMatch(/city +group +Work +admin +app\b/)
    expect(told).toMatch(/city +group +Community +member +app\b/)
    expect(told).toMatch(/badge +member +Public +member +self\b/)
  },
  TEST_MS,
)

browserTest(
  'a phone in Chinese and in the dark has the pages of groups without a sideways scroll',
  async () => {
    await group(
      'create',
      String(app),
      '企鹅'.repeat(8),
      '--type',
      'Public',
      '--id',
      `long-${'x'.repeat(40)}`,
      '--owner',
      'ann',
    )
    const desk = await deskAt('/groups', { width: 360, height: 740, locale: 'zh-CN', scheme: 'dark' })
    const { page } = desk
    const paths = [
      '/groups',
      '/groups?view=fields',
      ...['profile', 'members', 'messages'].map(tab => `/groups?id=long-${'x'.repeat(40)}&tab=${tab}`),
      '/settings',
    ]
    for (const path of paths) {
      await page.goto(`${house.url}/console/apps/${app}${path}`)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await page.locator('[aria-busy=true]').waitFor({ state: 'detached' })
      const sideways = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
      expect([path, sideways]).toEqual([path, 0])
    }
    const line = page.locator('[data-setting="group.tip.members.meeting"]')
    expect(await line.textContent()).toContain('会议群')
    expect(await line.textContent()).toContain('文档值：off')
  },
  TEST_MS,
)

async function adminTicket(): Promise<{ usersig: string }> {
  const answer = await fetch(`${house.url}/console/api/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-rookery-console': '1', origin: house.url },
    body: JSON.stringify({ name: NAME, password: PASSWORD }),
  })
  const signed = await fetch(`${house.url}/console/api/run`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-rookery-console': '1',
      origin: house.url,
      cookie: (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '',
    },
    body: JSON.stringify({
      command: 'usersig sign',
      args: { appId: app, userId: 'administrator' },
      password: PASSWORD,
    }),
  })
  const { result } = (await signed.json()) as { result: { userSig: string } }
  return { usersig: result.userSig }
}

async function rest(usersig: string, command: string, body: object): Promise<void> {
  const query = new URLSearchParams({
    sdkappid: String(app),
    identifier: 'administrator',
    usersig,
    random: '1',
    contenttype: 'json',
  })
  const response = await fetch(`${house.url}/v4/${command}?${query}`, {
    method: 'POST',
    body: JSON.stringify(body),
  })
  const answer = (await response.json()) as { ErrorCode: number; ErrorInfo: string }
  if (answer.ErrorCode !== 0) throw new Error(`${command}: ${answer.ErrorCode} ${answer.ErrorInfo}`)
}
