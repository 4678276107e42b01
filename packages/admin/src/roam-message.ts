import type { MessageElement } from './generated/message-elements.ts'

/** A message in the history that `openim/admin_getroammsg` returns (rest-1 section 4.5). */
export interface RoamMessage {
  readonly From_Account: string
  readonly To_Account: string
  readonly MsgSeq: number
  readonly MsgRandom: number
  /** Unix seconds. */
  readonly MsgTimeStamp: number
  /** Unix seconds of the sender's clock. */
  readonly MsgClientTime: number
  /** 8: recalled, `MsgBody` is empty. */
  readonly MsgFlagBits: 0 | 8
  /** 1 once the receiver sent a read receipt for it. */
  readonly IsPeerRead: 0 | 1
  readonly IsNeedReadReceipt: 0 | 1
  readonly SupportMessageExtension: 0 | 1
  /** Counts edits. */
  readonly MsgVersion: number
  readonly MsgKey: string
  readonly MsgBody: readonly MessageElement[]
  readonly CloudCustomData: string
}
