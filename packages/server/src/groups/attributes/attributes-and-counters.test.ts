import { expect, test } from 'bun:test'
import { startTestServer, type TestServer } from '../../testing/test-server.ts'

const G = 'group_open_http_svc'
const USERS = ['alice', 'bob', 'carol']

async function makeGroup(server: TestServer, Type = 'Public'): Promise<string> {
  const { GroupId } = await server.ok<{ GroupId: string }>(`${G}/create_group`, {
    Type,
    Name: 'Rooks',
    Owner_Account: 'alice',
    ...(Type !== 'AVChatRoom' && { MemberList: [{ Member_Account: 'bob' }] }),
  })
  return GroupId
}

const fast = { settings: { 'attr.writesPerSec': 0 }, users: USERS } as const

test('attributes are replaced, changed and deleted by everybody in the group, and everybody is told', async () => {
  await using server = await startTestServer(fast)
  const GroupId = await makeGroup(server)
  const [alice, bob, carol] = [
    await server.connect('alice'),
    await server.connect('bob'),
    await server.connect('carol'),
  ]
  const read = async () =>
    (await server.ok('group_open_attr_http_svc/get_group_attr', { GroupId })).GroupAttrAry
  expect(
    await bob.ok(`${G}/set_group_attr`, {
      GroupId,
      GroupAttr: [
        { key: 'a', value: '1' },
        { key: 'b', value: '2' },
      ],
    }),
  ).toMatchObject({ AttrSeq: 1 })
  expect(await alice.event('groupAttr')).toEqual({
    ev: 'groupAttr',
    GroupId,
    AttrSeq: 1,
    Changed: [
      { key: 'a', value: '1' },
      { key: 'b', value: '2' },
    ],
    Deleted: [],
    Replace: 1,
  })
  await server.ok(`${G}/modify_group_attr`, {
    GroupId,
    GroupAttr: [
      { key: 'b', value: '' },
      { key: 'c', value: '3' },
    ],
  })
  expect(await alice.event('groupAttr')).toMatchObject({ AttrSeq: 2, Deleted: [], Replace: 0 })
  expect(await read()).toEqual([
    { key: 'a', value: '1' },
    { key: 'b', value: '' },
    { key: 'c', value: '3' },
  ])
  expect(
    await alice.call(`${G}/delete_group_attr`, { GroupId, GroupAttr: [{ key: 'a' }, { key: 'x' }] }),
  ).toMatchObject({
    ErrorCode: 10050,
  })
  await alice.ok(`${G}/delete_group_attr`, { GroupId, GroupAttr: [{ key: 'a' }], AttrSeq: 2 })
  expect(await bob.event('groupAttr', it => it.AttrSeq === 3)).toMatchObject({ Changed: [], Deleted: ['a'] })
  expect(
    await bob.call(`${G}/modify_group_attr`, {
      GroupId,
      GroupAttr: [{ key: 'a', value: 'late' }],
      AttrSeq: 2,
    }),
  ).toMatchObject({ ErrorCode: 10056 })
  await alice.ok(`${G}/clear_group_attr`, { GroupId })
  expect(await bob.event('groupAttr', it => it.AttrSeq === 4)).toMatchObject({
    Deleted: ['b', 'c'],
    Replace: 1,
  })
  expect(await read()).toEqual([])
  expect(await server.ok(`${G}/get_group_attr`, { GroupId })).toMatchObject({ AttrSeq: 4 })
  for (const command of [`${G}/clear_group_attr`, 'group_open_attr_http_svc/get_group_attr'])
    expect(await carol.call(command, { GroupId })).toMatchObject({ ErrorCode: 10007 })
  expect(carol.events).toEqual([])
})

test('attributes have their bounds, each with its code', async () => {
  await using server = await startTestServer(fast)
  const GroupId = await makeGroup(server)
  const attr = (count: number, value = 'v') =>
    Array.from({ length: count }, (_, i) => ({ key: `k${i}`, value }))
  const cases: [object[], number][] = [
    [attr(16), 0],
    [attr(17), 10047],
    [[{ key: 'k'.repeat(33), value: '' }], 10045],
    [[{ key: 'k', value: 'v'.repeat(4001) }], 10046],
    [attr(5, 'v'.repeat(3999)), 10048],
    [[{ key: '', value: '' }], 10004],
    [[{ key: 5 }], 10004],
    [[], 10004],
  ]
  for (const [GroupAttr, code] of cases)
    expect((await server.rest(`${G}/set_group_attr`, { GroupId, GroupAttr })).ErrorCode).toBe(code)
  expect(
    (await server.rest(`${G}/modify_group_attr`, { GroupId, GroupAttr: [{ key: 'one more', value: '' }] }))
      .ErrorCode,
  ).toBe(10047)
  expect((await server.rest(`${G}/clear_group_attr`, { GroupId: 'no-such' })).ErrorCode).toBe(10010)
})

