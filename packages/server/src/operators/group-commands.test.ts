import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type ConsoleBrowser, passwordOf, TestConsole } from '../testing/console-client.ts'
import { startTestServer, TEST_APP, type TestServer } from '../testing/test-server.ts'

let server: TestServer
let desk: TestConsole
let browser: ConsoleBrowser

beforeAll(async () => {
  desk = new TestConsole()
  server = await startTestServer({ server: { pages: desk.pages } }, async seeded => {
    await seeded.seedApp(OTHER_APP, ['carol'])
  })
  desk.open(server)
  browser = await desk.signedIn('grace')
  for (const userId of ['ann', 'ben', 'cem', 'dee'])
    await browser.run('user import', { appId: TEST_APP, userId })
})
afterAll(() => server.stop())

const OTHER_APP = 1400000002

/** The result of a command that must succeed. */
async function run<T>(command: string, args: object, password?: string): Promise<T> {
  const answer = await browser.run(command, { appId: TEST_APP, ...args }, password)
  if (!answer.ok) throw new Error(`${command}: ${answer.code ?? ''} ${answer.info}`)
  return answer.result as T
}

const codeOf = async (command: string, args: object) =>
  (await browser.run(command, { appId: TEST_APP, ...args })).code

interface AuditRow {
  readonly actor: string
  readonly action: string
  readonly target: string
  readonly detail: string
}

/** The group's rows, oldest first. */
async function auditOf(groupId: string) {
  const { rows } = await run<{ rows: AuditRow[] }>('audit list', { limit: 100 })
  return rows
    .filter(row => row.target === groupId)
    .toReversed()
    .map(row => ({ actor: row.actor, action: row.action, detail: JSON.parse(row.detail) }))
}

interface Members {
  readonly members: { Member_Account: string; Role: string; MuteUntil: number; NameCard: string }[]
  readonly next: string | null
}

async function makeGroup(id: string, args: object = {}): Promise<string> {
  await run('group create', { name: id, type: 'Public', owner: 'ann', id, ...args })
  return id
}

test('a group is made, filled, changed, handed over and dismissed, each with its audit row', async () => {
  const groupId = await makeGroup('life', { introduction: 'about' })
  expect(await run<unknown>('group add', { groupId, users: ['ben', 'cem', 'ann'] })).toEqual([
    { userId: 'ben', result: 1 },
    { userId: 'cem', result: 1 },
    { userId: 'ann', result: 2 },
  ])
  await run('group set', { groupId, name: 'Better life', muteAll: 'on', fields: ['mood=fine', 'flag=a=b'] })
  expect(await run<object>('group show', { groupId })).toMatchObject({
    Name: 'Better life',
    Introduction: 'about',
    MuteAllMember: 'On',
    Owner_Account: 'ann',
    MemberNum: 3,
    AppDefinedData: [
      { Key: 'mood', Value: 'fine' },
      { Key: 'flag', Value: 'a=b' },
    ],
  })
  await run('group set-member', { groupId, userId: 'ben', role: 'admin', nameCard: 'Benny' })
  expect(await run<object>('group mute', { groupId, users: ['cem', 'ann'], for: '10m' })).toEqual({
    accounts: ['cem'],
    seconds: 600,
  })
  const muted = await run<Members>('group members', { groupId, users: ['cem'] })
  expect(muted.members[0]?.MuteUntil).toBeGreaterThan(Date.now() / 1000)
  await run('group unmute', { groupId, users: ['cem'] })
  await run('group transfer', { groupId, userId: 'ben' })
  await run('group remove', { groupId, users: ['cem', 'dee'], reason: 'spam' })
  const { members } = await run<Members>('group members', { groupId })
  expect(members.map(({ Member_Account, Role, NameCard }) => [Member_Account, Role, NameCard])).toEqual([
    ['ben', 'Owner', 'Benny'],
    ['ann', 'Member', ''],
  ])
  await run('group dismiss', { groupId }, passwordOf('grace'))
  expect(await codeOf('group show', { groupId })).toBe(10010)
  const rows = await auditOf(groupId)
  expect(rows.every(row => row.actor === 'console:grace')).toBe(true)
  expect(rows.map(({ action, detail }) => [action, detail])).toEqual([
    ['group/create', { type: 'Public', name: 'life', owner: 'ann' }],
    ['group/add-members', { accounts: ['ben', 'cem'] }],
    [
      'group/change',
      {
        old: { Name: 'life', MuteAllMember: 'Off', mood: '', flag: '' },
        new: { Name: 'Better life', MuteAllMember: 'On', mood: 'fine', flag: 'a=b' },
      },
    ],
    [
      'group/set-member',
      { account: 'ben', old: { role: 'Member', nameCard: '' }, new: { role: 'Admin', nameCard: 'Benny' } },
    ],
    ['group/mute', { accounts: ['cem'], seconds: 600 }],
    ['group/mute', { accounts: ['cem'], seconds: 0 }],
    ['group/transfer', { old: 'ann', new: 'ben' }],
    ['group/remove-members', { accounts: ['cem'], reason: 'spam' }],
    ['group/dismiss', { type: 'Public', name: 'Better life', members: 2 }],
  ])
})

