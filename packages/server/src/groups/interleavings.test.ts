import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { GroupType } from '@rookery/protocol/wire-group'
import fc from 'fast-check'
import { MemberRole } from '../store/schema.ts'
import { type Device, startTestServer, TEST_APP, type TestServer } from '../testing/test-server.ts'

const G = 'group_open_http_svc'
const USERS = ['ann', 'ben', 'cid', 'dot'] as const
const GROUPS = 3
const JOINED_MAX = 2
const MEMBERS_MAX = 3

let server: TestServer
const devices: Device[] = []

beforeAll(async () => {
  server = await startTestServer({
    users: USERS,
    settings: { 'group.joinedMax': JOINED_MAX, 'rate.rest.default': 100_000, 'rate.rest.app': 100_000 },
  })
  devices.push(...(await Promise.all(USERS.map(user => server.connect(user)))))
})

afterAll(() => server.stop())

const place = fc.nat({ max: GROUPS - 1 })
const person = fc.nat({ max: USERS.length - 1 })
const ACTIONS = ['join', 'quit', 'add', 'kick', 'ban', 'transfer', 'dismiss', 'dismissByApp'] as const
const step = fc.record({ action: fc.constantFrom(...ACTIONS), group: place, user: person, other: person })
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

/** Whatever its code: who may not is refused, and that is fine. */
async function run(groups: readonly string[], { action, group, user, other }: Step): Promise<number> {
  const GroupId = groups[group]
  const device = devices[user]
  const name = USERS[other]
  if (GroupId === undefined || !device || name === undefined) throw new Error('no such step')
  switch (action) {
    case 'join':
      return (await device.call('group/join', { GroupId })).ErrorCode
    case 'quit':
      return (await device.call('group/quit', { GroupId })).ErrorCode
    case 'add': {
      const MemberList = [{ Member_Account: name }, { Member_Account: USERS[user] }]
      return (await server.rest(`${G}/add_group_member`, { GroupId, MemberList })).ErrorCode
    }
    case 'kick': {
      const MemberToDel_Account = [name]
      return (await server.rest(`${G}/delete_group_member`, { GroupId, MemberToDel_Account })).ErrorCode
    }
    case 'ban': {
      const body = { GroupId, Members_Account: [name], Duration: 1 }
      return (await device.call(`${G}/ban_group_member`, body)).ErrorCode
    }
    case 'transfer':
      return (await server.rest(`${G}/change_group_owner`, { GroupId, NewOwner_Account: name })).ErrorCode
    case 'dismiss':
      return (await device.call(`${G}/destroy_group`, { GroupId })).ErrorCode
    case 'dismissByApp':
      return (await server.rest(`${G}/destroy_group`, { GroupId })).ErrorCode
  }
}

const EXPECTED = new Set([0, 10004, 10007, 10009, 10010, 10014, 10037])

async function checkInvariants(names: readonly string[]): Promise<void> {
  const { read } = server.running.services.store
  const groups = await read
    .selectFrom('chat_group')
    .selectAll()
    .where('app_id', '=', TEST_APP)
    .where('name', 'in', names)
    .execute()
  const members = await read.selectFrom('group_member').selectAll().where('app_id', '=', TEST_APP).execute()
  for (const group of groups) {
    const rows = members.filter(member => member.group_no === group.group_no)
    expect(group.member_count).toBe(rows.length)
    expect(rows.length).toBeLessThanOrEqual(group.max_members)
    if (group.dismissed > 0) expect(rows).toEqual([])
    const owners = rows.filter(row => row.role === MemberRole.OWNER).map(row => row.account_id)
    expect(owners).toEqual(group.owner_id > 0 ? [group.owner_id] : [])
    const conversation = await read
      .selectFrom('conversation')
      .select(['auth_no', 'head_seq'])
      .where('app_id', '=', TEST_APP)
      .where('conv_id', '=', group.conv_id)
      .executeTakeFirstOrThrow()
    expect(conversation.auth_no).toBe(group.auth_no)
    const seqs = await read
      .selectFrom('message')
      .select('seq')
      .where('app_id', '=', TEST_APP)
      .where('conv_id', '=', group.conv_id)
      .orderBy('seq')
      .execute()
    expect(seqs.map(row => row.seq)).toEqual(Array.from({ length: conversation.head_seq }, (_, i) => i + 1))
    const open = await read
      .selectFrom('user_conversation')
      .select('account_id')
      .where('app_id', '=', TEST_APP)
      .where('conv_id', '=', group.conv_id)
      .where('to_seq', '=', -1)
      .execute()
    expect(open.map(row => row.account_id).sort()).toEqual(rows.map(row => row.account_id).sort())
  }
  for (const user of new Set(members.map(member => member.account_id)))
    expect(members.filter(member => member.account_id === user).length).toBeLessThanOrEqual(JOINED_MAX)
}

test('however joins, quits, removals, hand-overs and dismissals fall together, the books balance', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom<GroupType>('Private', 'Public', 'ChatRoom', 'Community'),
      fc.array(fc.array(step, { minLength: 1, maxLength: 10 }), { minLength: 1, maxLength: 3 }),
      async (Type, rounds) => {
        const groups: string[] = []
        for (const Owner_Account of [USERS[0], USERS[0], USERS[1]]) {
          const { GroupId } = await server.ok<{ GroupId: string }>(`${G}/create_group`, {
            Type,
            Name: 'books',
            Owner_Account,
            ApplyJoinOption: 'FreeAccess',
            MaxMemberCount: MEMBERS_MAX,
          })
          groups.push(GroupId)
        }
        for (const steps of rounds) {
          const codes = await Promise.all(steps.map(it => run(groups, it)))
          expect(codes.filter(code => !EXPECTED.has(code))).toEqual([])
          await checkInvariants(groups)
        }
        for (const GroupId of groups) await server.rest(`${G}/destroy_group`, { GroupId })
        await checkInvariants(groups)
      },
    ),
    { numRuns: 40 },
  )
}, 60_000)
