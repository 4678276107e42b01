import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { GroupType } from '@rookery/protocol/wire-group'
import { type Device, startTestServer, type TestServer } from '../../testing/test-server.ts'
import { GROUP_TYPES, TYPE_RULES } from './group-types.ts'
import { ACTOR_ROLES, type ActorRole, mayDo, OPERATIONS, type Operation, refusalCode } from './operations.ts'

const PERSONS = { Owner: 'olga', Admin: 'adam', Member: 'mia', NonMember: 'nora' } as const
const SERVICE = 'group_open_http_svc'

let server: TestServer
let devices: Record<keyof typeof PERSONS, Device>
let applicant: Device

beforeAll(async () => {
  server = await startTestServer({
    users: [...Object.values(PERSONS), 'tom', 'fay'],
    settings: { 'group.workStartsInactive': false },
  })
  const [Owner, Admin, Member, NonMember] = await Promise.all(
    Object.values(PERSONS).map(name => server.connect(name)),
  )
  if (!Owner || !Admin || !Member || !NonMember) throw new Error('a device is missing')
  devices = { Owner, Admin, Member, NonMember }
  applicant = await server.connect('fay')
})

afterAll(() => server.stop())

/** A group with one person of each role, and tom, on whom they act. Everybody may come in and invite. */
async function newGroup(type: GroupType, more: object = {}): Promise<string> {
  const { storesMembers, roles, optionsFixed } = TYPE_RULES[type]
  const admin = roles.includes('Admin') ? [{ Member_Account: PERSONS.Admin, Role: 'Admin' }] : []
  const { GroupId } = await server.ok<{ GroupId: string }>(`${SERVICE}/create_group`, {
    Type: type,
    Name: 'rights',
    Owner_Account: PERSONS.Owner,
    ...(!optionsFixed && { ApplyJoinOption: 'FreeAccess', InviteJoinOption: 'FreeAccess' }),
    ...(storesMembers && {
      MemberList: [...admin, { Member_Account: PERSONS.Member }, { Member_Account: 'tom' }],
    }),
    ...more,
  })
  return GroupId
}

const withTopics = (type: GroupType) => newGroup(type, TYPE_RULES[type].topics ? { SupportTopic: 1 } : {})

interface Attempt {
  readonly type: GroupType
  /** Calls as the actor; its code. */
  readonly call: (name: string, body: object) => Promise<number>
}

const simple =
  (command: string, body: object) =>
  async ({ type, call }: Attempt): Promise<number> =>
    call(command, { GroupId: await newGroup(type), ...body })

/** The real command of each operation. */
const ATTEMPTS: Readonly<Record<Operation, (attempt: Attempt) => Promise<number>>> = {
  lookUp: async ({ type, call }) => call('look', { GroupId: await newGroup(type) }),
  listMembers: simple(`${SERVICE}/get_group_member_info`, {}),
  changeProfile: simple(`${SERVICE}/modify_group_base_info`, { Name: 'other' }),
  changeOptions: simple(`${SERVICE}/modify_group_base_info`, { MaxMemberNum: 100 }),
  muteAll: simple(`${SERVICE}/modify_group_base_info`, { MuteAllMember: 'On' }),
  dismiss: simple(`${SERVICE}/destroy_group`, {}),
  transfer: simple(`${SERVICE}/change_group_owner`, { NewOwner_Account: 'tom' }),
  invite: simple(`${SERVICE}/add_group_member`, { MemberList: [{ Member_Account: 'fay' }] }),
  remove: simple(`${SERVICE}/delete_group_member`, { MemberToDel_Account: ['tom'] }),
  setRole: simple(`${SERVICE}/modify_group_member_info`, { Member_Account: 'tom', Role: 'Admin' }),
  muteMember: simple(`${SERVICE}/forbid_send_msg`, { Members_Account: ['tom'], MuteTime: 60 }),
  ban: simple(`${SERVICE}/ban_group_member`, { Members_Account: ['tom'], Duration: 60 }),
  editMember: simple(`${SERVICE}/modify_group_member_info`, { Member_Account: 'tom', NameCard: 'T' }),
  switchPermissions: async ({ type, call }) =>
    call(`${SERVICE}/modify_group_base_info`, { GroupId: await withTopics(type), EnablePermission: 1 }),
  managePermissionGroups: async ({ type, call }) =>
    call(`${SERVICE}/create_permission_group`, {
      GroupId: await withTopics(type),
      PermissionGroupName: 'few',
      Permission: 0,
    }),
  managePermissionMembers: async ({ type, call }) => {
    const GroupId = await withTopics(type)
    const PermissionGroupId = '@PMG#_few'
    if (TYPE_RULES[type].topics)
      await server.ok(`${SERVICE}/create_permission_group`, {
        GroupId,
        PermissionGroupId,
        PermissionGroupName: 'few',
        Permission: 0,
      })
    return call(`${SERVICE}/add_permission_group_member`, {
      GroupId,
      PermissionGroupId,
      MemberList: [{ Member_Account: 'tom' }],
    })
  },
  manageTopics: async ({ type, call }) =>
    call('million_group_open_http_svc/create_topic', { GroupId: await withTopics(type), TopicName: 'one' }),
  editSelf: simple('group/set_self', { NameCard: 'me', MsgFlag: 'Discard' }),
  join: simple('group/join', {}),
  quit: simple('group/quit', {}),
  handleApplications: async ({ type, call }) => {
    const { optionsFixed } = TYPE_RULES[type]
    const GroupId = await newGroup(type, optionsFixed ? {} : { ApplyJoinOption: 'NeedPermission' })
    const body = { GroupId, Applicant_Account: 'fay', ApplicationType: 0, Action: 'Agree' }
    if (optionsFixed) return call('group/handle_application', { ...body, MsgKey: 0, Authentication: '' })
    await applicant.ok('group/join', { GroupId })
    const { Items } = await devices.Owner.ok<{ Items: { GroupId: string }[] }>('group/applications')
    const item = Items.find(it => it.GroupId === GroupId)
    return call('group/handle_application', { ...item, ...body })
  },
}

