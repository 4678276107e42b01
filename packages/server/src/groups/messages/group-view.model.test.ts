import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { WireConversation, WireMessage } from '@rookery/protocol/wire'
import fc from 'fast-check'
import { type Device, startTestServer, type TestServer, textBody } from '../../testing/test-server.ts'

const G = 'group_open_http_svc'
const PEOPLE = ['alice', 'bob', 'carl'] as const
type Name = (typeof PEOPLE)[number]

let server: TestServer
let devices: Record<Name, Device>
let random = 0

beforeAll(async () => {
  server = await startTestServer({
    users: PEOPLE,
    settings: { 'group.tip.members.public': 'off', 'session.commandsPerSec': 10_000, 'rate.rest.default': 0 },
  })
  const [alice, bob, carl] = await Promise.all(PEOPLE.map(name => server.connect(name)))
  if (!alice || !bob || !carl) throw new Error('a device is missing')
  devices = { alice, bob, carl }
})

afterAll(() => server.stop())

interface Message {
  readonly seq: number
  readonly sender: Name
  readonly counts: boolean
  readonly to: readonly Name[]
  recalled: boolean
  /** Who was out when it was recalled: nothing that happened later touches their count. */
  readonly tooLateFor: Set<Name>
}

interface Person {
  inside: boolean
  /** What it sees lies above `from` and, once it left, not above `to`. */
  from: number
  to: number
  read: number
  readonly hidden: Set<number>
}

/** The rules of DESIGN-DATA 3 and 6 as sets of messages, which the server never builds. */
class Model {
  readonly messages: Message[] = []
  readonly people: Record<Name, Person> = {
    alice: { inside: true, from: 0, to: 0, read: 0, hidden: new Set() },
    bob: { inside: true, from: 0, to: 0, read: 0, hidden: new Set() },
    carl: { inside: false, from: 0, to: -1, read: 0, hidden: new Set() },
  }

  get head(): number {
    return this.messages.length
  }

  end(name: Name): number {
    const person = this.people[name]
    return person.inside ? this.head : person.to
  }

  seen(name: Name): Message[] {
    const person = this.people[name]
    return this.messages.filter(
      ({ seq, sender, to }) =>
        seq > person.from &&
        seq <= this.end(name) &&
        !person.hidden.has(seq) &&
        (to.length === 0 || sender === name || to.includes(name)),
    )
  }

  unread(name: Name): number {
    return this.seen(name).filter(
      ({ seq, sender, counts, recalled, tooLateFor }) =>
        counts && (!recalled || tooLateFor.has(name)) && sender !== name && seq > this.people[name].read,
    ).length
  }
}

type Step =
  | { readonly do: 'send'; readonly who: Name; readonly quiet: boolean; readonly to: Name | undefined }
  | { readonly do: 'join' | 'leave'; readonly who: Name }
  | { readonly do: 'read' | 'hide'; readonly who: Name; readonly place: number }
  | { readonly do: 'recall' | 'clear'; readonly place: number }

const who = fc.constantFrom(...PEOPLE)
const guest = fc.constantFrom<Name>('bob', 'carl')
const place = fc.integer({ min: 1, max: 1000 })
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('send' as const),
      who,
      quiet: fc.boolean(),
      to: fc.option(who, { nil: undefined, freq: 4 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('join' as const, 'leave' as const), who: guest }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('read' as const, 'hide' as const), who, place }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('recall' as const), place }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('clear' as const), place }) },
)

