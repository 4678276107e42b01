import { afterAll, beforeAll, expect, test } from 'bun:test'
import { startTestServer, type TestServer, textBody } from '../testing/test-server.ts'

let server: TestServer
let users = 0

beforeAll(async () => {
  server = await startTestServer({
    users: [
      ...Array.from({ length: 30 }, (_, n) => `u${n}`),
      ...Array.from({ length: 220 }, (_, n) => `p${n}`),
    ],
    settings: { 'conv.markedMax': 150, 'conv.groupsMax': 3 },
  })
})

afterAll(() => server.stop())

function user(): string {
  users += 1
  return `u${users - 1}`
}

const c2c = (To_Account: string) => ({ Type: 1, To_Account })
const mark = (body: object) => server.rest('recentcontact/mark_contact', body)
const create = (From_Account: string, GroupName: string, ContactItem: object[] = []) =>
  server.rest('recentcontact/create_contact_group', {
    From_Account,
    GroupContactItem: [{ GroupName, ContactItem }],
  })
const update = (From_Account: string, UpdateGroup: object) =>
  server.rest('recentcontact/update_contact_group', { From_Account, UpdateType: 1, UpdateGroup })
const search = (From_Account: string, ...names: string[]) =>
  server.ok('recentcontact/search_contact_group', { From_Account, ContactItem: names.map(c2c) })

test('marks are set and cleared by number, without a message and without showing the conversation', async () => {
  const a = user()
  const device = await server.connect(a)
  expect(
    await mark({
      From_Account: a,
      MarkItem: [
        { OptType: 3, ContactItem: c2c('p0'), SetMark: [1, 4, 33], ClearMark: [4], CustomMark: 'vip' },
      ],
    }),
  ).toMatchObject({
    ActionStatus: 'OK',
    ErrorDisplay: '',
    ResultItem: [{ OptType: 3, ContactItem: c2c('p0'), ResultCode: 0, ResultInfo: '' }],
  })
  const standard = `1${'0'.repeat(31)}1`
  expect((await device.event('conversation')).c).toMatchObject({
    To_Account: 'p0',
    StandardMark: standard,
    CustomMark: 'vip',
    Hidden: 1,
  })
  // OptType 1 leaves the custom mark, 2 leaves the others; trailing zeros go.
  await device.ok('recentcontact/mark_contact', {
    MarkItem: [
      { OptType: 1, ContactItem: c2c('p0'), SetMark: [64], ClearMark: [33, 64], CustomMark: 'no' },
      { OptType: 2, ContactItem: c2c('p1'), SetMark: [2], CustomMark: `'; drop table account; --` },
    ],
  })
  expect((await device.event('conversation')).c).toMatchObject({ StandardMark: '1', CustomMark: 'vip' })
  expect((await device.event('conversation')).c).toMatchObject({
    StandardMark: '',
    CustomMark: `'; drop table account; --`,
  })
  const events = device.events.length
  await device.ok('recentcontact/mark_contact', {
    MarkItem: [
      { OptType: 1, ContactItem: c2c('p0'), SetMark: [1] },
      { OptType: 1, ContactItem: c2c('p2'), ClearMark: [1] },
    ],
  })
  expect(device.events.length).toBe(events)
  expect((await search(a, 'p0', 'p2', 'ghost')).ContactResultItem).toEqual([
    { ...c2c('p0'), StandardMark: '1', CustomMark: 'vip', ContactGroupId: [], Timestamp: 0 },
  ])
  await server.ok('openim/sendmsg', {
    From_Account: 'p0',
    To_Account: a,
    MsgRandom: 1,
    MsgBody: textBody('hi'),
  })
  const listed = await server.ok('recentcontact/get_list', {
    From_Account: a,
    TimeStamp: 0,
    StartIndex: 0,
    TopTimeStamp: 0,
    TopStartIndex: 0,
    AssistFlags: 63,
  })
  expect(listed.SessionItem).toMatchObject([{ To_Account: 'p0', StandardMark: '1', CustomMark: 'vip' }])
  device.close()
})

