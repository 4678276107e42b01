import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type Device, startTestServer, type TestServer, textBody } from '../../testing/test-server.ts'
import { COMMUNITY_RIGHTS, type CommunityRight, TOPIC_RIGHTS, type TopicRight } from './permission-rules.ts'

const G = 'group_open_http_svc'
const T = 'million_group_open_http_svc'
const PERMISSION_GROUP = '@PMG#_mia'
const ALL_BUT = (bit: number) => String((2n ** 64n - 1n) & ~(1n << BigInt(bit)))
const ONLY = (bit: number) => 2 ** bit

let server: TestServer
/** An ordinary member, and an admin, whose role has no powers here. */
let mia: Device
let adam: Device
let random = 0

beforeAll(async () => {
  server = await startTestServer({ users: ['olga', 'adam', 'mia', 'tom', 'nora', 'fay'] })
  mia = await server.connect('mia')
  adam = await server.connect('adam')
})

afterAll(() => server.stop())

interface Town {
  readonly GroupId: string
  readonly TopicId: string
  /** A message of another one in the topic. */
  readonly seq: number
}

/** A community with a topic, where the default permits nothing and mia alone is in a permission group. */
async function newTown(Permission: number | string, topicMask?: number | string): Promise<Town> {
  const { GroupId } = await server.ok<{ GroupId: string }>(`${G}/create_group`, {
    Type: 'Community',
    Name: 'town',
    SupportTopic: 1,
    EnablePermission: 1,
    Owner_Account: 'olga',
    MemberList: [
      { Member_Account: 'adam', Role: 'Admin' },
      { Member_Account: 'mia' },
      { Member_Account: 'tom' },
    ],
  })
  const { TopicId } = await server.ok<{ TopicId: string }>(`${T}/create_topic`, { GroupId, TopicName: 'one' })
  const it = { GroupId, PermissionGroupId: PERMISSION_GROUP }
  await server.ok(`${G}/create_permission_group`, { ...it, PermissionGroupName: 'mia', Permission })
  await server.ok(`${G}/add_permission_group_member`, { ...it, MemberList: [{ Member_Account: 'mia' }] })
  if (topicMask !== undefined)
    await server.ok(`${G}/add_topic_permission_group`, {
      ...it,
      TopicPermissionList: [{ TopicId, Permission: topicMask }],
    })
  const { MsgSeq } = await server.ok<{ MsgSeq: number }>(`${G}/send_group_msg`, {
    GroupId: TopicId,
    From_Account: 'tom',
    Random: ++random,
    MsgBody: textBody('of tom'),
  })
  return { GroupId, TopicId, seq: MsgSeq }
}

type Attempt = (device: Device, town: Town) => Promise<number>

const code = async (device: Device, command: string, body: object) =>
  (await device.call(command, body)).ErrorCode
const send =
  (more: object): Attempt =>
  (device, { TopicId }) =>
    code(device, `${G}/send_group_msg`, {
      GroupId: TopicId,
      Random: ++random,
      MsgClientTime: 1_700_000_000,
      MsgBody: textBody('hello'),
      ...more,
    })
const recall: Attempt = async (device, { TopicId, seq }) => {
  const { RecallRetList } = await device.ok<{ RecallRetList: { RetCode: number }[] }>(
    `${G}/group_msg_recall`,
    { GroupId: TopicId, MsgSeqList: [{ MsgSeq: seq }] },
  )
  return RecallRetList[0]?.RetCode ?? -1
}
const change =
  (fields: object): Attempt =>
  (device, { GroupId }) =>
    code(device, `${G}/modify_group_base_info`, { GroupId, ...fields })
const changeTopic =
  (fields: object): Attempt =>
  (device, { GroupId, TopicId }) =>
    code(device, `${T}/modify_topic`, { GroupId, TopicId, ...fields })
const remove: Attempt = (device, { GroupId }) =>
  code(device, `${G}/delete_group_member`, { GroupId, MemberToDel_Account: ['tom'] })
const history: Attempt = (device, { TopicId }) =>
  code(device, 'group/get_messages', { GroupId: TopicId, MaxCnt: 10 })