async function take(model: Model, GroupId: string, it: Step): Promise<void> {
  const at = 'place' in it && model.head > 0 ? 1 + (it.place % model.head) : 0
  if (it.do === 'send') {
    if (!model.people[it.who].inside) return
    const to = it.to !== undefined && model.people[it.to].inside ? [it.to] : []
    const { MsgSeq } = await server.ok<{ MsgSeq: number }>(`${G}/send_group_msg`, {
      GroupId,
      From_Account: it.who,
      Random: ++random,
      MsgBody: textBody('x'),
      ...(it.quiet && { SendMsgControl: ['NoUnread'] }),
      ...(to.length > 0 && { To_Account: to }),
    })
    model.messages.push({
      seq: MsgSeq,
      sender: it.who,
      counts: !it.quiet && to.length === 0,
      to,
      recalled: false,
      tooLateFor: new Set(),
    })
    expect(MsgSeq).toBe(model.head)
  } else if (it.do === 'join') {
    const person = model.people[it.who]
    if (person.inside) return
    await server.ok(`${G}/add_group_member`, { GroupId, MemberList: [{ Member_Account: it.who }] })
    Object.assign(person, { inside: true, from: model.head, to: 0, read: model.head })
  } else if (it.do === 'leave') {
    const person = model.people[it.who]
    if (!person.inside) return
    await server.ok(`${G}/delete_group_member`, { GroupId, MemberToDel_Account: [it.who] })
    Object.assign(person, { inside: false, to: model.head })
  } else if (it.do === 'read') {
    const person = model.people[it.who]
    if (person.to < 0) return
    await devices[it.who].ok('group/set_read', { GroupId, ReadSeq: at })
    person.read = Math.max(person.read, Math.min(at, model.end(it.who)))
  } else if (it.do === 'hide') {
    const isSeen = model.seen(it.who).some(({ seq }) => seq === at)
    const answer = await devices[it.who].call('group/delete_messages', { GroupId, MsgSeqList: [at || 1] })
    expect(answer.ErrorCode).toBe(isSeen ? 0 : 10052)
    if (isSeen) model.people[it.who].hidden.add(at)
  } else if (it.do === 'recall') {
    const message = model.messages[at - 1]
    if (!message) return
    await server.ok(`${G}/group_msg_recall`, { GroupId, MsgSeqList: [{ MsgSeq: at }] })
    if (message.recalled) return
    message.recalled = true
    for (const name of PEOPLE) if (!model.people[name].inside) message.tooLateFor.add(name)
  } else if (it.do === 'clear') {
    if (at === 0) return
    await server.ok(`${G}/clear_group_msg`, { GroupId, MsgSeq: at })
    for (const person of Object.values(model.people)) {
      person.from = Math.max(person.from, at)
      person.read = Math.max(person.read, at)
    }
  }
}

interface Snapshot {
  readonly Items: WireConversation[]
  readonly StoreEpoch: string
  readonly LogNo: number
  readonly NextCursor: string
}

async function wholeSnapshot(device: Device): Promise<Snapshot> {
  const first = await device.ok<Snapshot>('sync/snapshot')
  const items = new Map(first.Items.map(it => [it.ConvId, it]))
  for (let Cursor = first.NextCursor; Cursor !== ''; ) {
    const page = await device.ok<Snapshot>('sync/snapshot', { Cursor })
    for (const it of page.Items) items.set(it.ConvId, it)
    Cursor = page.NextCursor
  }
  return { ...first, Items: [...items.values()] }
}

async function compare(model: Model, GroupId: string, name: Name): Promise<void> {
  const { Items, StoreEpoch, LogNo } = await wholeSnapshot(devices[name])
  const sum = (field: 'HeadSeq' | 'ChangeNo') => Items.reduce((total, it) => total + it[field], 0)
  expect(
    await devices[name].ok('session/hello', {
      Epoch: StoreEpoch,
      LogNo,
      Heads: sum('HeadSeq'),
      Changes: sum('ChangeNo'),
    }),
  ).toMatchObject({ Lag: 0 })
  const item = Items.find(it => it.Group?.GroupId === GroupId)
  const person = model.people[name]
  expect(item !== undefined).toBe(person.to >= 0)
  if (!item) return
  expect(item.UnreadMsgNum).toBe(model.unread(name))
  expect(item.HeadSeq).toBe(model.end(name))
  expect(item.Group?.Member).toBe(person.inside ? 1 : 0)
  const seen = model.seen(name)
  expect(item.LastMsg?.Seq).toBe(seen.at(-1)?.seq)
  const pulled = await devices[name].ok<{ Messages: WireMessage[]; CoverSeq: number; More: number }>(
    'sync/pull',
    { GroupId, ConvId: item.ConvId, AfterSeq: 0, AfterChangeNo: item.ChangeNo, Limit: 100 },
  )
  expect(pulled.Messages.map(m => [m.Seq, m.MsgFlagBits])).toEqual(
    seen.map(({ seq, recalled }) => [seq, recalled ? 8 : 0]),
  )
  expect([pulled.CoverSeq, pulled.More]).toEqual([model.end(name), 0])
  const paged = await devices[name].call('group/get_messages', { GroupId, MaxCnt: 100 })
  if (person.inside)
    expect((paged.MsgList as WireMessage[]).map(m => m.Seq)).toEqual(seen.map(({ seq }) => seq))
  else expect(paged.ErrorCode).toBe(10007)
}

test('whatever happens in a group, everybody sees its own range and counts what it did not read in it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async steps => {
      const { GroupId } = await server.ok<{ GroupId: string }>(`${G}/create_group`, {
        Owner_Account: 'alice',
        Type: 'Public',
        Name: 'model',
        MemberList: [{ Member_Account: 'bob' }],
      })
      const model = new Model()
      for (const it of steps) await take(model, GroupId, it)
      for (const name of PEOPLE) await compare(model, GroupId, name)
    }),
    { numRuns: 30 },
  )
}, 120_000)