test('a batch is 1 to 100 conversations, and each wrong one has its own code', async () => {
  const a = user()
  const item = (over: object = {}) => ({ OptType: 1, ContactItem: c2c('p0'), SetMark: [1], ...over })
  const code = async (body: object) => (await mark(body)).ErrorCode
  expect(await code({ From_Account: a, MarkItem: [] })).toBe(51006)
  expect(await code({ From_Account: a, MarkItem: Array(101).fill(item()) })).toBe(51006)
  expect(await code({ From_Account: 'ghost', MarkItem: [item()] })).toBe(50001)
  expect(await code({ MarkItem: [item()] })).toBe(50002)
  expect(await code({ From_Account: a, MarkItem: [item({ OptType: 4 })] })).toBe(50002)
  expect(await code({ From_Account: a, MarkItem: [item({ SetMark: [0] })] })).toBe(50002)
  expect(await code({ From_Account: a, MarkItem: [item({ SetMark: [65] })] })).toBe(50002)
  const { ResultItem } = await mark({
    From_Account: a,
    MarkItem: [
      item({ ContactItem: c2c('ghost') }),
      item({ ContactItem: { Type: 2, ToGroupId: '@TGS#1' } }),
      item({ ContactItem: { Type: 1 } }),
      item({ OptType: 2, CustomMark: 'ä'.repeat(129) }),
      item({ OptType: 2 }),
      item({ OptType: 2, CustomMark: 'ä'.repeat(128) }),
    ],
  })
  expect((ResultItem as { ResultCode: number }[]).map(it => it.ResultCode)).toEqual([
    50001, 51007, 50002, 50002, 50002, 0,
  ])
})

test('no more conversations than allowed carry marks or groups', async () => {
  const a = user()
  const items = (from: number, to: number, over: object) =>
    Array.from({ length: to - from }, (_, n) => ({ OptType: 1, ContactItem: c2c(`p${from + n}`), ...over }))
  await mark({ From_Account: a, MarkItem: items(0, 100, { SetMark: [1] }) })
  const { ResultItem } = await mark({ From_Account: a, MarkItem: items(100, 160, { SetMark: [1] }) })
  expect((ResultItem as { ResultCode: number }[]).map(it => it.ResultCode)).toEqual([
    ...Array(50).fill(0),
    ...Array(10).fill(51008),
  ])
  const grouped = await create(a, 'full', [c2c('p0'), c2c('p200')])
  expect(grouped.GroupResultItem).toMatchObject([{ ResultItem: [{ ResultCode: 0 }, { ResultCode: 51008 }] }])
  await mark({ From_Account: a, MarkItem: items(10, 11, { ClearMark: [1] }) })
  const again = await mark({ From_Account: a, MarkItem: items(200, 202, { SetMark: [1] }) })
  expect((again.ResultItem as { ResultCode: number }[]).map(it => it.ResultCode)).toEqual([0, 51008])

  // All of them, in pages that end.
  const seen: string[] = []
  let StartIndex = 0
  for (let pages = 0; pages < 5; pages++) {
    const page = await server.ok('recentcontact/get_contact_group', { From_Account: a, StartIndex })
    seen.push(...(page.ContactItem as { To_Account: string }[]).map(it => it.To_Account))
    expect(page.GroupItem).toMatchObject([{ GroupName: 'full' }])
    StartIndex = Number(page.NextStartIndex)
    if (page.CompleteFlag === 1) break
  }
  expect(StartIndex).toBe(0)
  expect(seen).toHaveLength(150)
  expect(new Set(seen).size).toBe(150)
})

