import { formatMessageKey } from '@rookery/protocol/message-key'
import { tinyIdOf } from '@rookery/protocol/tiny-id'
import type { Account } from '../accounts/account.ts'
import { MessageFlag } from '../store/schema.ts'

/** A message's columns that its JSON shows. */
export interface ShownMessage {
  readonly conv: number
  /** 0 = online-only, not stored. */
  readonly seq: number
  readonly changeNo: number
  readonly msgSeq: number
  readonly random: number
  readonly time: number
  readonly clientTime: number
  readonly flags: number
  readonly body: string
  readonly custom: string
  readonly version: number
  readonly peerReadTime: number
  readonly revoker: string
  readonly revokeReason: string
}

/** What a message shows of its sender. */
export type Author = Pick<Account, 'id' | 'userId' | 'nick' | 'faceUrl'>

/** A `WireMessage` as JSON text around the body's own text. */
export function wireMessageText(message: ShownMessage, from: Author, to: Pick<Account, 'userId'>): string {
  const recalled = (message.flags & MessageFlag.RECALLED) !== 0
  let text = `{"ConvId":${message.conv}`
  if (message.seq > 0) text += `,"Seq":${message.seq}`
  if (message.changeNo > 0) text += `,"ChangeNo":${message.changeNo}`
  text += `,"From_Account":${JSON.stringify(from.userId)},"To_Account":${JSON.stringify(to.userId)}`
  text += `,"From_TinyID":"${tinyIdOf(from.id)}"`
  if (from.nick) text += `,"From_Nick":${JSON.stringify(from.nick)}`
  if (from.faceUrl) text += `,"From_FaceUrl":${JSON.stringify(from.faceUrl)}`
  text += `,"MsgSeq":${message.msgSeq},"MsgRandom":${message.random},"MsgTimeStamp":${message.time}`
  text += `,"MsgClientTime":${message.clientTime},"MsgKey":"${formatMessageKey(message)}"`
  text += `,"MsgFlagBits":${recalled ? 8 : 0},"MsgBody":${recalled ? '[]' : message.body}`
  text += `,"CloudCustomData":${message.custom ? JSON.stringify(message.custom) : '""'}`
  if (message.flags & MessageFlag.NO_UNREAD) text += ',"NoUnread":1'
  if (message.flags & MessageFlag.NO_LAST_MESSAGE) text += ',"NoLastMsg":1'
  if (message.flags & MessageFlag.NEEDS_RECEIPT) text += ',"IsNeedReadReceipt":1'
  if (message.flags & MessageFlag.EXTENSIONS) text += ',"SupportMessageExtension":1'
  if (message.peerReadTime > 0) text += `,"IsPeerRead":1,"PeerReadTime":${message.peerReadTime}`
  if (message.version > 0) text += `,"MsgVersion":${message.version}`
  if (recalled)
    text += `,"Revoker_Account":${JSON.stringify(message.revoker)},"RevokeReason":${JSON.stringify(message.revokeReason)}`
  return `${text}}`
}

/** An item of `openim/admin_getroammsg` (rest-1 section 4.5), its flags always present. */
export function roamItemText(
  message: ShownMessage,
  from: Pick<Account, 'userId'>,
  to: Pick<Account, 'userId'>,
): string {
  const { flags } = message
  const recalled = (flags & MessageFlag.RECALLED) !== 0
  let text = `{"From_Account":${JSON.stringify(from.userId)},"To_Account":${JSON.stringify(to.userId)}`
  text += `,"MsgSeq":${message.msgSeq},"MsgRandom":${message.random},"MsgTimeStamp":${message.time}`
  text += `,"MsgClientTime":${message.clientTime},"MsgFlagBits":${recalled ? 8 : 0}`
  text += `,"IsPeerRead":${message.peerReadTime > 0 ? 1 : 0}`
  text += `,"IsNeedReadReceipt":${flags & MessageFlag.NEEDS_RECEIPT ? 1 : 0}`
  text += `,"SupportMessageExtension":${flags & MessageFlag.EXTENSIONS ? 1 : 0}`
  text += `,"MsgVersion":${message.version},"MsgKey":"${formatMessageKey(message)}"`
  text += `,"MsgBody":${recalled ? '[]' : message.body},"CloudCustomData":${JSON.stringify(message.custom)}`
  return `${text}}`
}
