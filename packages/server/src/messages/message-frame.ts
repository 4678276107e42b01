import { formatMessageKey } from '@rookery/protocol/message-key'
import { tinyIdOf } from '@rookery/protocol/tiny-id'
import type { Account } from '../accounts/account.ts'
import { MessageFlag } from '../store/schema.ts'
import { flatText } from './flat-text.ts'

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

interface AccountText {
  /** The UserID in quotes. */
  readonly name: string
  /** The members that show the account as a sender. */
  readonly author: string
}

/** What a message of a group shows beside the rest; the message shows no receiver then. */
export interface GroupPart {
  readonly groupId: string
  /** Of the sender; empty for none. */
  readonly nameCard: string
  /** JSON text of GroupAtInfo, empty for none. */
  readonly atInfo: string
  /** UserIDs of a directed message. */
  readonly to: readonly string[]
}

/** Every message of an account shows the same; the account objects are kept while they are in use. */
const accountTexts = new WeakMap<object, AccountText>()

function textOf(account: Pick<Account, 'userId'> & Partial<Author>): AccountText {
  const known = accountTexts.get(account)
  if (known) return known
  // What the system says is of account 0.
  let author =
    account.id === undefined ? '' : `"From_TinyID":"${account.id === 0 ? 0 : tinyIdOf(account.id)}"`
  if (account.nick) author += `,"From_Nick":${JSON.stringify(account.nick)}`
  if (account.faceUrl) author += `,"From_FaceUrl":${JSON.stringify(account.faceUrl)}`
  const made = { name: JSON.stringify(account.userId), author: flatText(author) }
  accountTexts.set(account, made)
  return made
}

/** A `WireMessage` as JSON text around the body's own text. One template: a text that grows by pieces costs twice as much. */
export function wireMessageText(
  message: ShownMessage,
  from: Author,
  to: Pick<Account, 'userId'>,
  group?: GroupPart,
): string {
  const recalled = (message.flags & MessageFlag.RECALLED) !== 0
  const { name, author } = textOf(from)
  return `{"ConvId":${message.conv}${message.seq > 0 ? `,"Seq":${message.seq}` : ''}${
    message.changeNo > 0 ? `,"ChangeNo":${message.changeNo}` : ''
  },"From_Account":${name},"To_Account":${textOf(to).name},${author},"MsgSeq":${message.msgSeq},"MsgRandom":${
    message.random
  },"MsgTimeStamp":${message.time},"MsgClientTime":${message.clientTime},"MsgKey":"${formatMessageKey(
    message,
  )}","MsgFlagBits":${recalled ? 8 : 0},"MsgBody":${recalled ? '[]' : message.body},"CloudCustomData":${
    message.custom ? JSON.stringify(message.custom) : '""'
  }${optionalMembers(message, recalled)}${group ? groupMembers(message, group) : ''}}`
}

function groupMembers(message: ShownMessage, group: GroupPart): string {
  let text = `,"GroupId":${JSON.stringify(group.groupId)},"MsgPriority":"${priorityOf(message.flags)}"`
  if (group.nameCard) text += `,"From_NameCard":${JSON.stringify(group.nameCard)}`
  if (group.atInfo) text += `,"GroupAtInfo":${group.atInfo}`
  if (message.flags & MessageFlag.DIRECTED) text += `,"To_Accounts":${JSON.stringify(group.to)}`
  return text
}

export type Priority = 'High' | 'Normal' | 'Low' | 'Lowest'

export function priorityOf(flags: number): Priority {
  if (flags & MessageFlag.PRIORITY_HIGH) return 'High'
  if (flags & MessageFlag.PRIORITY_LOW) return 'Low'
  return flags & MessageFlag.PRIORITY_LOWEST ? 'Lowest' : 'Normal'
}

function optionalMembers(message: ShownMessage, recalled: boolean): string {
  const { flags, peerReadTime, version } = message
  if (flags === 0 && peerReadTime === 0 && version === 0) return ''
  let text = ''
  if (flags & MessageFlag.NO_UNREAD) text += ',"NoUnread":1'
  if (flags & MessageFlag.NO_LAST_MESSAGE) text += ',"NoLastMsg":1'
  if (flags & MessageFlag.NEEDS_RECEIPT) text += ',"IsNeedReadReceipt":1'
  if (flags & MessageFlag.EXTENSIONS) text += ',"SupportMessageExtension":1'
  if (peerReadTime > 0) text += `,"IsPeerRead":1,"PeerReadTime":${peerReadTime}`
  if (version > 0) text += `,"MsgVersion":${version}`
  if (recalled)
    text += `,"Revoker_Account":${JSON.stringify(message.revoker)},"RevokeReason":${JSON.stringify(message.revokeReason)}`
  return text
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

/** A message as it was just sent: nothing happened to it since. */
export function sentMessage(
  send: Pick<ShownMessage, 'random' | 'clientTime' | 'body' | 'custom'>,
  msgSeq: number,
  at: Pick<ShownMessage, 'conv' | 'seq' | 'time' | 'flags'>,
): ShownMessage {
  return {
    conv: at.conv,
    seq: at.seq,
    changeNo: 0,
    msgSeq,
    random: send.random,
    time: at.time,
    clientTime: send.clientTime,
    flags: at.flags,
    body: send.body,
    custom: send.custom,
    version: 0,
    peerReadTime: 0,
    revoker: '',
    revokeReason: '',
  }
}