test('a group is created with conversations, renamed, changed and deleted, and devices are told', async () => {
  const a = user()
  const device = await server.connect(a)
  const made = await create(a, 'work', [c2c('p0'), c2c('ghost'), { Type: 2, ToGroupId: '@TGS#1' }])
  const [result] = made.GroupResultItem as { GroupItem: { GroupId: number }; ResultItem: object[] }[]
  const GroupId = result?.GroupItem.GroupId ?? 0
  expect(GroupId).toBeGreaterThan(0)
  expect(result).toMatchObject({
    GroupItem: { GroupName: 'work' },
    ResultItem: [
      { ContactItem: c2c('p0'), ResultCode: 0, ResultInfo: '' },
      { ResultCode: 50001 },
      { ContactItem: { Type: 2, ToGroupId: '@TGS#1' }, ResultCode: 51007 },
    ],
  })
  const told = await device.event('contactGroups')
  expect(told).toMatchObject({ Groups: [{ GroupId, GroupName: 'work' }] })
  const item = await device.event('conversation')
  expect(item.c).toMatchObject({ To_Account: 'p0', ContactGroupId: [GroupId], Hidden: 1 })
  expect(item.LogNo).toBe(told.LogNo + 1)

  const renamed = await device.ok('recentcontact/update_contact_group', {
    UpdateType: 1,
    UpdateGroup: { UpdateGroupType: 1, OldGroupName: 'work', NewGroupName: 'job' },
  })
  expect(renamed.UpdateGroupResult).toEqual({
    UpdateGroupType: 1,
    GroupName: 'job',
    GroupId,
    OldGroupName: 'work',
    ContactResultItem: [],
  })
  expect(await device.event('contactGroups')).toMatchObject({
    LogNo: item.LogNo + 1,
    Groups: [{ GroupId, GroupName: 'job' }],
  })
  const changed = await update(a, {
    UpdateGroupType: 2,
    OldGroupName: 'job',
    ContactUpdateItem: [
      { ContactOptType: 1, ContactItem: c2c('p1') },
      { ContactOptType: 2, ContactItem: c2c('p0') },
      { ContactOptType: 2, ContactItem: c2c('p3') },
      { ContactOptType: 1, ContactItem: c2c('ghost') },
    ],
  })
  expect(changed).toMatchObject({
    UpdateType: 1,
    UpdateGroupResult: {
      UpdateGroupType: 2,
      GroupName: 'job',
      OldGroupName: 'job',
      GroupId,
      ContactResultItem: [
        { ContactOptType: 1, ContactItem: c2c('p1'), ResultCode: 0 },
        { ContactOptType: 2, ContactItem: c2c('p0'), ResultCode: 0 },
        { ContactOptType: 2, ContactItem: c2c('p3'), ResultCode: 0 },
        { ContactOptType: 1, ResultCode: 50001 },
      ],
    },
  })
  expect((await device.event('conversation')).c).toMatchObject({
    To_Account: 'p1',
    ContactGroupId: [GroupId],
  })
  expect((await device.event('conversation')).c).toMatchObject({ To_Account: 'p0', ContactGroupId: [] })

  const snapshot = await device.ok<{ LogNo: number; StoreEpoch: string; Groups: object[] }>('sync/snapshot')
  expect(snapshot.Groups).toEqual([{ GroupId, GroupName: 'job' }])
  const deleted = await server.ok('recentcontact/del_contact_group', { From_Account: a, GroupName: ['job'] })
  expect(deleted.GroupItem).toEqual([{ GroupName: 'job', GroupId }])
  const gone = await device.event('contactGroups')
  expect(gone).toMatchObject({ LogNo: snapshot.LogNo + 1, Groups: [] })
  const resumed = await device.ok('sync/resume', {
    Epoch: snapshot.StoreEpoch,
    LogNo: snapshot.LogNo,
    Marks: [],
  })
  expect(resumed).toMatchObject({ LogNo: gone.LogNo, Groups: [] })
  expect((await search(a, 'p1')).ContactResultItem).toMatchObject([{ ContactGroupId: [] }])
  // The number of a deleted group is not used again.
  const next = await create(a, 'job')
  expect(next.GroupResultItem).toMatchObject([{ GroupItem: { GroupName: 'job', GroupId: GroupId + 1 } }])
  device.close()
})