test('what changes nothing or is refused leaves no audit row', async () => {
  const groupId = await makeGroup('quiet')
  await run('group set', { groupId, name: 'quiet', fields: ['none='] })
  await run('group add', { groupId, users: ['ann'] })
  await run('group remove', { groupId, users: ['dee'] })
  await run('group mute', { groupId, users: ['ann'] })
  await run('group transfer', { groupId, userId: 'ann' })
  expect(await codeOf('group remove', { groupId, users: ['ann'] })).toBe(10007)
  expect(await codeOf('group transfer', { groupId, userId: 'dee' })).toBe(10004)
  expect(await codeOf('group add', { groupId, users: ['ben', 'nobody'] })).toBe(10019)
  expect(await codeOf('group create', { name: 'again', type: 'Public', id: 'quiet' })).toBe(10021)
  expect((await auditOf(groupId)).map(({ action }) => action)).toEqual(['group/create'])
})

test('groups are found by the beginning of their id or name and by type, newest first, a page at a time', async () => {
  for (const [id, name, type] of [
    ['find-1', 'Zebra', 'Public'],
    ['find-2', 'zoo', 'Work'],
    ['other', 'find me', 'Meeting'],
    ['live', 'find live', 'AVChatRoom'],
  ])
    await run('group create', { name, type, id })
  interface Found {
    readonly groups: { groupId: string; type: string }[]
    readonly next: number | null
  }
  const ids = async (args: object) => (await run<Found>('group list', args)).groups.map(it => it.groupId)
  expect(await ids({ text: 'find' })).toEqual(['live', 'other', 'find-2', 'find-1'])
  expect(await ids({ text: 'find', type: 'Work' })).toEqual(['find-2'])
  expect(await ids({ text: "find%' or 1=1" })).toEqual([])
  const first = await run<Found>('group list', { text: 'find', limit: 3 })
  expect(first.next).not.toBeNull()
  const rest = await run<Found>('group list', { text: 'find', limit: 3, after: first.next })
  expect(rest).toMatchObject({ groups: [{ groupId: 'find-1', type: 'Public' }], next: null })
  expect((await browser.run('group list', { appId: OTHER_APP })).result).toEqual({ groups: [], next: null })
  expect((await browser.run('group show', { appId: OTHER_APP, groupId: 'find-1' })).code).toBe(10010)
})

test('members come a page at a time, the owner first, and by role', async () => {
  const groupId = await makeGroup('paged')
  await run('group add', { groupId, users: ['ben', 'cem', 'dee'] })
  await run('group set-member', { groupId, userId: 'dee', role: 'admin' })
  const names = ({ members }: Members) => members.map(member => member.Member_Account)
  const pages: string[][] = []
  let after: string | null = ''
  while (after !== null) {
    const page: Members = await run('group members', { groupId, limit: 1, ...(after && { after }) })
    pages.push(names(page))
    after = page.next
  }
  expect(pages).toEqual([['ann'], ['ben'], ['cem'], ['dee']])
  expect(names(await run<Members>('group members', { groupId, role: 'admin' }))).toEqual(['dee'])
  expect(names(await run<Members>('group members', { groupId, users: ['cem', 'nobody'] }))).toEqual(['cem'])
})

test('who reads the history of a group is in the audit log, and a live room has none', async () => {
  const groupId = await makeGroup('read')
  for (const users of [['ben'], ['cem'], ['dee']]) await run('group add', { groupId, users })
  interface History {
    readonly messages: { seq: number; from: string; body: { MsgType: string }[] }[]
    readonly next: number | null
  }
  const page = await run<History>('group messages', { groupId, limit: 2 })
  expect(page.messages.map(({ seq }) => seq)).toEqual([3, 2])
  expect(page.messages[0]).toMatchObject({ from: '@TIM#SYSTEM', body: [{ MsgType: 'TIMGroupTipElem' }] })
  const older = await run<History>('group messages', { groupId, limit: 2, before: page.next })
  expect(older.messages.map(({ seq }) => seq)).toEqual([1])
  expect(older.next).toBeNull()
  expect((await auditOf(groupId)).filter(({ action }) => action === 'history/read')).toEqual([
    { actor: 'console:grace', action: 'history/read', detail: { from: 2, to: 3, messages: 2 } },
    { actor: 'console:grace', action: 'history/read', detail: { from: 1, to: 1, messages: 1 } },
  ])
  await run('group create', { name: 'room', type: 'AVChatRoom', id: 'room' })
  expect(await codeOf('group messages', { groupId: 'room' })).toBe(10007)
  expect(await codeOf('group members', { groupId: 'room' })).toBe(10007)
  expect(await codeOf('group set', { groupId: 'room', maxMembers: 5 })).toBe(70402)
})

