import { afterAll, beforeAll, expect, test } from 'bun:test'
import { GroupTip } from '@rookery/protocol/group-notice'
import type { GroupType } from '@rookery/protocol/wire-group'
import fc from 'fast-check'
import pino from 'pino'
import { type Device, startTestServer, type TestServer, textBody } from '../../testing/test-server.ts'
import { type LogEntry, type SeenTip, soundGroup } from './group-log.ts'
import { ToldGroup } from './told-group.ts'

const G = 'group_open_http_svc'
const USERS = ['ann', 'ben', 'cid', 'dot', 'eve', 'fay'] as const
const MEMBERS_MAX = 4
const ADMINS_MAX = 2
const RUNS = Number(process.env.FUZZ_RUNS ?? 24)

let server: TestServer
const devices: Device[] = []
const defects: string[] = []

beforeAll(async () => {
  server = await startTestServer({
    users: USERS,
    settings: {
      'group.adminsMax': ADMINS_MAX,
      'group.workStartsInactive': false,
      // Every change of every type is in the log, so that the log can be compared with the answers.
      'group.tip.members.meeting': 'store',
      'group.tip.roles.meeting': 'store',
      'rate.rest.default': 0,
      'session.commandsPerSec': 10_000,
    },
    server: { log: pino({ level: 'warn' }, { write: (line: string) => defects.push(line) }) },
  })
  devices.push(...(await Promise.all(USERS.map(user => server.connect(user)))))
})

afterAll(() => server.stop())

const PERSONAL = ['join', 'quit', 'send'] as const
const OF_APP_TOO = ['kick', 'ban', 'transfer', 'promote', 'demote', 'mute', 'rename'] as const
type Action = (typeof PERSONAL)[number] | (typeof OF_APP_TOO)[number] | 'add' | 'unban' | 'dismiss'

interface Step {
  readonly action: Action
  /** Who acts, unless the app does. */
  readonly user: number
  readonly other: number
  readonly byApp: boolean
}

const person = fc.nat({ max: USERS.length - 1 })
const step = (...actions: Action[]): fc.Arbitrary<Step> =>
  fc.record({ action: fc.constantFrom(...actions), user: person, other: person, byApp: fc.boolean() })
const steps = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: step(...PERSONAL, 'add') },
    { weight: 14, arbitrary: step(...OF_APP_TOO, 'unban') },
    { weight: 1, arbitrary: step('dismiss') },
  ),
  { minLength: 5, maxLength: 30 },
)

interface Outcome {
  /** In words of its own, so that the tip of it is known again. */
  readonly mark: string
  readonly action: Action
  readonly actor: string
  readonly other: string
  readonly code: number
  /** What the answer says happened, where that is not plain from its code. */
  readonly seq?: number
  readonly joined?: boolean
}

let marks = 0