test('each documented refusal of groups has its code', async () => {
  const a = user()
  const made = async (name: string, items: object[] = []) => (await create(a, name, items)).ErrorCode
  expect(await made('ä'.repeat(16))).toBe(0)
  expect(await made('ä'.repeat(16))).toBe(50002)
  expect(await made('ä'.repeat(17))).toBe(51011)
  expect(await made('')).toBe(50002)
  expect(await made(`b'; --`, [c2c('p1')])).toBe(0)
  expect(await made('c', Array(101).fill(c2c('p1')))).toBe(51006)
  expect(await made('c')).toBe(0)
  expect(await made('d')).toBe(51010)
  expect((await create('ghost', 'x')).ErrorCode).toBe(50001)
  const two = { From_Account: a, GroupContactItem: Array(2).fill({ GroupName: 'x', ContactItem: [] }) }
  expect((await server.rest('recentcontact/create_contact_group', two)).ErrorCode).toBe(50002)

  const changed = async (group: object) => (await update(a, group)).ErrorCode
  const rename = { UpdateGroupType: 1, OldGroupName: 'c', NewGroupName: 'e' }
  expect(await changed({ ...rename, OldGroupName: 'unknown' })).toBe(51009)
  expect(await changed({ ...rename, NewGroupName: `b'; --` })).toBe(50002)
  expect(await changed({ ...rename, NewGroupName: 'x'.repeat(33) })).toBe(51011)
  expect(await changed({ ...rename, NewGroupName: undefined })).toBe(50002)
  expect(await changed({ ...rename, NewGroupName: 'c' })).toBe(0)
  expect(await changed(rename)).toBe(0)
  const ContactUpdateItem = [{ ContactOptType: 1, ContactItem: c2c('p1') }]
  const add = { UpdateGroupType: 2, OldGroupName: 'e', ContactUpdateItem }
  expect(await changed({ ...add, OldGroupName: 'c' })).toBe(51009)
  expect(await changed({ ...add, ContactUpdateItem: [] })).toBe(51006)
  expect(await changed({ ...add, ContactUpdateItem: undefined })).toBe(50002)
  expect(await changed({ ...add, UpdateGroupType: 3 })).toBe(50002)
  expect(await changed({ ...add, OldGroupName: undefined })).toBe(50002)
  expect(await changed(add)).toBe(0)

  const deleted = async (body: object) =>
    (await server.rest('recentcontact/del_contact_group', { From_Account: a, ...body })).ErrorCode
  expect(await deleted({ GroupName: ['unknown'] })).toBe(51009)
  expect(await deleted({ GroupName: [] })).toBe(50002)
  expect(await deleted({ GroupName: ['e', 'c'] })).toBe(50002)
  expect(await deleted({ GroupName: ['e'], From_Account: 'ghost' })).toBe(50001)
  expect(await deleted({ GroupName: ['e'] })).toBe(0)

  const got = async (body: object) => (await server.rest('recentcontact/get_contact_group', body)).ErrorCode
  expect(await got({ From_Account: 'ghost', StartIndex: 0 })).toBe(50001)
  expect(await got({ From_Account: a })).toBe(50002)
  const searched = async (ContactItem: object[], From_Account = a) =>
    (await server.rest('recentcontact/search_contact_group', { From_Account, ContactItem })).ErrorCode
  expect(await searched([c2c('p1')], 'ghost')).toBe(50001)
  expect(await searched([])).toBe(50002)
  expect(await searched(Array(301).fill(c2c('p1')))).toBe(50002)
  expect(await searched(Array(300).fill(c2c('p1')))).toBe(0)
})

test('a user reaches its own marks and groups only', async () => {
  const [a, b] = [user(), user()]
  await create(b, 'secret', [c2c('p0')])
  const device = await server.connect(a)
  const own = await device.ok('recentcontact/get_contact_group', { StartIndex: 0, From_Account: b })
  expect(own).toMatchObject({ GroupItem: [], ContactItem: [], CompleteFlag: 1 })
  expect(
    (await device.call('recentcontact/del_contact_group', { From_Account: b, GroupName: ['secret'] }))
      .ErrorCode,
  ).toBe(51009)
  expect((await device.call('recentcontact/get_list', { From_Account: b })).ErrorCode).toBe(60009)
  device.close()
})

test('names and faces of users are told, unknown ones are left out', async () => {
  const a = user()
  await server.ok('im_open_login_svc/account_import', { UserID: 'named', Nick: 'Ann', FaceUrl: 'http://f' })
  const device = await server.connect(a)
  const { Items } = await device.ok('profile/get_brief', { To_Account: ['named', 'ghost', 'p1'] })
  expect(Items).toMatchObject([
    { To_Account: 'named', Nick: 'Ann', FaceUrl: 'http://f' },
    { To_Account: 'p1', Nick: '', FaceUrl: '' },
  ])
  const code = async (body: object) => (await device.call('profile/get_brief', body)).ErrorCode
  expect(await code({ To_Account: [] })).toBe(40001)
  expect(await code({ To_Account: Array(101).fill('p1') })).toBe(40001)
  expect(await code({})).toBe(40001)
  device.close()
})