const mentionAll = send({ GroupAtInfo: [{ GroupAtAllFlag: 1 }] })
const setMask: Attempt = async (device, { GroupId, TopicId }) => {
  const answer = await device.call(`${G}/set_topic_permission_group`, {
    GroupId,
    PermissionGroupId: PERMISSION_GROUP,
    TopicPermissionList: [{ TopicId, Permission: 1 }],
  })
  if (answer.ErrorCode !== 0) return answer.ErrorCode
  const [result] = answer.TopicPermissionResultList as { ErrorCode: number }[]
  return result?.ErrorCode ?? -1
}
/** The first one that is refused. */
const each =
  (...attempts: readonly Attempt[]): Attempt =>
  async (device, town) => {
    for (const attempt of attempts) {
      const answered = await attempt(device, town)
      if (answered !== 0) return answered
    }
    return 0
  }
const REFUSED = { usual: 10007, recall: 10032 } as const

/** Everything that each row of the table lets a member do. */
const IN_COMMUNITY: Readonly<Record<CommunityRight, readonly Attempt[]>> = {
  manageGroup: [change({ Name: 'other' }), change({ ApplyJoinOption: 'NeedPermission' })],
  manageMembers: [
    (device, { GroupId }) =>
      code(device, `${G}/modify_group_member_info`, { GroupId, Member_Account: 'tom', NameCard: 'Tom' }),
    remove,
    async (device, { GroupId }) => {
      await server.ok(`${G}/modify_group_base_info`, { GroupId, ApplyJoinOption: 'NeedPermission' })
      const fay = await server.connect('fay')
      await fay.ok('group/join', { GroupId })
      fay.close()
      const { Items } = await device.ok<{ Items: { GroupId: string }[] }>('group/applications')
      const item = Items.find(one => one.GroupId === GroupId)
      const asked = item ?? {
        GroupId,
        Applicant_Account: 'fay',
        ApplicationType: 0,
        MsgKey: 0,
        Authentication: '',
      }
      return code(device, 'group/handle_application', { ...asked, Action: 'Agree' })
    },
  ],
  managePermissionGroups: [
    (device, { GroupId }) =>
      code(device, `${G}/create_permission_group`, { GroupId, PermissionGroupName: 'x', Permission: 1 }),
    setMask,
    change({ DefaultPermission: 64 }),
    (device, { GroupId }) =>
      code(device, `${G}/destroy_permission_group`, { GroupId, PermissionGroupIdList: [PERMISSION_GROUP] }),
  ],
  managePermissionMembers: [
    (device, { GroupId }) =>
      code(device, `${G}/add_permission_group_member`, {
        GroupId,
        PermissionGroupId: PERMISSION_GROUP,
        MemberList: [{ Member_Account: 'tom' }],
      }),
  ],
  manageTopics: [
    (device, { GroupId }) => code(device, `${T}/create_topic`, { GroupId, TopicName: 'two' }),
    changeTopic({ TopicName: 'other' }),
    (device, { GroupId, TopicId }) => code(device, `${T}/destroy_topic`, { GroupId, TopicIdList: [TopicId] }),
  ],
  mute: [
    (device, { GroupId }) =>
      code(device, `${G}/forbid_send_msg`, { GroupId, Members_Account: ['tom'], MuteTime: 60 }),
    change({ MuteAllMember: 'On' }),
  ],
  send: [send({})],
  mentionAll: [mentionAll],
  readHistory: [history],
  recall: [recall],
  ban: [
    (device, { GroupId }) =>
      code(device, `${G}/ban_group_member`, { GroupId, Members_Account: ['tom'], Duration: 60 }),
  ],
}

const IN_TOPIC: Readonly<Record<TopicRight, readonly Attempt[]>> = {
  manageTopic: [changeTopic({ TopicName: 'other', Notification: 'read me' })],
  managePermissions: [setMask],
  mute: [
    (device, { GroupId, TopicId }) =>
      code(device, `${G}/forbid_send_msg`, { GroupId, TopicId, Members_Account: ['tom'], MuteTime: 60 }),
    changeTopic({ MuteAllMember: 'On' }),
  ],
  send: [send({})],
  readHistory: [history],
  recall: [recall],
  mentionAll: [mentionAll],
}

const refusal = (right: string) => (right === 'recall' ? REFUSED.recall : REFUSED.usual)
/** To mention everybody one must be able to write. */
const withSend = (right: string, bit: number, sendBit: number) =>
  right === 'mentionAll' ? ONLY(bit) + ONLY(sendBit) : ONLY(bit)
/** There are no bans in communities, whoever asks. */
const allowed = (right: string) => (right === 'ban' ? REFUSED.usual : 0)

