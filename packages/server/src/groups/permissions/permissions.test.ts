import { expect, test } from 'bun:test'
import { startTestServer } from '../../testing/test-server.ts'

const G = 'group_open_http_svc'
const T = 'million_group_open_http_svc'

test('a permission group is made, filled, given masks in topics, shown, changed and destroyed', async () => {
  await using server = await startTestServer({ users: ['alice', 'bob', 'carol'] })
  const { GroupId } = await server.ok<{ GroupId: string }>(`${G}/create_group`, {
    Type: 'Community',
    Name: 'Town',
    SupportTopic: 1,
    Owner_Account: 'alice',
    MemberList: [{ Member_Account: 'bob' }],
  })
  const { TopicId } = await server.ok<{ TopicId: string }>(`${T}/create_topic`, { GroupId, TopicName: 'one' })
  const [alice, bob] = [await server.connect('alice'), await server.connect('bob')]
  const { PermissionGroupId } = await alice.ok<{ PermissionGroupId: string }>(
    `${G}/create_permission_group`,
    {
      GroupId,
      PermissionGroupName: 'moderators',
      Permission: 544,
    },
  )
  expect(PermissionGroupId.startsWith('@PMG#_@PMG#')).toBe(true)
  const it = { GroupId, PermissionGroupId }
  expect(
    (
      await server.ok(`${G}/add_permission_group_member`, {
        ...it,
        MemberList: [{ Member_Account: 'bob' }, { Member_Account: 'carol' }, { Member_Account: 'nobody' }],
      })
    ).MemberList,
  ).toEqual([
    { Member_Account: 'bob', Result: 1 },
    { Member_Account: 'carol', Result: 0 },
    { Member_Account: 'nobody', Result: 0 },
  ])
  const masks = (Permission: number | string) => ({
    ...it,
    TopicPermissionList: [
      { TopicId, Permission },
      { TopicId: 'no', Permission },
    ],
  })
  const codes = (answer: object) =>
    (answer as { TopicPermissionResultList: { ErrorCode: number }[] }).TopicPermissionResultList.map(
      one => one.ErrorCode,
    )
  expect(codes(await server.ok(`${G}/add_topic_permission_group`, masks(3)))).toEqual([0, 110003])
  expect(codes(await server.ok(`${G}/add_topic_permission_group`, masks(4)))).toEqual([10004, 110003])
  expect(codes(await server.ok(`${G}/set_topic_permission_group`, masks('0xFFFFFFFFFFFFFFFF')))).toEqual([
    0, 110003,
  ])
  expect(await bob.ok(`${G}/get_topic_permission_group`, { ...it, TopicIdList: [TopicId] })).toMatchObject({
    TopicPermissionList: [{ TopicId, Permission: '18446744073709551615', ErrorCode: 0 }],
  })
  expect(
    codes(await server.ok(`${G}/delete_topic_permission_group`, { ...it, TopicIdList: [TopicId] })),
  ).toEqual([0])
  await server.ok(`${G}/modify_permission_group`, { ...it, PermissionGroupName: 'mods', Permission: 2 ** 40 })
  expect(
    await bob.ok(`${G}/get_permission_group`, { GroupId, PermissionGroupIdList: [PermissionGroupId, 'no'] }),
  ).toMatchObject({
    PermissionGroupInfoList: [
      { PermissionGroupId, ErrorCode: 0, PermissionGroupName: 'mods', Permission: 2 ** 40, MemberNum: 1 },
      { PermissionGroupId: 'no', ErrorCode: 10004 },
    ],
    Next: '',
  })
  expect(await bob.ok(`${G}/get_permission_group_member_list`, it)).toMatchObject({
    MemberList: [{ Member_Account: 'bob' }],
    Next: '',
  })
  for (const [command, body, code] of [
    [
      'create_permission_group',
      { GroupId, PermissionGroupName: 'x', Permission: 1, PermissionGroupId },
      10004,
    ],
    [
      'create_permission_group',
      { GroupId, PermissionGroupName: 'x', Permission: 1, PermissionGroupId: '@PMG#_a' },
      0,
    ],
    [
      'create_permission_group',
      { GroupId, PermissionGroupName: 'x', Permission: 1, PermissionGroupId: '@PMG#_a' },
      10025,
    ],
    ['create_permission_group', { GroupId, PermissionGroupName: 'x', Permission: 'many' }, 10004],
    ['create_permission_group', { GroupId, PermissionGroupName: 'n'.repeat(151), Permission: 1 }, 10004],
    ['modify_permission_group', { GroupId, PermissionGroupId: 'no', Permission: 1 }, 10004],
    ['get_permission_group', { GroupId: 'no-such' }, 10010],
    ['get_permission_group_member_list', { ...it, Next: 'x' }, 10004],
  ] as const)
    expect([command, (await server.rest(`${G}/${command}`, body)).ErrorCode]).toEqual([command, code])
  expect(
    await bob.call(`${G}/destroy_permission_group`, { GroupId, PermissionGroupIdList: ['x'] }),
  ).toMatchObject({
    ErrorCode: 10007,
  })
  expect(
    (
      await alice.ok(`${G}/destroy_permission_group`, {
        GroupId,
        PermissionGroupIdList: [PermissionGroupId, 'no'],
      })
    ).PermissionGroupResultList,
  ).toMatchObject([{ ErrorCode: 0 }, { ErrorCode: 10004 }])
  expect(await alice.ok(`${G}/get_permission_group_member_list`, it)).toMatchObject({ MemberList: [] })
})

test('where permission groups are on, a member with the bit manages topics, and an admin without it does not', async () => {
  await using server = await startTestServer({ users: ['alice', 'bob', 'carol'] })
  const { GroupId } = await server.ok<{ GroupId: string }>(`${G}/create_group`, {
    Type: 'Community',
    Name: 'Town',
    SupportTopic: 1,
    Owner_Account: 'alice',
    MemberList: [{ Member_Account: 'bob' }, { Member_Account: 'carol', Role: 'Admin' }],
  })
  await server.ok(`${G}/modify_group_base_info`, { GroupId, EnablePermission: 1 })
  const { PermissionGroupId } = await server.ok<{ PermissionGroupId: string }>(
    `${G}/create_permission_group`,
    {
      GroupId,
      PermissionGroupName: 'gardeners',
      Permission: 16,
    },
  )
  const [bob, carol] = [await server.connect('bob'), await server.connect('carol')]
  const create = { GroupId, TopicName: 'one' }
  expect(await bob.call(`${T}/create_topic`, create)).toMatchObject({ ErrorCode: 10007 })
  expect(await carol.call(`${T}/create_topic`, create)).toMatchObject({ ErrorCode: 10007 })
  await server.ok(`${G}/add_permission_group_member`, {
    GroupId,
    PermissionGroupId,
    MemberList: [{ Member_Account: 'bob' }],
  })
  await bob.ok(`${T}/create_topic`, create)
})
