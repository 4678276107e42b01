import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { FIELD_LEVELS, type FieldLevel, type FieldSubject } from '@rookery/protocol/group-field'
import type { GroupType, WireCustomField, WireGroup, WireGroupSelf } from '@rookery/protocol/wire-group'
import type { Change } from '../../store/change.ts'
import { type Device, startTestServer, TEST_APP, type TestServer } from '../../testing/test-server.ts'
import type { ActorRole } from '../rules/operations.ts'
import { declareField } from './declare-field.ts'

const G = 'group_open_http_svc'
const PERSONS = { Owner: 'olga', Admin: 'adam', Member: 'mia', NonMember: 'nora' } as const
const ROLES = ['AppAdmin', 'Owner', 'Admin', 'Member', 'NonMember'] as const

let server: TestServer
let devices: Record<keyof typeof PERSONS, Device>
const changes: Change[] = []

beforeAll(async () => {
  server = await startTestServer({
    users: [...Object.values(PERSONS), 'tom', 'ada'],
    settings: { 'group.customFieldsMax': 20, 'group.memberFieldsMax': 20 },
  })
  server.running.services.store.onCommit(told => changes.push(...told))
  const [Owner, Admin, Member, NonMember] = await Promise.all(
    Object.values(PERSONS).map(name => server.connect(name)),
  )
  if (!Owner || !Admin || !Member || !NonMember) throw new Error('a device is missing')
  devices = { Owner, Admin, Member, NonMember }
  for (const level of GROUP_LEVELS) {
    await declare('group', `r_${level}`, { read: level })
    await declare('group', `w_${level}`, { write: level })
  }
  for (const level of FIELD_LEVELS) {
    await declare('member', `mr_${level}`, { read: level })
    await declare('member', `mw_${level}`, { write: level })
  }
})

afterAll(() => server.stop())

const GROUP_LEVELS = FIELD_LEVELS.filter(level => level !== 'self')

function declare(
  subject: FieldSubject,
  key: string,
  levels: { readonly read?: FieldLevel; readonly write?: FieldLevel },
  types: readonly GroupType[] = ['Private', 'Public', 'ChatRoom', 'Community'],
  max = 20,
) {
  const { read = 'anybody', write = 'anybody' } = levels
  const args = { app: TEST_APP, actor: 'test', subject, key, types, read, write, max }
  return server.running.services.store.mutate(declareField, args)
}

const field = (Key: string, Value = 'x'): WireCustomField => ({ Key, Value })
const keysOf = (fields: readonly WireCustomField[] | undefined) => (fields ?? []).map(({ Key }) => Key).sort()

async function newGroup(more: object = {}): Promise<string> {
  const { GroupId } = await server.ok<{ GroupId: string }>(`${G}/create_group`, {
    Type: 'Public',
    Name: 'fields',
    Owner_Account: PERSONS.Owner,
    MemberList: [
      { Member_Account: PERSONS.Admin, Role: 'Admin' },
      { Member_Account: 'ada', Role: 'Admin' },
      { Member_Account: PERSONS.Member },
      { Member_Account: 'tom' },
    ],
    ...more,
  })
  changes.length = 0
  return GroupId
}

interface Answer {
  readonly ErrorCode: number
  readonly ErrorInfo: string
}

/** As the actor, by its door. */
async function callAs<T extends object = object>(
  role: ActorRole,
  command: string,
  body: object,
): Promise<Answer & T> {
  const answer =
    role === 'AppAdmin' ? await server.rest(command, body) : await devices[role].call(command, body)
  return answer as unknown as Answer & T
}

interface Info {
  readonly AppDefinedData?: WireCustomField[]
  readonly MemberList?: { Member_Account: string; AppMemberDefinedData: WireCustomField[] }[]
}

async function infoAs(role: ActorRole, GroupId: string): Promise<Info> {
  const { GroupInfo } = await callAs<{ GroupInfo: Info[] }>(role, `${G}/get_group_info`, {
    GroupIdList: [GroupId],
  })
  return GroupInfo[0] ?? {}
}

const frames = () =>
  changes.flatMap(change =>
    change.kind === 'groupPush'
      ? [JSON.parse(change.frame) as { ev: string; g?: WireGroup; m?: object }]
      : [],
  )

/** The levels that a role reaches, least first. */
const REACHED: Readonly<Record<ActorRole, readonly FieldLevel[]>> = {
  NonMember: ['anybody'],
  Member: ['anybody', 'member'],
  Admin: ['anybody', 'member', 'self', 'admin'],
  Owner: ['anybody', 'member', 'self', 'admin', 'owner'],
  AppAdmin: FIELD_LEVELS,
}

