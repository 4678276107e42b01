import type { GroupReceiveOption } from '@rookery/protocol/wire-group'

/** What a member's devices are told of messages at once: all, those that mention it, none. Of the others they learn the numbers. */
export type Reception = 'all' | 'mentions' | 'none'

export function receptionOf(option: GroupReceiveOption): Reception {
  if (option === 'Discard') return 'none'
  return option === 'NotReceiveMsgExceptAt' ? 'mentions' : 'all'
}

/** A frame that tells of a message, as its beginning says: every maker of such frames puts the numbers first. */
export interface MessageFrame {
  readonly conv: number
  /** In place of it for who is not told: its number. Empty: nothing need be said. */
  readonly cover: string
  readonly frame: string
}

const MESSAGE = /^\{"ev":"(message|online|head)"(?:,"m":\{)?,?(?:"ConvId":(\d+))?(?:,"Seq":(\d+))?/

/** Undefined for frames that do not tell of a message. */
export function messageFrame(frame: string): MessageFrame | undefined {
  const match = MESSAGE.exec(frame)
  if (!match) return undefined
  const [, event, conv = '0', seq] = match
  const isStored = event === 'message' && seq !== undefined
  return {
    conv: Number(conv),
    cover: isStored ? `{"ev":"cover","ConvId":${conv},"Seq":${seq}}` : '',
    frame,
  }
}

interface At {
  readonly GroupAtAllFlag?: number
  readonly GroupAt_Account?: string
}

/** Whether the message mentions somebody, by name or with everybody. */
export function mentionsOf({ frame }: MessageFrame): (userId: string) => boolean {
  // Most messages mention nobody; the text alone could also stand in what the sender made up.
  if (!frame.includes('"GroupAtInfo"')) return () => false
  const { m } = JSON.parse(frame) as { readonly m?: { readonly GroupAtInfo?: readonly At[] } }
  const at = Array.isArray(m?.GroupAtInfo) ? m.GroupAtInfo : []
  if (at.some(one => one.GroupAtAllFlag === 1)) return () => true
  const named = new Set(at.map(one => one.GroupAt_Account))
  return userId => named.has(userId)
}