async function take(GroupId: string, { action, user, other, byApp }: Step): Promise<Outcome> {
  const number = ++marks
  const mark = `${action} ${number}`
  const target = USERS[other] ?? ''
  const device = devices[user]
  if (!device) throw new Error('no such user')
  const isPersonal = PERSONAL.some(it => it === action)
  const toApp = !isPersonal && (byApp || action === 'add' || action === 'unban')
  const outcome = { mark, action, actor: toApp ? 'administrator' : (USERS[user] ?? ''), other: target }
  const call = async (
    name: string,
    more: object,
  ): Promise<Record<string, unknown> & { ErrorCode: number }> => {
    const body = { GroupId, ...more }
    return toApp ? await server.rest(name, body) : await device.call(name, body)
  }
  const plain = async (name: string, more: object = {}): Promise<Outcome> => ({
    ...outcome,
    code: (await call(name, more)).ErrorCode,
  })
  switch (action) {
    case 'join': {
      const { ErrorCode, JoinedStatus } = await call('group/join', {})
      return { ...outcome, code: ErrorCode, joined: JoinedStatus === 'JoinedSuccess' }
    }
    case 'add': {
      const { ErrorCode, MemberList } = await call(`${G}/add_group_member`, {
        MemberList: [{ Member_Account: target }],
      })
      const [result] = (MemberList ?? []) as { Result: number }[]
      return { ...outcome, code: ErrorCode, joined: result?.Result === 1 }
    }
    case 'send': {
      const answer = await call(`${G}/send_group_msg`, {
        Random: number,
        MsgClientTime: 1_700_000_000,
        MsgBody: textBody(mark),
      })
      return {
        ...outcome,
        code: answer.ErrorCode,
        ...(answer.ErrorCode === 0 && { seq: Number(answer.MsgSeq) }),
      }
    }
    case 'quit':
      return plain('group/quit')
    case 'kick':
      return plain(`${G}/delete_group_member`, { MemberToDel_Account: [target], Reason: mark })
    case 'ban':
      return plain(`${G}/ban_group_member`, { Members_Account: [target], Duration: 3600, Description: mark })
    case 'unban':
      return plain(`${G}/unban_group_member`, { Members_Account: [target] })
    case 'transfer':
      return plain(`${G}/change_group_owner`, { NewOwner_Account: target })
    case 'promote':
    case 'demote': {
      const Role = action === 'promote' ? 'Admin' : 'Member'
      return plain(`${G}/modify_group_member_info`, { Member_Account: target, Role })
    }
    case 'mute':
      // Of another length each time; over before the test goes on.
      return plain(`${G}/modify_group_member_info`, { Member_Account: target, MuteTime: 100_000 + number })
    case 'rename':
      return plain(`${G}/modify_group_base_info`, { Name: mark })
    case 'dismiss':
      return plain(`${G}/destroy_group`)
  }
}

/** No right, no member, full, may not leave, gone, muted. */
const REFUSALS = [10004, 10007, 10009, 10010, 10014, 10017]

const tally = (names: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
}

/** Each answer that says that something happened has its entry, and no entry is without its answer. */
function compare(log: readonly LogEntry[], outcomes: readonly Outcome[]): void {
  const done = outcomes.filter(it => it.code === 0)
  const of = (...actions: Action[]) => done.filter(it => actions.includes(it.action))
  const tips = log.flatMap(({ tip }) => tip ?? [])
  const tipsOf = (...kinds: number[]) => tips.filter(tip => kinds.includes(tip.OpType))
  const named = (list: readonly SeenTip[]) => tally(list.map(tip => (tip.List_Account ?? []).join()))

  expect(log.flatMap(({ seq, from, text }) => (text === undefined ? [] : [{ seq, from, text }]))).toEqual(
    of('send')
      .map(it => ({ seq: it.seq ?? 0, from: it.actor, text: it.mark }))
      .sort((a, b) => a.seq - b.seq),
  )
  const joins = tipsOf(GroupTip.JOINED)
  expect(named(joins.filter(tip => tip.GroupJoinType === 1))).toEqual(
    tally(of('join').flatMap(it => (it.joined ? [it.actor] : []))),
  )
  expect(named(joins.filter(tip => tip.GroupJoinType === 2))).toEqual(
    tally(of('add').flatMap(it => (it.joined ? [it.other] : []))),
  )
  expect(named(tipsOf(GroupTip.QUIT))).toEqual(tally(of('quit').map(it => it.actor)))
  // Who was not inside is removed without a word.
  const removals = new Map(of('kick', 'ban').map(it => [it.mark, it]))
  for (const { Reason = '', Operator_Account, List_Account } of tipsOf(GroupTip.KICKED)) {
    const removal = removals.get(Reason)
    expect({ Reason, Operator_Account, List_Account }).toEqual({
      Reason: removal?.mark ?? 'of a removal that was answered OK, once',
      Operator_Account: removal?.actor ?? '',
      List_Account: [removal?.other ?? ''],
    })
    removals.delete(Reason)
  }
  const profiles = tipsOf(GroupTip.PROFILE)
  const byMark = (list: readonly Outcome[]) => list.map(it => `${it.mark} by ${it.actor}`).sort()
  expect(
    profiles
      .flatMap(({ MsgGroupNewInfo, Operator_Account }) =>
        MsgGroupNewInfo?.GroupName === undefined
          ? []
          : [`${MsgGroupNewInfo.GroupName} by ${Operator_Account}`],
      )
      .sort(),
  ).toEqual(byMark(of('rename')))
  expect(
    tipsOf(GroupTip.MEMBER)
      .map(tip => `mute ${(tip.MsgMemberInfo?.[0]?.ShutupTime ?? 0) - 100_000} by ${tip.Operator_Account}`)
      .sort(),
  ).toEqual(byMark(of('mute')))
  // A role that somebody has already is given without a word.
  expectAtMost(
    tally(profiles.flatMap(({ MsgGroupNewInfo }) => MsgGroupNewInfo?.Owner_Account ?? [])),
    tally(of('transfer').map(it => it.other)),
  )
  expectAtMost(named(tipsOf(GroupTip.ADMIN_SET)), tally(of('promote').map(it => it.other)))
  expectAtMost(named(tipsOf(GroupTip.ADMIN_CANCELLED)), tally(of('demote').map(it => it.other)))
  expect(of('dismiss').length).toBeLessThanOrEqual(1)
}