describe('a bit of the community mask', () => {
  for (const right of Object.keys(COMMUNITY_RIGHTS) as CommunityRight[]) {
    const { bit, title } = COMMUNITY_RIGHTS[right]
    test(`${bit}: ${title}`, async () => {
      const mask = withSend(right, bit, COMMUNITY_RIGHTS.send.bit)
      for (const attempt of IN_COMMUNITY[right]) {
        expect(await attempt(mia, await newTown(ALL_BUT(bit)))).toBe(refusal(right))
        expect(await attempt(adam, await newTown(ALL_BUT(bit)))).toBe(refusal(right))
        expect(await attempt(mia, await newTown(mask))).toBe(allowed(right))
      }
    })
  }
})

describe('a bit of the mask in a topic', () => {
  for (const right of Object.keys(TOPIC_RIGHTS) as TopicRight[]) {
    const { bit, title, community } = TOPIC_RIGHTS[right]
    test(`${bit}: ${title}`, async () => {
      const attempt = each(...IN_TOPIC[right])
      const everything = ALL_BUT(63)
      // The mask in the topic counts in place of the community's, whichever permits more.
      expect(await attempt(mia, await newTown(everything, ALL_BUT(bit)))).toBe(refusal(right))
      expect(await attempt(mia, await newTown(0, withSend(right, bit, TOPIC_RIGHTS.send.bit)))).toBe(0)
      // Without one the bits of the community count that say the same.
      const matching = COMMUNITY_RIGHTS[community].bit
      const mask = withSend(right, matching, COMMUNITY_RIGHTS.send.bit)
      expect(await attempt(mia, await newTown(ALL_BUT(matching)))).toBe(refusal(right))
      expect(await attempt(mia, await newTown(mask))).toBe(0)
    })
  }
})

test('several permission groups permit what any of them does, and who is in none has the default', async () => {
  const { GroupId, TopicId } = await newTown(0)
  const town = { GroupId, TopicId, seq: 1 }
  const tom = await server.connect('tom')
  expect([await send({})(mia, town), await send({})(tom, town)]).toEqual([10007, 10007])
  await server.ok(`${G}/modify_group_base_info`, { GroupId, DefaultPermission: 64 })
  expect([await send({})(mia, town), await send({})(tom, town)]).toEqual([10007, 0])
  const writers = { GroupId, PermissionGroupId: '@PMG#_writers' }
  await server.ok(`${G}/create_permission_group`, { ...writers, PermissionGroupName: 'w', Permission: 64 })
  await server.ok(`${G}/add_permission_group_member`, { ...writers, MemberList: [{ Member_Account: 'mia' }] })
  expect(await send({})(mia, town)).toBe(0)
  // A mask in the topic takes it away from that permission group only.
  await server.ok(`${G}/add_topic_permission_group`, {
    ...writers,
    TopicPermissionList: [{ TopicId, Permission: 0 }],
  })
  expect([await send({})(mia, town), await send({})(tom, town)]).toEqual([10007, 0])
  tom.close()
})

test('holders of a right are equals in it, and nobody touches the owner', async () => {
  const { GroupId } = await newTown(ONLY(1) + ONLY(5))
  await server.ok(`${G}/add_permission_group_member`, {
    GroupId,
    PermissionGroupId: PERMISSION_GROUP,
    MemberList: [{ Member_Account: 'tom' }],
  })
  const kick = (name: string) =>
    code(mia, `${G}/delete_group_member`, { GroupId, MemberToDel_Account: [name] })
  expect([await kick('tom'), await kick('olga'), await kick('adam')]).toEqual([10007, 10007, 0])
  await mia.ok(`${G}/forbid_send_msg`, { GroupId, Members_Account: ['tom', 'olga', 'nora'], MuteTime: 60 })
  expect((await server.ok(`${G}/get_group_muted_account`, { GroupId })).MutedAccountList).toMatchObject([
    { Member_Account: 'nora' },
  ])
})

test('where permission groups are off, masks say nothing and admins have their powers', async () => {
  const { GroupId, TopicId, seq } = await newTown(0)
  await server.ok(`${G}/modify_group_base_info`, { GroupId, EnablePermission: 0 })
  const town = { GroupId, TopicId, seq }
  expect([await send({})(mia, town), await history(mia, town), await recall(mia, town)]).toEqual([
    0, 0, 10032,
  ])
  expect([await recall(adam, town), await change({ Name: 'other' })(adam, town)]).toEqual([0, 0])
})
