import { expect } from 'bun:test'
import { GroupTip } from '@rookery/protocol/group-notice'
import { type Device, type TestServer, textBody } from '../../testing/test-server.ts'
import { type LogEntry, soundGroup } from './group-log.ts'
import { ToldGroup } from './told-group.ts'

const G = 'group_open_http_svc'
/** Sends that the removed one has in flight. */
const WINDOW = 4
/** A membership lasts until the removed one got up to so many answers, and what is in flight then meets the removal. */
const ANSWERS_MAX = 8

/** Accounts that a server of {@link raceRemovals} has. */
export const RACERS = ['olga', 'rita', 'sue'] as const

let randoms = 0

/** The answer to a text, which is its sender and number. */
export async function sendText(
  device: Device,
  GroupId: string,
  text: string,
): Promise<{ readonly code: number; readonly seq: number }> {
  const answer = await device.call(`${G}/send_group_msg`, {
    GroupId,
    Random: ++randoms,
    MsgClientTime: 1_700_000_000,
    MsgBody: textBody(text),
  })
  return { code: answer.ErrorCode, seq: Number(answer.MsgSeq) }
}

/** What a device was told of a conversation. */
export interface Told {
  /** Numbers, one by one. */
  readonly seqs: ReadonlySet<number>
  /** Numbers up to which it has to fetch, because a message got lost on its way. */
  readonly heads: readonly number[]
  /** The same of the whole items that come with a change of membership. */
  readonly items: readonly number[]
}

export function toldOf(device: Device, conv: number): Told {
  const seqs = new Set<number>()
  const heads: number[] = []
  const items: number[] = []
  for (const event of device.events) {
    if (event.ev === 'message' && event.m.ConvId === conv && event.m.Seq !== undefined) seqs.add(event.m.Seq)
    if (event.ev === 'cover' && event.ConvId === conv && event.Seq !== undefined) seqs.add(event.Seq)
    if (event.ev === 'head' && event.ConvId === conv && event.Seq !== undefined) heads.push(event.Seq)
    if (event.ev === 'conversation' && event.c.ConvId === conv) items.push(event.c.HeadSeq)
  }
  return { seqs, heads, items }
}

/** The test's own time limit ends it. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await Bun.sleep(5)
}

/**
 * Sue writes without pause while she is added and removed again and again, and olga writes all the time. Fails when a message
 * of sue's is numbered outside of her memberships, when she is told of a number outside of them, or when she misses one inside.
 *
 * @param staff where members are added and removed, and where olga is
 * @param home where sue is
 */
export async function raceRemovals(staff: TestServer, home: TestServer, rounds: number): Promise<void> {
  const { GroupId } = await staff.ok<{ GroupId: string }>(`${G}/create_group`, {
    Type: 'Public',
    Name: 'race',
    Owner_Account: 'olga',
    MemberList: [{ Member_Account: 'rita' }],
  })
  const [olga, rita, sue] = await Promise.all([
    staff.connect('olga'),
    home.connect('rita'),
    home.connect('sue'),
  ])
  const taken = new Map<number, string>()
  const write = async (device: Device, text: string): Promise<number> => {
    const { code, seq } = await sendText(device, GroupId, text)
    if (code === 0) taken.set(seq, text)
    return code
  }
  let isOver = false
  const background = (async () => {
    for (let n = 0; !isOver; n++) expect(await write(olga, `olga ${n}`)).toBe(0)
  })()
  for (let round = 0; round < rounds; round++) {
    await staff.ok(`${G}/add_group_member`, { GroupId, MemberList: [{ Member_Account: 'sue' }] })
    const goal = 1 + Math.floor(Math.random() * ANSWERS_MAX)
    let answered = 0
    let isRemoved = false
    const lanes = Array.from({ length: WINDOW }, async (_, lane) => {
      for (let n = 0; ; n++) {
        const code = await write(sue, `sue ${round} ${lane} ${n}`)
        if (code === 0) answered++
        // Her node may refuse her until it has read that she was added on another one.
        else if (isRemoved) return code
      }
    })
    while (answered < goal) await Bun.sleep(1)
    const MemberToDel_Account = ['sue']
    await staff.ok(`${G}/delete_group_member`, { GroupId, MemberToDel_Account, Reason: `${round}` })
    isRemoved = true
    expect((await sendText(sue, GroupId, 'after the removal')).code).toBe(10007)
    expect(new Set(await Promise.all(lanes))).toEqual(new Set([10007]))
  }
  isOver = true
  await background
  const { row, log } = await soundGroup(staff, GroupId)
  const last = log.length
  await until(() => {
    const { seqs, heads } = toldOf(rita, row.conv_id)
    return seqs.has(last) || heads.some(head => head >= last)
  })
  await sue.ok('session/ping')

  const told = new ToldGroup('olga', 'race')
  for (const entry of log) told.hear(entry)
  expect(log.flatMap(({ seq, text }) => (text === undefined ? [] : [[seq, text]]))).toEqual(
    [...taken].sort(([a], [b]) => a - b),
  )
  const inside = memberships(log, 'sue')
  expect(inside.length).toBe(rounds)
  const { seqs, heads, items } = toldOf(sue, row.conv_id)
  const isInside = (seq: number) => inside.some(({ from, to }) => seq >= from && seq < to)
  expect([...seqs, ...heads].filter(seq => !isInside(seq))).toEqual([])
  for (const { from, to } of inside) {
    const known = Math.max(0, ...[...heads, ...items].filter(head => head >= from && head < to))
    const missed = log.filter(
      it => it.seq >= from && it.seq < to && it.from !== 'sue' && it.seq > known && !seqs.has(it.seq),
    )
    expect({ from, to, known, missed }).toMatchObject({ missed: [] })
  }
  for (const device of [olga, rita, sue]) device.close()
}

/** From the tip of each joining up to that of the removal. */
function memberships(log: readonly LogEntry[], name: string): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = []
  for (const { seq, tip } of log) {
    if (!tip?.List_Account?.includes(name)) continue
    if (tip.OpType === GroupTip.JOINED) found.push({ from: seq, to: Number.POSITIVE_INFINITY })
    const last = found.at(-1)
    if (tip.OpType === GroupTip.KICKED && last) last.to = seq
  }
  return found
}
