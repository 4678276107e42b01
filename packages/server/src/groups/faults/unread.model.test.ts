import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { WireConversation } from '@rookery/protocol/wire'
import type { GroupType } from '@rookery/protocol/wire-group'
import fc from 'fast-check'
import { type Device, startTestServer, type TestServer, textBody } from '../../testing/test-server.ts'
import { TYPE_RULES } from '../rules/group-types.ts'
import { soundGroup } from './group-log.ts'

const G = 'group_open_http_svc'
/** The first owns the group and stays. */
const PEOPLE = ['ann', 'ben', 'cid', 'dot'] as const
type Name = (typeof PEOPLE)[number]
const RUNS = Number(process.env.FUZZ_RUNS ?? 5)

let server: TestServer
const devices = new Map<Name, Device>()
let randoms = 0

beforeAll(async () => {
  server = await startTestServer({
    users: PEOPLE,
    settings: {
      'group.workStartsInactive': false,
      'group.tip.members.meeting': 'store',
      'session.commandsPerSec': 10_000,
      'rate.rest.default': 0,
    },
  })
  for (const name of PEOPLE) devices.set(name, await server.connect(name))
})

afterAll(() => server.stop())

interface Entry {
  /** Nobody: a tip. */
  readonly sender: Name | undefined
  readonly counts: boolean
  /** Who sees it beside the sender; nobody named: everybody. */
  readonly to: Name | undefined
  /** Its place among the recalls; 0: it was not recalled. */
  recall: number
}

interface Part {
  inside: boolean
  /** Numbers of the range: above `from`, up to `to` once it left. */
  from: number
  to: number
  /** Recalls up to when it left: it is told of no later one. */
  toRecall: number
  read: number
  readonly deleted: Set<number>
}

/** A group as lists of everything, counted anew each time (DESIGN-DATA 2 and 3). */
class Model {
  readonly log: Entry[] = []
  recalls = 0
  readonly parts = new Map<Name, Part>()
  readonly historyBeforeJoin: boolean

  constructor(type: GroupType) {
    this.historyBeforeJoin = type === 'ChatRoom'
    this.join('ann')
    this.log.length = 0
  }

  get members(): Name[] {
    return PEOPLE.filter(name => this.parts.get(name)?.inside)
  }

  join(name: Name): void {
    const before = this.log.length
    this.parts.set(name, {
      inside: true,
      from: this.historyBeforeJoin ? 0 : before,
      to: 0,
      toRecall: 0,
      read: before,
      deleted: this.parts.get(name)?.deleted ?? new Set(),
    })
    this.tip()
  }

  leave(name: Name): void {
    const part = this.parts.get(name)
    if (part) Object.assign(part, { inside: false, to: this.log.length, toRecall: this.recalls })
    this.tip()
  }

  tip(): void {
    this.log.push({ sender: undefined, counts: false, to: undefined, recall: 0 })
  }

  recall(entry: Entry): void {
    if (entry.recall === 0) entry.recall = ++this.recalls
  }

  end(part: Part): number {
    return part.inside ? this.log.length : part.to
  }

  sees(name: Name, seq: number): boolean {
    const part = this.parts.get(name)
    const entry = this.log[seq - 1]
    if (!part || !entry || seq <= part.from || seq > this.end(part) || part.deleted.has(seq)) return false
    return entry.to === undefined || entry.to === name || entry.sender === name
  }

  unread(name: Name): number {
    const part = this.parts.get(name)
    const read = part?.read ?? 0
    const isRecalled = ({ recall }: Entry) => recall > 0 && (part?.inside || recall <= (part?.toRecall ?? 0))
    return this.log.filter(
      (it, index) =>
        it.counts && !isRecalled(it) && it.sender !== name && index + 1 > read && this.sees(name, index + 1),
    ).length
  }
}

const who = fc.constantFrom(...PEOPLE)
const guest = fc.constantFrom<Name>('ben', 'cid', 'dot')
const place = fc.nat({ max: 1000 })
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('send' as const),
      who,
      quiet: fc.boolean(),
      to: fc.option(who, { nil: undefined, freq: 3 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('join' as const, 'leave' as const), who: guest }) },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constantFrom('read' as const, 'delete' as const), who, place }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('recall' as const), place }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('recallAll' as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('rename' as const) }) },
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