/** Commands that the app has no need of: they speak of the caller itself. */
const PERSONAL: readonly Operation[] = ['editSelf', 'join', 'quit', 'handleApplications']

/** The audience of a live room is not stored: entering and leaving it, and its admins, are another capability. */
const isOfAudience = (type: GroupType, operation: Operation, role: ActorRole): boolean =>
  !TYPE_RULES[type].storesMembers &&
  (operation === 'join' || operation === 'quit' || role === 'Admin' || role === 'Member')

async function attempt(type: GroupType, operation: Operation, role: ActorRole): Promise<number> {
  const call = async (name: string, body: object): Promise<number> => {
    if (role !== 'AppAdmin')
      return (await devices[role].call(name === 'look' ? 'group/profile' : name, body)).ErrorCode
    if (name !== 'look') return (await server.rest(name, body)).ErrorCode
    const { GroupId } = body as { GroupId: string }
    const { GroupInfo } = await server.ok<{ GroupInfo: { ErrorCode: number }[] }>(
      `${SERVICE}/get_group_info`,
      { GroupIdList: [GroupId] },
    )
    return GroupInfo[0]?.ErrorCode ?? -1
  }
  return ATTEMPTS[operation]({ type, call })
}

for (const operation of Object.keys(OPERATIONS) as Operation[])
  describe(OPERATIONS[operation].title, () => {
    for (const type of GROUP_TYPES) {
      const roles = ACTOR_ROLES.filter(
        role =>
          (role === 'AppAdmin'
            ? !PERSONAL.includes(operation)
            : role === 'NonMember' || TYPE_RULES[type].roles.includes(role)) &&
          !isOfAudience(type, operation, role),
      )
      for (const role of roles) {
        const allowed = mayDo(operation, type, role)
        const code = allowed ? 0 : refusalCode(operation, type, role)
        test(`${type}: ${role} ${allowed ? 'may' : `may not (${code})`}`, async () => {
          expect(await attempt(type, operation, role)).toBe(code)
        })
      }
    }
  })

describe('nobody acts on an equal or higher role', () => {
  const cases: readonly (readonly [string, object])[] = [
    ['delete_group_member', { MemberToDel_Account: [PERSONS.Owner] }],
    ['ban_group_member', { Members_Account: [PERSONS.Owner], Duration: 60 }],
    ['modify_group_member_info', { Member_Account: PERSONS.Owner, NameCard: 'x' }],
    ['modify_group_member_info', { Member_Account: PERSONS.Owner, MuteTime: 60 }],
  ]
  for (const [command, body] of cases)
    test(`an admin against the owner: ${command} ${Object.keys(body).at(-1)}`, async () => {
      const GroupId = await newGroup('Public')
      const answer = await devices.Admin.call(`${SERVICE}/${command}`, { GroupId, ...body })
      expect(answer.ErrorCode).toBe(10007)
    })

  test('not even the app removes or bans the owner of a public group, or changes his role', async () => {
    const GroupId = await newGroup('Public')
    for (const [command, body] of [
      ['delete_group_member', { MemberToDel_Account: [PERSONS.Owner, 'tom'] }],
      ['ban_group_member', { Members_Account: [PERSONS.Owner], Duration: 60 }],
      ['modify_group_member_info', { Member_Account: PERSONS.Owner, Role: 'Member' }],
    ] as const)
      expect((await server.rest(`${SERVICE}/${command}`, { GroupId, ...body })).ErrorCode).toBe(10007)
    const { MemberNum } = await server.ok<{ MemberNum: number }>(`${SERVICE}/get_group_member_info`, {
      GroupId,
    })
    expect(MemberNum).toBe(4)
  })

  test('a mute of an owner is passed over', async () => {
    const GroupId = await newGroup('Public')
    await server.ok(`${SERVICE}/forbid_send_msg`, {
      GroupId,
      Members_Account: [PERSONS.Owner, 'tom'],
      MuteTime: 4294967295,
    })
    const { MutedAccountList } = await server.ok(`${SERVICE}/get_group_muted_account`, { GroupId })
    expect(MutedAccountList).toEqual([{ Member_Account: 'tom', MutedUntil: 4294967295 }])
  })
})