describe('fields of groups', () => {
  for (const role of ROLES)
    test(`${role} writes what its level allows and reads what its level shows`, async () => {
      const GroupId = await newGroup({ AppDefinedData: GROUP_LEVELS.map(level => field(`r_${level}`)) })
      for (const level of GROUP_LEVELS) {
        const { ErrorCode, ErrorInfo } = await callAs(role, `${G}/modify_group_base_info`, {
          GroupId,
          AppDefinedData: [field(`w_${level}`, role)],
        })
        expect([level, ErrorCode]).toEqual([level, REACHED[role].includes(level) ? 0 : 10007])
        if (ErrorCode !== 0) expect(ErrorInfo).toContain(`w_${level} is written by`)
      }
      const written = REACHED[role].filter(level => level !== 'self').map(level => `w_${level}`)
      const read = REACHED[role].filter(level => level !== 'self').map(level => `r_${level}`)
      expect(keysOf((await infoAs(role, GroupId)).AppDefinedData)).toEqual([...read, ...written].sort())
      if (role === 'AppAdmin') return
      const { Group } = await devices[role].ok<{ Group: WireGroup }>('group/profile', { GroupId })
      expect(keysOf(Group.AppDefinedData)).toEqual([...read, ...written].sort())
      if (role === 'NonMember') return
      const { Groups } = await devices[role].ok<{ Groups: WireGroup[] }>('group/list')
      const listed = Groups.find(group => group.GroupId === GroupId)
      expect(keysOf(listed?.AppDefinedData)).toEqual([...read, ...written].sort())
    })

  test('an empty value takes a field away, by whom its level lets', async () => {
    const GroupId = await newGroup({ AppDefinedData: [field('w_member'), field('w_owner')] })
    const change = (Key: string) =>
      devices.Member.call(`${G}/modify_group_base_info`, { GroupId, AppDefinedData: [field(Key, '')] })
    expect((await change('w_owner')).ErrorCode).toBe(10007)
    expect((await change('w_member')).ErrorCode).toBe(0)
    expect(keysOf((await infoAs('AppAdmin', GroupId)).AppDefinedData)).toEqual(['w_owner'])
  })

  test('a call with one key over the level changes nothing', async () => {
    const GroupId = await newGroup()
    const { ErrorCode } = await devices.Admin.call(`${G}/modify_group_base_info`, {
      GroupId,
      Name: 'other',
      AppDefinedData: [field('w_admin'), field('w_owner')],
    })
    expect(ErrorCode).toBe(10007)
    expect(await infoAs('AppAdmin', GroupId)).toMatchObject({ Name: 'fields', AppDefinedData: [] })
  })

  test('a level opens the field and not the rest of the profile', async () => {
    const GroupId = await newGroup()
    const { ErrorCode } = await devices.Member.call(`${G}/modify_group_base_info`, {
      GroupId,
      Name: 'other',
      AppDefinedData: [field('w_member')],
    })
    expect(ErrorCode).toBe(10007)
  })

  test('who is not in a work group writes nothing of it, whatever the level', async () => {
    const GroupId = await newGroup({ Type: 'Private', MemberList: [] })
    const { ErrorCode } = await devices.NonMember.call(`${G}/modify_group_base_info`, {
      GroupId,
      AppDefinedData: [field('w_anybody')],
    })
    expect(ErrorCode).toBe(10007)
  })

  test('frames to everybody leave out what a member may not read, and say so', async () => {
    const GroupId = await newGroup()
    const change = (...AppDefinedData: WireCustomField[]) =>
      server.ok(`${G}/modify_group_base_info`, { GroupId, AppDefinedData })
    await change(field('r_member', 'open'))
    const [open] = frames().filter(frame => frame.ev === 'group')
    expect(open?.g?.AppDefinedData).toEqual([field('r_member', 'open')])
    expect(open?.g?.FieldsLeftOut).toBeUndefined()
    changes.length = 0
    await change(field('r_member', 'still'), field('r_admin', 'secret-1'))
    const [both] = frames().filter(frame => frame.ev === 'group')
    expect(both?.g).toMatchObject({ AppDefinedData: [field('r_member', 'still')], FieldsLeftOut: 1 })
    expect(frames().some(frame => frame.m)).toBe(true)
    changes.length = 0
    await change(field('r_owner', 'secret-2'))
    expect(frames().filter(frame => frame.m)).toEqual([])
    expect(frames().find(frame => frame.ev === 'group')?.g?.FieldsLeftOut).toBe(1)
    expect(JSON.stringify(changes)).not.toContain('secret')
  })

  test('the maker of a group writes as its owner', async () => {
    const make = (Key: string) =>
      devices.NonMember.call(`${G}/create_group`, {
        Type: 'Public',
        Name: 'mine',
        AppDefinedData: [field(Key)],
      })
    expect((await make('w_owner')).ErrorCode).toBe(0)
    const refused = await make('w_app')
    expect(refused.ErrorCode).toBe(10007)
    expect(refused.ErrorInfo).toContain('w_app is written by app admins')
    const { ErrorCode } = await server.rest(`${G}/create_group`, {
      Type: 'Public',
      Name: 'made',
      AppDefinedData: [field('w_app')],
    })
    expect(ErrorCode).toBe(0)
  })

  test('who is in a live room is its member', async () => {
    await declare('group', 'live', { read: 'member', write: 'member' }, ['AVChatRoom'])
    const GroupId = await newGroup({
      Type: 'AVChatRoom',
      MemberList: undefined,
      AppDefinedData: [field('live')],
    })
    const change = () =>
      devices.Member.call(`${G}/modify_group_base_info`, { GroupId, AppDefinedData: [field('live', 'new')] })
    expect((await infoAs('Member', GroupId)).AppDefinedData).toEqual([])
    expect((await change()).ErrorCode).toBe(10007)
    const { Group } = await devices.Member.ok<{ Group: WireGroup }>('group/join', { GroupId })
    expect(Group.AppDefinedData).toEqual([field('live')])
    expect((await change()).ErrorCode).toBe(0)
    expect((await infoAs('Member', GroupId)).AppDefinedData).toEqual([field('live', 'new')])
  })
})