async function take(model: Model, type: GroupType, GroupId: string, it: Step): Promise<void> {
  const seq = 'place' in it ? 1 + (it.place % Math.max(1, model.log.length)) : 0
  const part = 'who' in it ? model.parts.get(it.who) : undefined
  switch (it.do) {
    case 'send': {
      if (!part?.inside) return
      const isMember = it.to !== undefined && model.members.includes(it.to)
      const to = TYPE_RULES[type].directedMessages && isMember ? it.to : undefined
      const { MsgSeq } = await server.ok<{ MsgSeq: number }>(`${G}/send_group_msg`, {
        GroupId,
        From_Account: it.who,
        Random: ++randoms,
        MsgBody: textBody(`${randoms}`),
        ...(it.quiet && { SendMsgControl: ['NoUnread'] }),
        ...(to !== undefined && { To_Account: [to] }),
      })
      model.log.push({ sender: it.who, counts: !it.quiet && to === undefined, to, recall: 0 })
      expect(MsgSeq).toBe(model.log.length)
      return
    }
    case 'join':
      if (part?.inside) return
      await server.ok(`${G}/add_group_member`, { GroupId, MemberList: [{ Member_Account: it.who }] })
      model.join(it.who)
      return
    case 'leave':
      if (!part?.inside) return
      await devices.get(it.who)?.ok('group/quit', { GroupId })
      model.leave(it.who)
      return
    case 'read':
      if (!part) return
      await devices.get(it.who)?.ok('group/set_read', { GroupId, ReadSeq: seq })
      part.read = Math.max(part.read, Math.min(seq, model.end(part)))
      return
    case 'delete': {
      if (!part) return
      const answer = await devices.get(it.who)?.call('group/delete_messages', { GroupId, MsgSeqList: [seq] })
      expect(answer?.ErrorCode).toBe(model.sees(it.who, seq) ? 0 : 10052)
      if (model.sees(it.who, seq)) part.deleted.add(seq)
      return
    }
    case 'recall': {
      const entry = model.log[seq - 1]
      if (entry?.sender === undefined) return
      await server.ok(`${G}/group_msg_recall`, { GroupId, MsgSeqList: [{ MsgSeq: seq }] })
      model.recall(entry)
      return
    }
    case 'recallAll':
      await server.ok(`${G}/delete_group_msg_by_sender`, { GroupId, Sender_Account: it.who })
      for (const entry of model.log) if (entry.sender === it.who) model.recall(entry)
      return
    case 'rename':
      await server.ok(`${G}/modify_group_base_info`, { GroupId, Name: `name ${++randoms}` })
      model.tip()
  }
}

async function compare(model: Model, type: GroupType, GroupId: string): Promise<void> {
  const group = await soundGroup(server, GroupId)
  expect(group.log.map(({ tip }) => tip !== undefined)).toEqual(
    model.log.map(({ sender }) => sender === undefined),
  )
  expect([...group.members.keys()].sort()).toEqual(model.members)
  const { GroupInfo } = await server.ok<{ GroupInfo: { MemberNum: number }[] }>(`${G}/get_group_info`, {
    GroupIdList: [GroupId],
  })
  expect(GroupInfo[0]?.MemberNum).toBe(model.members.length)
  for (const [name, part] of model.parts) {
    // The newest conversations come first.
    const { Items } = await (devices.get(name) as Device).ok<{ Items: WireConversation[] }>('sync/snapshot')
    const item = Items.find(it => it.Group?.GroupId === GroupId)
    expect({ name, unread: item?.UnreadMsgNum, head: item?.HeadSeq, inside: item?.Group?.Member }).toEqual({
      name,
      unread: TYPE_RULES[type].countsUnread ? model.unread(name) : 0,
      head: model.end(part),
      inside: part.inside ? 1 : 0,
    })
  }
}

describe('after any operations the members and the unread count of each are those of a plain count', () => {
  for (const type of ['Private', 'Public', 'ChatRoom', 'Community'] as const)
    test(type, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 50, size: 'max' }), async steps => {
          const { GroupId } = await server.ok<{ GroupId: string }>(`${G}/create_group`, {
            Owner_Account: PEOPLE[0],
            Type: type,
            Name: 'model',
          })
          const model = new Model(type)
          for (const it of steps) await take(model, type, GroupId, it)
          await compare(model, type, GroupId)
        }),
        { numRuns: RUNS, endOnFailure: true },
      )
    }, 60_000)
})
