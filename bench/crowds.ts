import { loginFrame, readyAll } from './client-login.ts'
import { Crowd } from './crowd.ts'
import { groupMessage } from './group-seed.ts'
import type { MeasuredProcess } from './measured-process.ts'
import { NumberedFrame } from './numbered-frame.ts'
import { Tally, TEXT } from './pair.ts'
import { clientFrame, type RawSocket } from './raw-socket.ts'
import type { Side } from './sides.ts'

/** Connections that are being opened at once. */
const WIDTH = 64
const PATIENCE_MS = 10_000

/** Groups of one size whose members are all online. */
export interface Shape {
  readonly groups: number
  readonly members: number
  /** Messages under way in each group at full load. */
  readonly window: number
}

/** Before an account's name: groups of other shapes have other people. */
function prefixOf({ groups, members }: Shape): string {
  return `x${groups}x${members}`
}

export function groupIdOf(shape: Shape, group: number): string {
  return `${prefixOf(shape)}g${group}`
}

/** The account that speaks, and owns the group. */
export function speakerOf(shape: Shape, group: number): string {
  return `${prefixOf(shape)}s${group}`
}

export function membersOf(shape: Shape, group: number): string[] {
  return Array.from({ length: shape.members }, (_, index) => `${prefixOf(shape)}g${group}m${index}`)
}

/** Sockets of both sides are closed after their shape. */
export interface CrowdSide extends Side {
  readonly crowds: readonly Crowd[]
  readonly sockets: readonly RawSocket[]
  /** What one member gets of one message. */
  readonly text: string
}

/** Everybody logs in to the server. @param enter what a member does before it hears the group. */
export async function connectCrowds(
  target: MeasuredProcess,
  shape: Shape,
  enter?: (sockets: readonly RawSocket[], groupId: string) => Promise<void>,
): Promise<CrowdSide> {
  const tally = new Tally()
  const crowds: Crowd[] = []
  const all: RawSocket[] = []
  let text = ''
  for (let group = 0; group < shape.groups; group++) {
    const names = [speakerOf(shape, group), ...membersOf(shape, group)]
    const sockets = await readyAll(
      target,
      names.map(name => loginFrame(target, name)),
      WIDTH,
    )
    all.push(...sockets)
    const groupId = groupIdOf(shape, group)
    await enter?.(sockets, groupId)
    const [speaker, ...members] = sockets
    const frame = new NumberedFrame(groupMessage(groupId, TEXT))
    if (!speaker) throw new Error('A group has a speaker.')
    if (group === 0) text = await firstMessage(speaker, members, frame)
    const from = group === 0 ? 1 : 0
    crowds.push(
      new Crowd(tally, { speaker, members, frame: number => frame.with(number + from), isAcked: true, from }),
    )
  }
  return sideOf('Rookery', target, shape, { tally, crowds, sockets: all, text })
}

/** The same number of sockets at the publisher, which sends each of them `text`. */
export async function connectBare(target: MeasuredProcess, shape: Shape, text: string): Promise<CrowdSide> {
  const tally = new Tally()
  const crowds: Crowd[] = []
  const all: RawSocket[] = []
  const frame = clientFrame(text)
  for (let group = 0; group < shape.groups; group++) {
    const topic = groupIdOf(shape, group)
    const join = (listens: boolean) => clientFrame(JSON.stringify({ id: 1, topic, listens }))
    const [speaker] = await readyAll(target, [join(false)], 1)
    const members = await readyAll(
      target,
      Array.from({ length: shape.members }, () => join(true)),
      WIDTH,
    )
    if (!speaker) throw new Error('A group has a speaker.')
    all.push(speaker, ...members)
    crowds.push(new Crowd(tally, { speaker, members, frame: () => frame, isAcked: false, from: 0 }))
  }
  return sideOf('bare publish', target, shape, { tally, crowds, sockets: all, text })
}

function sideOf(
  name: string,
  target: MeasuredProcess,
  shape: Shape,
  parts: Pick<CrowdSide, 'tally' | 'crowds' | 'sockets' | 'text'>,
): CrowdSide {
  return {
    name,
    target,
    pairs: parts.crowds,
    window: shape.window,
    done: () => parts.tally.delivered,
    perMessage: shape.members,
    ...parts,
  }
}

/** Says the group's message 0 and waits until every member has it; returns its frame's text. */
async function firstMessage(
  speaker: RawSocket,
  members: readonly RawSocket[],
  frame: NumberedFrame,
): Promise<string> {
  let text = ''
  const arrived = members.map(
    member =>
      new Promise<void>((resolve, reject) => {
        member.taker = {
          frame: (bytes, start, end) => {
            const frame = bytes.toString('utf8', start, end)
            if (!frame.includes('TIMTextElem')) return
            text = frame
            resolve()
          },
          lost: reason => reject(new Error(reason)),
        }
      }),
  )
  speaker.send(frame.with(0))
  const late = setTimeout(() => {
    throw new Error(`A group's first message did not reach all of ${members.length} members.`)
  }, PATIENCE_MS)
  await Promise.all(arrived)
  clearTimeout(late)
  return text
}