test('attributes are written so often in a second, and no more', async () => {
  await using server = await startTestServer({ users: USERS })
  const GroupId = await makeGroup(server)
  const codes = await Promise.all(
    Array.from({ length: 40 }, async (_, i) => {
      const GroupAttr = [{ key: 'k', value: String(i) }]
      return (await server.rest(`${G}/modify_group_attr`, { GroupId, GroupAttr })).ErrorCode
    }),
  )
  expect(new Set(codes)).toEqual(new Set([0, 10049]))
})

test('a live room has attributes for who is inside', async () => {
  await using server = await startTestServer(fast)
  const GroupId = await makeGroup(server, 'AVChatRoom')
  const bob = await server.connect('bob')
  const GroupAttr = [{ key: 'seat', value: 'bob' }]
  expect(await bob.call(`${G}/set_group_attr`, { GroupId, GroupAttr })).toMatchObject({ ErrorCode: 10007 })
  await bob.ok('group/join', { GroupId })
  await bob.ok(`${G}/set_group_attr`, { GroupId, GroupAttr })
  expect(await bob.event('groupAttr')).toMatchObject({ Changed: GroupAttr })
})

test('counters add up, whoever counts at once, and hold 64 bits', async () => {
  await using server = await startTestServer({ users: USERS })
  const GroupId = await makeGroup(server)
  const [alice, bob] = [await server.connect('alice'), await server.connect('bob')]
  const add = (Value: number | string, Mode = 'Increase', Key = 'likes') =>
    server.rest(`${G}/update_group_counter`, { GroupId, GroupCounter: [{ Key, Value }], Mode })
  await Promise.all(
    Array.from({ length: 100 }, () =>
      server.ok(`${G}/update_group_counter`, {
        GroupId,
        GroupCounter: [{ Key: 'likes', Value: 2 }],
        Mode: 'Increase',
      }),
    ),
  )
  const after = await bob.ok(`${G}/update_group_counter`, {
    GroupId,
    GroupCounter: [{ Key: 'likes', Value: 50 }],
    Mode: 'Decrease',
  })
  expect(after.GroupCounter).toEqual([{ Key: 'likes', Value: 150 }])
  expect(await alice.event('groupCounter', it => it.Changed[0]?.Value === 150)).toEqual({
    ev: 'groupCounter',
    GroupId,
    Changed: [{ Key: 'likes', Value: 150 }],
    Deleted: [],
  })
  await add('9223372036854775807', 'Set', 'big')
  expect((await add(1, 'Increase', 'big')).ErrorCode).toBe(10004)
  const text = await (
    await server.fetch(`${G}/get_group_counter`, { body: { GroupId, GroupCounterKeys: ['big'] } })
  ).text()
  expect(text).toContain('"GroupCounter":[{"Key":"big","Value":9223372036854775807}]')
  expect((await add('-9223372036854775808', 'Set', 'small')).ErrorCode).toBe(0)
  for (const [value, mode] of [
    [1.5, 'Set'],
    [2 ** 60, 'Set'],
    ['x', 'Set'],
    [1, 'Add'],
  ] as const)
    expect((await add(value, mode)).ErrorCode).toBe(10004)
  expect((await add(1, 'Set', 'k'.repeat(129))).ErrorCode).toBe(10004)
  for (let i = 3; i < 20; i++) expect((await add(1, 'Set', `c${i}`)).ErrorCode).toBe(0)
  expect((await add(1, 'Set', 'one too many')).ErrorCode).toBe(10063)
  await alice.ok(`${G}/delete_group_counter`, { GroupId, GroupCounterKeys: ['likes', 'no'] })
  expect(await bob.event('groupCounter', it => it.Deleted.length > 0)).toMatchObject({ Deleted: ['likes'] })
  await alice.ok(`${G}/delete_group_counter`, { GroupId })
  expect(await alice.ok(`${G}/get_group_counter`, { GroupId })).toMatchObject({ GroupCounter: [] })
  const community = await server.ok<{ GroupId: string }>(`${G}/create_group`, {
    Type: 'Community',
    Name: 'Town',
  })
  expect((await server.rest(`${G}/get_group_counter`, { GroupId: community.GroupId })).ErrorCode).toBe(10007)
})