test('an operator takes a message back, once; a tip and what is not there stay', async () => {
  const groupId = await makeGroup('recall')
  await run('group add', { groupId, users: ['ben'] })
  const sent = await server.rest('group_open_http_svc/send_group_msg', {
    GroupId: groupId,
    From_Account: 'ben',
    Random: 1,
    MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'rude words' } }],
  })
  expect(sent).toMatchObject({ ErrorCode: 0, MsgSeq: 2 })
  const messages = () => run<{ messages: object[] }>('group messages', { groupId })
  expect((await messages()).messages[0]).toMatchObject({
    from: 'ben',
    recalled: false,
    body: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'rude words' } }],
  })
  expect(await run<object>('group recall', { groupId, seq: 2, reason: 'rude' })).toEqual({ recalled: true })
  expect(await run<object>('group recall', { groupId, seq: 2 })).toEqual({ recalled: false })
  expect((await messages()).messages[0]).toMatchObject({ from: 'ben', recalled: true, body: [] })
  expect(await codeOf('group recall', { groupId, seq: 1 })).toBe(10032)
  expect(await codeOf('group recall', { groupId, seq: 9 })).toBe(10030)
  expect((await auditOf(groupId)).filter(({ action }) => action === 'message/recall')).toEqual([
    { actor: 'console:grace', action: 'message/recall', detail: { seq: 2, from: 'ben', reason: 'rude' } },
  ])
})

test('custom fields are declared for good, and only their levels change', async () => {
  interface Fields {
    readonly fields: {
      subject: string
      key: string
      levels: { type: string; read: string; write: string }[]
    }[]
    readonly acceptsUndeclared: boolean
  }
  const declare = (args: object) =>
    run<{ isNew: boolean }>('group declare-field', { read: 'member', ...args })
  expect(await declare({ key: 'city', write: 'admin', types: ['Work', 'Public'] })).toEqual({ isNew: true })
  expect(await declare({ key: 'city', write: 'owner', types: ['Private'] })).toEqual({ isNew: false })
  expect(await declare({ key: 'city', write: 'app' })).toEqual({ isNew: false })
  expect(await declare({ key: 'city', write: 'admin', types: ['Meeting'] })).toEqual({ isNew: false })
  expect(await declare({ key: 'badge', of: 'member', write: 'self' })).toEqual({ isNew: true })
  const level = (type: string, write: string) => ({ type, read: 'member', write })
  expect(await run<Fields>('group fields', {})).toMatchObject({
    fields: [
      {
        subject: 'group',
        key: 'city',
        levels: [level('Private', 'app'), level('Public', 'app'), level('ChatRoom', 'admin')],
      },
      {
        subject: 'member',
        key: 'badge',
        levels: ['Private', 'Public', 'ChatRoom', 'Community'].map(type => level(type, 'self')),
      },
    ],
    acceptsUndeclared: true,
    most: { group: 10, member: 5 },
  })
  expect(await auditOf('city')).toEqual([
    {
      actor: 'console:grace',
      action: 'group/declare-field',
      detail: { subject: 'group', types: ['Private', 'Public'], read: 'member', write: 'admin' },
    },
    {
      actor: 'console:grace',
      action: 'group/declare-field',
      detail: {
        subject: 'group',
        types: ['Private'],
        read: 'member',
        write: 'owner',
        old: { Private: 'member/admin' },
      },
    },
    {
      actor: 'console:grace',
      action: 'group/declare-field',
      detail: {
        subject: 'group',
        types: ['Private', 'Public'],
        read: 'member',
        write: 'app',
        old: { Private: 'member/owner', Public: 'member/admin' },
      },
    },
    {
      actor: 'console:grace',
      action: 'group/declare-field',
      detail: { subject: 'group', types: ['ChatRoom'], read: 'member', write: 'admin' },
    },
  ])
  for (let n = 1; n < 10; n++) await declare({ key: `k${n}`, write: 'admin' })
  const tooMany = await browser.run('group declare-field', {
    appId: TEST_APP,
    key: 'k10',
    read: 'member',
    write: 'admin',
  })
  expect(tooMany.info).toContain('raise group.customFieldsMax')
  expect((await browser.run('group fields', { appId: OTHER_APP })).result).toMatchObject({ fields: [] })
})

test('a search by the beginning of a name goes on behind its page', async () => {
  for (const n of [1, 2, 3, 4]) await makeGroup(`deep-${n}`, { name: `deep ${n}` })
  const page = (args: object) =>
    run<{ groups: { groupId: string }[]; next: number | null }>('group list', {
      text: 'deep',
      limit: 2,
      ...args,
    })
  const first = await page({})
  expect(first.groups.map(it => it.groupId)).toEqual(['deep-4', 'deep-3'])
  const second = await page({ after: first.next })
  expect(second.groups.map(it => it.groupId)).toEqual(['deep-2', 'deep-1'])
  expect(second.next).toBeNull()
})