function expectAtMost(found: Record<string, number>, most: Record<string, number>): void {
  for (const [name, count] of Object.entries(found))
    expect({ name, count: Math.max(count, most[name] ?? 0) }).toEqual({ name, count: most[name] ?? 0 })
}

test('however changes of a group fall together, its tips tell exactly what was answered, and its books balance', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom<GroupType>('Private', 'Public', 'ChatRoom', 'Community'),
      fc.array(steps, { minLength: 1, maxLength: 4 }),
      async (Type, rounds) => {
        const { GroupId } = await server.ok<{ GroupId: string }>(`${G}/create_group`, {
          Type,
          Name: 'storm',
          Owner_Account: USERS[0],
          ApplyJoinOption: 'FreeAccess',
          MaxMemberCount: MEMBERS_MAX,
        })
        const told = new ToldGroup(USERS[0], 'storm')
        const outcomes: Outcome[] = []
        for (const round of rounds) {
          const known = outcomes.length === 0 ? 0 : (await soundGroup(server, GroupId)).log.length
          outcomes.push(...(await Promise.all(round.map(it => take(GroupId, it)))))
          expect(outcomes.filter(({ code }) => code !== 0 && !REFUSALS.includes(code))).toEqual([])
          const group = await soundGroup(server, GroupId)
          for (const entry of group.log.slice(known)) {
            told.hear(entry)
            expect(told.admins).toBeLessThanOrEqual(ADMINS_MAX)
          }
          compare(group.log, outcomes)
          expect(group.row.title).toBe(told.title)
          if (group.row.dismissed > 0) continue
          expect(Object.fromEntries(group.members)).toEqual(Object.fromEntries(told.members))
          expect(group.owner).toBe(told.owner)
          if (group.owner === '') expect(Type).toBe('Private')
        }
        const isGone = outcomes.some(({ action, code }) => action === 'dismiss' && code === 0)
        if (!isGone) await server.ok(`${G}/destroy_group`, { GroupId })
        const before = (await soundGroup(server, GroupId)).log.length
        const late = await Promise.all(
          USERS.map((_, user) => take(GroupId, { action: 'send', user, other: 0, byApp: false })),
        )
        expect(late.map(({ code }) => code)).toEqual(USERS.map(() => 10010))
        expect((await soundGroup(server, GroupId)).log.length).toBe(before)
      },
    ),
    { numRuns: RUNS, endOnFailure: true },
  )
  expect(defects).toEqual([])
}, 60_000)
