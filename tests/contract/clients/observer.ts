import type { WireConversation } from '@rookery/protocol/wire'
import type { Recorder } from '../history/recorder.ts'
import type { Direction } from '../relay/relay.ts'
import { peerOfItem } from './reader.ts'

interface Frame {
  readonly id?: number
  readonly cmd?: string
  readonly ev?: string
  readonly c?: WireConversation
  readonly body?: {
    readonly ErrorCode?: number
    readonly Items?: readonly WireConversation[]
    readonly Peer_Account?: string
    readonly GroupId?: string
    readonly ReadSeq?: number
  }
}

const READS: ReadonlySet<string> = new Set(['openim/set_msg_read', 'group/set_read'])

/** Characters of a bad frame that the history keeps. */
const SHOWN = 2_000

function frameOf(text: string): Frame | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

/** Notes read reports and conversation items as they cross a device's relay. */
export function observerOf(recorder: Recorder, user: string): (direction: Direction, text: string) => void {
  /** Reports in flight. Request numbers begin anew with each login of a device; so does the pairing. */
  const reports = new Map<number, { readonly peer: string; readonly seq: number }>()
  return (direction, text) => {
    const frame = frameOf(text)
    if (!frame) {
      recorder.note({ t: 'bad-frame', user, direction, text: text.slice(0, SHOWN) })
      return
    }
    const { id, body } = frame
    if (direction === 'up') {
      if (frame.cmd === 'session/login') reports.clear()
      if (!READS.has(frame.cmd ?? '') || id === undefined) return
      const report = { peer: String(body?.GroupId ?? body?.Peer_Account), seq: Number(body?.ReadSeq) }
      reports.set(id, report)
      recorder.note({ t: 'read', is: 'asked', user, ...report })
      return
    }
    const report = id === undefined ? undefined : reports.get(id)
    if (id !== undefined && report) {
      reports.delete(id)
      if (body?.ErrorCode === 0) recorder.note({ t: 'read', is: 'done', user, ...report })
    }
    for (const item of frame.c ? [frame.c] : (body?.Items ?? []))
      recorder.note({
        t: 'item',
        user,
        peer: peerOfItem(item),
        logNo: item.LogNo,
        headSeq: item.HeadSeq,
        changeNo: item.ChangeNo,
        readSeq: item.ReadSeq,
        peerReadSeq: item.PeerReadSeq,
      })
  }
}
