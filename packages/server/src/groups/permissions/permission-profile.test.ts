import { expect, test } from 'bun:test'
import { startTestServer } from '../../testing/test-server.ts'

const G = 'group_open_http_svc'
const HUGE = '18446744073709551615'
const TOWN = { Type: 'Community', Name: 'Town', SupportTopic: 1, Owner_Account: 'alice' }

test('a community with topics is made with permissions, shows and changes them, and its members are told', async () => {
  await using server = await startTestServer({ users: ['alice', 'bob', 'carol'] })
  const { GroupId } = await server.ok<{ GroupId: string }>(`${G}/create_group`, {
    ...TOWN,
    EnablePermission: 1,
    DefaultPermission: 320,
    MemberList: [{ Member_Account: 'bob', Role: 'Admin' }, { Member_Account: 'carol' }],
  })
  const [alice, bob] = [await server.connect('alice'), await server.connect('bob')]
  const shown = async () => {
    const { GroupInfo } = await server.ok<{ GroupInfo: object[] }>(`${G}/get_group_info`, {
      GroupIdList: [GroupId],
      ResponseFilter: { GroupBaseInfoFilter: ['EnablePermission', 'DefaultPermission'] },
    })
    return GroupInfo[0]
  }
  expect(await shown()).toMatchObject({ EnablePermission: 1, DefaultPermission: 320 })
  expect((await bob.ok('group/profile', { GroupId })).Group).toMatchObject({
    EnablePermission: 1,
    DefaultPermission: 320,
  })
  await server.ok(`${G}/modify_group_base_info`, { GroupId, DefaultPermission: HUGE })
  expect((await bob.event('group')).g).toMatchObject({ EnablePermission: 1, DefaultPermission: HUGE })
  expect(await shown()).toMatchObject({ EnablePermission: 1, DefaultPermission: HUGE })
  // The default permits everything now, but switching is the owner's.
  await bob.ok(`${G}/modify_group_base_info`, { GroupId, DefaultPermission: '0x40' })
  expect(await shown()).toMatchObject({ DefaultPermission: 64 })
  for (const field of [{ EnablePermission: 0 }, { DefaultPermission: 1 }])
    expect(await bob.call(`${G}/modify_group_base_info`, { GroupId, ...field })).toMatchObject({
      ErrorCode: 10007,
    })
  await alice.ok(`${G}/modify_group_base_info`, { GroupId, EnablePermission: 0 })
  expect(await shown()).toMatchObject({ EnablePermission: 0, DefaultPermission: 64 })
  // Without permission groups the role counts again.
  await bob.ok(`${G}/modify_group_base_info`, { GroupId, DefaultPermission: 1 })
})

test('what can be no permission is refused with its code', async () => {
  await using server = await startTestServer({ users: ['alice'] })
  const { GroupId } = await server.ok<{ GroupId: string }>(`${G}/create_group`, TOWN)
  const { GroupId: plain } = await server.ok<{ GroupId: string }>(`${G}/create_group`, {
    ...TOWN,
    SupportTopic: 0,
  })
  const { GroupId: other } = await server.ok<{ GroupId: string }>(`${G}/create_group`, {
    Type: 'Public',
    Name: 'p',
  })
  const made = (more: object) => ['create_group', { ...TOWN, ...more }] as const
  const changed = (id: string, more: object) => ['modify_group_base_info', { GroupId: id, ...more }] as const
  for (const [[command, body], code] of [
    [made({ EnablePermission: 2 }), 10004],
    [made({ DefaultPermission: 'many' }), 10004],
    [made({ DefaultPermission: '18446744073709551616' }), 10004],
    [made({ SupportTopic: 0, EnablePermission: 1 }), 10007],
    [made({ Type: 'Public', DefaultPermission: 1 }), 10007],
    [made({ Type: 'Public', EnablePermission: 0, DefaultPermission: 0 }), 0],
    [changed(GroupId, { EnablePermission: -1 }), 10004],
    [changed(GroupId, { DefaultPermission: '0x10000000000000000' }), 10004],
    [changed(plain, { EnablePermission: 1 }), 10007],
    [changed(other, { DefaultPermission: 1 }), 10007],
    [changed(other, { EnablePermission: 0 }), 0],
  ] as const)
    expect([command, body, (await server.rest(`${G}/${command}`, body)).ErrorCode]).toEqual([
      command,
      body,
      code,
    ])
})

test('every change of permission groups is a change of the rights, in the community and in its topics', async () => {
  await using server = await startTestServer({ users: ['alice', 'bob'] })
  const { GroupId } = await server.ok<{ GroupId: string }>(`${G}/create_group`, {
    ...TOWN,
    MemberList: [{ Member_Account: 'bob' }],
  })
  const { TopicId } = await server.ok<{ TopicId: string }>('million_group_open_http_svc/create_topic', {
    GroupId,
    TopicName: 'one',
  })
  const it = { GroupId, PermissionGroupId: '@PMG#_mods' }
  const numbers = async () => {
    const rows = await server.running.services.store.read
      .selectFrom('chat_group as g')
      .innerJoin('conversation as c', 'c.conv_id', 'g.conv_id')
      .select(['g.auth_no', 'c.auth_no as conv_auth'])
      .where('g.name', 'in', [GroupId, TopicId])
      .execute()
    return rows.flatMap(row => [row.auth_no, row.conv_auth])
  }
  await server.ok(`${G}/create_permission_group`, { ...it, PermissionGroupName: 'mods', Permission: 1 })
  const masks = { ...it, TopicPermissionList: [{ TopicId, Permission: 8 }] }
  const people = { ...it, MemberList: [{ Member_Account: 'bob' }] }
  for (const [command, body] of [
    [`${G}/add_permission_group_member`, people],
    [`${G}/modify_permission_group`, { ...it, Permission: 2 }],
    [`${G}/add_topic_permission_group`, masks],
    [`${G}/set_topic_permission_group`, masks],
    [`${G}/delete_topic_permission_group`, { ...it, TopicIdList: [TopicId] }],
    [`${G}/delete_permission_group_member`, people],
    [`${G}/destroy_permission_group`, { GroupId, PermissionGroupIdList: [it.PermissionGroupId] }],
    [`${G}/modify_group_base_info`, { GroupId, EnablePermission: 1 }],
    [`${G}/modify_group_base_info`, { GroupId, DefaultPermission: 1 }],
    [`${G}/forbid_send_msg`, { GroupId, TopicId, Members_Account: ['bob'], MuteTime: 60 }],
    ['million_group_open_http_svc/modify_topic', { GroupId, TopicId, MuteAllMember: 'On' }],
    [`${G}/delete_group_member`, { GroupId, MemberToDel_Account: ['bob'] }],
  ] as const) {
    const [before = 0] = await numbers()
    await server.ok(command, body)
    expect([command, ...(await numbers())]).toEqual([command, before + 1, before + 1, before + 1, before + 1])
  }
})