describe('fields of members', () => {
  for (const role of ROLES)
    test(`${role} writes and reads another member's fields as the levels say`, async () => {
      const GroupId = await newGroup()
      await server.ok(`${G}/modify_group_member_info`, {
        GroupId,
        Member_Account: 'tom',
        AppMemberDefinedData: FIELD_LEVELS.map(level => field(`mr_${level}`)),
      })
      for (const level of FIELD_LEVELS) {
        const { ErrorCode } = await callAs(role, `${G}/modify_group_member_info`, {
          GroupId,
          Member_Account: 'tom',
          AppMemberDefinedData: [field(`mw_${level}`)],
        })
        expect([level, ErrorCode]).toEqual([level, REACHED[role].includes(level) ? 0 : 10007])
      }
      if (role === 'NonMember') return
      const readable = REACHED[role].flatMap(level => [`mr_${level}`, `mw_${level}`]).sort()
      const named = await callAs<Info>(role, `${G}/get_specified_group_member_info`, {
        GroupId,
        Member_List_Account: ['tom'],
      })
      expect(keysOf(named.MemberList?.[0]?.AppMemberDefinedData)).toEqual(readable)
      for (const list of [
        await callAs<Info>(role, `${G}/get_group_member_info`, { GroupId }),
        await infoAs(role, GroupId),
      ]) {
        const tom = list.MemberList?.find(member => member.Member_Account === 'tom')
        expect(keysOf(tom?.AppMemberDefinedData)).toEqual(readable)
      }
    })

  test('the member itself writes and reads its fields up to the level self', async () => {
    const GroupId = await newGroup()
    await server.ok(`${G}/modify_group_member_info`, {
      GroupId,
      Member_Account: PERSONS.Member,
      AppMemberDefinedData: FIELD_LEVELS.map(level => field(`mr_${level}`)),
    })
    const own = ['anybody', 'member', 'self']
    for (const level of FIELD_LEVELS) {
      const { ErrorCode } = await devices.Member.call('group/set_self', {
        GroupId,
        AppMemberDefinedData: [field(`mw_${level}`)],
      })
      expect([level, ErrorCode]).toEqual([level, own.includes(level) ? 0 : 10007])
    }
    const readable = own.flatMap(level => [`mr_${level}`, `mw_${level}`]).sort()
    const { Group } = await devices.Member.ok<{ Group: { SelfInfo: WireGroupSelf } }>('group/profile', {
      GroupId,
    })
    expect(keysOf(Group.SelfInfo.AppMemberDefinedData)).toEqual(readable)
    const { MemberList } = await callAs<Info>('Member', `${G}/get_group_member_info`, { GroupId })
    const self = MemberList?.find(member => member.Member_Account === PERSONS.Member)
    expect(keysOf(self?.AppMemberDefinedData)).toEqual(readable)
    await server.ok(`${G}/send_group_msg`, {
      GroupId,
      Random: 1,
      MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'hello' } }],
    })
    const { Items } = await devices.Member.ok<{
      Items: { Group?: { GroupId: string; SelfInfo?: WireGroupSelf } }[]
    }>('sync/snapshot', {})
    const item = Items.find(it => it.Group?.GroupId === GroupId)
    expect(keysOf(item?.Group?.SelfInfo?.AppMemberDefinedData)).toEqual(readable)
  })

  test('an admin changes no field of another admin that members may not write', async () => {
    const GroupId = await newGroup()
    const change = (level: FieldLevel, Member_Account: string) =>
      devices.Admin.call(`${G}/modify_group_member_info`, {
        GroupId,
        Member_Account,
        AppMemberDefinedData: [field(`mw_${level}`)],
      })
    expect((await change('self', 'ada')).ErrorCode).toBe(10007)
    expect((await change('admin', PERSONS.Owner)).ErrorCode).toBe(10007)
    expect((await change('member', 'ada')).ErrorCode).toBe(0)
    expect((await change('admin', PERSONS.Admin)).ErrorCode).toBe(0)
  })

  test('the maker of a group gives its first members what an owner writes', async () => {
    const make = (Key: string) =>
      devices.NonMember.call(`${G}/create_group`, {
        Type: 'Public',
        Name: 'mine',
        MemberList: [{ Member_Account: 'tom', AppMemberDefinedData: [field(Key)] }],
      })
    expect((await make('mw_admin')).ErrorCode).toBe(0)
    expect((await make('mw_app')).ErrorCode).toBe(10007)
  })
})

