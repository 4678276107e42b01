import { afterEach, beforeEach, expect, test } from 'bun:test'
import { GroupTip } from '@rookery/protocol/group-notice'
import type { SocketClient } from '../../testing/socket-client.ts'
import { TestServer, textBody } from '../../testing/test-server.ts'
import { soundGroup } from './group-log.ts'
import { KillableServer } from './killable-server.ts'
import { ToldGroup } from './told-group.ts'

const G = 'group_open_http_svc'
const ROUNDS = 2
/** Sends that a sender has in flight. */
const WINDOW = 8
/** Acknowledged messages of a round before its end, more each time, so that each dies in the middle of other work. */
const MESSAGES = 120
const SENDERS = ['sam', 'tia'] as const
const GUESTS = ['uma', 'vic'] as const
const SETTINGS = { 'session.commandsPerSec': 10_000, 'rate.rest.default': 0 } as const

let seed: TestServer
let node: KillableServer

beforeEach(async () => {
  seed = new TestServer({ users: ['olga', ...SENDERS, ...GUESTS], settings: SETTINGS })
  await seed.seed()
  node = new KillableServer(seed, ['ROOKERY_SETTINGS_SESSION_COMMANDS_PER_SEC=10000'])
})

afterEach(async () => {
  await node.remove()
  await seed.stop()
})

/** What clients know when the server has died: `attempted` includes what was answered. */
class Known {
  readonly attempted = new Map<string, { readonly from: string; readonly random: number }>()
  readonly taken = new Map<string, number>()
  readonly names = { attempted: new Set<string>(), taken: new Set<string>() }
  readonly joins = { attempted: 0, taken: 0 }
  readonly removals = { attempted: 0 }
}

const sendBody = (GroupId: string, random: number, text: string): object => ({
  GroupId,
  Random: random,
  MsgClientTime: 1_700_000_000,
  MsgBody: textBody(text),
})

/** Runs again and again until the connection is lost; `answer` gives undefined for what got none. */
async function untilDeath(
  client: SocketClient,
  one: (answer: (cmd: string, body: object) => Promise<Record<string, unknown> | undefined>) => Promise<void>,
): Promise<void> {
  let alive = true
  const closed = client.closed.then(() => {
    alive = false
    return undefined
  })
  while (alive) await one((cmd, body) => Promise.race([client.call(cmd, body), closed]))
}

let numbers = 0

function storm(clients: ReadonlyMap<string, SocketClient>, GroupId: string, known: Known): Promise<void>[] {
  const running: Promise<void>[] = []
  for (const [user, client] of clients) {
    if (SENDERS.some(it => it === user))
      for (let lane = 0; lane < WINDOW; lane++)
        running.push(
          untilDeath(client, async answer => {
            const random = ++numbers
            const text = `${user} ${random}`
            known.attempted.set(text, { from: user, random })
            const sent = await answer(`${G}/send_group_msg`, sendBody(GroupId, random, text))
            if (sent?.ErrorCode === 0) known.taken.set(text, Number(sent.MsgSeq))
          }),
        )
    else if (user === 'olga')
      running.push(
        untilDeath(client, async answer => {
          const Name = `name ${++numbers}`
          known.names.attempted.add(Name)
          const renamed = await answer(`${G}/modify_group_base_info`, { GroupId, Name })
          if (renamed?.ErrorCode === 0) known.names.taken.add(Name)
          known.removals.attempted++
          const removal = { GroupId, MemberToDel_Account: [GUESTS[numbers % 2]] }
          await answer(`${G}/delete_group_member`, removal)
        }),
      )
    else
      running.push(
        untilDeath(client, async answer => {
          known.joins.attempted++
          const joined = await answer('group/join', { GroupId })
          if (joined?.JoinedStatus === 'JoinedSuccess') known.joins.taken++
        }),
      )
  }
  return running
}

test('kill -9 amid sends and changes of membership: what was acknowledged is there once, and the books balance', async () => {
  await seed.start()
  const { GroupId } = await seed.ok<{ GroupId: string }>(`${G}/create_group`, {
    Type: 'Public',
    Name: 'storm',
    Owner_Account: 'olga',
    ApplyJoinOption: 'FreeAccess',
    MemberList: SENDERS.map(Member_Account => ({ Member_Account })),
  })
  await seed.halt()
  const known = new Known()
  for (let round = 1; round <= ROUNDS; round++) {
    await node.start()
    const users = ['olga', ...SENDERS, ...GUESTS]
    const clients = new Map(await Promise.all(users.map(async it => [it, await node.login(it)] as const)))
    const goal = known.taken.size + MESSAGES * round
    const running = storm(clients, GroupId, known)
    while (known.taken.size < goal) await Bun.sleep(1)
    await node.kill()
    await Promise.all(running)
  }
  await seed.start()

  const { log, members, row } = await soundGroup(seed, GroupId)
  const told = new ToldGroup('olga', 'storm')
  for (const entry of log) told.hear(entry)
  expect(Object.fromEntries(members)).toEqual(Object.fromEntries(told.members))
  expect(row.title).toBe(told.title)
  const found = new Map(log.flatMap(({ seq, text }) => (text === undefined ? [] : [[text, seq] as const])))
  expect(found.size).toBe(log.filter(({ text }) => text !== undefined).length)
  for (const [text, seq] of known.taken) expect([text, found.get(text)]).toEqual([text, seq])
  expect([...found.keys()].filter(text => !known.attempted.has(text))).toEqual([])

  const tips = log.flatMap(({ tip }) => tip ?? [])
  const titles = tips.flatMap(tip => tip.MsgGroupNewInfo?.GroupName ?? [])
  expect(new Set(titles).size).toBe(titles.length)
  expect([...known.names.taken].filter(name => !titles.includes(name))).toEqual([])
  expect(titles.filter(name => !known.names.attempted.has(name))).toEqual([])
  const joins = tips.filter(tip => tip.OpType === GroupTip.JOINED && tip.GroupJoinType === 1).length
  expect(joins).toBeGreaterThanOrEqual(known.joins.taken)
  expect(joins).toBeLessThanOrEqual(known.joins.attempted)
  const removals = tips.filter(tip => tip.OpType === GroupTip.KICKED).length
  expect(removals).toBeLessThanOrEqual(known.removals.attempted)
  // Otherwise nothing was amid anything.
  expect(Math.min(joins, removals, known.names.taken.size)).toBeGreaterThan(0)

  const devices = new Map(
    await Promise.all(SENDERS.map(async it => [it as string, await seed.connect(it)] as const)),
  )
  for (const [text, { from, random }] of known.attempted) {
    const before = found.get(text)
    const again = await devices.get(from)?.ok(`${G}/send_group_msg`, sendBody(GroupId, random, text))
    if (before === undefined) expect(again).not.toHaveProperty('Duplicate')
    else expect(again).toMatchObject({ MsgSeq: before, Duplicate: 1 })
  }
  const after = (await soundGroup(seed, GroupId)).log.flatMap(({ text }) => text ?? [])
  expect(after.toSorted()).toEqual([...known.attempted.keys()].sort())
}, 60_000)