describe('keys that are not declared', () => {
  test('are written like the profile and read by everybody, unless the app wants them declared', async () => {
    const GroupId = await newGroup()
    const change = (role: ActorRole, Key: string) =>
      callAs(role, `${G}/modify_group_base_info`, { GroupId, AppDefinedData: [field(Key)] })
    expect((await change('Member', 'free')).ErrorCode).toBe(10007)
    expect((await change('Admin', 'free')).ErrorCode).toBe(0)
    expect(keysOf((await infoAs('NonMember', GroupId)).AppDefinedData)).toEqual(['free'])
    await using strict = await startTestServer({
      users: ['olga'],
      settings: { 'group.undeclaredFields': false },
    })
    const make = (more: object) =>
      strict.rest(`${G}/create_group`, { Type: 'Public', Name: 'strict', GroupId: 'strict', ...more })
    const refused = await make({ AppDefinedData: [field('free')] })
    expect(refused.ErrorCode).toBe(10004)
    expect(refused.ErrorInfo).toContain('has the key free, which is not declared')
    expect(
      (
        await make({
          MemberList: [{ Member_Account: 'olga', AppMemberDefinedData: [field('free')] }],
        })
      ).ErrorCode,
    ).toBe(10004)
    expect((await make({ Owner_Account: 'olga' })).ErrorCode).toBe(0)
    const writes = async (command: string, body: object) =>
      (await strict.rest(`${G}/${command}`, { GroupId: 'strict', ...body })).ErrorCode
    expect(await writes('modify_group_base_info', { AppDefinedData: [field('free')] })).toBe(10004)
    const ofMember = { Member_Account: 'olga', AppMemberDefinedData: [field('free')] }
    expect(await writes('modify_group_member_info', ofMember)).toBe(10004)
    await strict.running.services.store.mutate(declareField, {
      app: TEST_APP,
      actor: 'test',
      subject: 'group',
      key: 'free',
      types: ['Public'],
      read: 'anybody',
      write: 'app',
      max: 10,
    })
    expect(await writes('modify_group_base_info', { AppDefinedData: [field('free')] })).toBe(0)
  })
})

describe('declaring', () => {
  const refusal = (promise: Promise<unknown>) =>
    promise.then(
      () => '',
      (error: Error) => error.message,
    )

  test('a changed level holds at once, for the types that are named', async () => {
    await declare('group', 'moving', { write: 'app' })
    const GroupId = await newGroup()
    const change = async () =>
      (
        await devices.Member.call(`${G}/modify_group_base_info`, {
          GroupId,
          AppDefinedData: [field('moving', String(Math.random()))],
        })
      ).ErrorCode
    expect(await change()).toBe(10007)
    expect(await declare('group', 'moving', { write: 'member' }, ['ChatRoom'])).toEqual({ isNew: false })
    expect(await change()).toBe(10007)
    await declare('group', 'moving', { write: 'member' }, ['Public'])
    expect(await change()).toBe(0)
  })

  test('names, numbers, levels and types that can not be are refused', async () => {
    expect(await refusal(declare('group', 'no-dash', {}))).toContain('is no key')
    expect(await refusal(declare('group', 'a'.repeat(17), {}))).toContain('is no key')
    expect(await refusal(declare('member', 'r_owner', {}))).toContain('declared as a field of groups')
    expect(await refusal(declare('group', 'selfish', { read: 'self' }))).toContain('a group has no self')
    expect(await refusal(declare('member', 'live2', {}, ['AVChatRoom']))).toContain('are not stored')
    expect(await refusal(declare('member', 'one_more', {}, ['Public'], 12))).toContain(
      'declared its 12 fields',
    )
    expect(await declare('member', 'mr_self', { read: 'self' }, ['Public'], 12)).toEqual({ isNew: false })
  })
})
