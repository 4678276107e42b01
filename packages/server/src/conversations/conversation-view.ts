import type { WireConversationGroup } from '@rookery/protocol/wire-group'
import type { Author, GroupPart } from '../messages/message-frame.ts'
import type { LastMessage } from './joined-message.ts'

/** One conversation as its owner sees it now; the source of every JSON form of it. */
export interface ConversationView {
  readonly conv: number
  readonly peer: Person
  readonly owner: Person
  readonly headSeq: number
  readonly changeNo: number
  readonly logNo: number
  readonly unread: number
  readonly readSeq: number
  readonly peerReadTime: number
  readonly peerReadSeq: number
  readonly clearedSeq: number
  /** Not in the owner's list: deleted from it, or never anything to show. */
  readonly hidden: boolean
  /** Unix milliseconds, 0 = not pinned. */
  readonly pinnedMs: number
  readonly standardMark: string
  readonly customMark: string
  readonly contactGroups: readonly number[]
  readonly recvOpt: number
  /** Unix seconds of the last activity. */
  readonly listTime: number
  readonly last: LastMessage | undefined
  /** Of a group; then `peer` is nobody. */
  readonly group?: GroupPartOfView
}

export interface GroupPartOfView {
  readonly shown: WireConversationGroup
  /** Of the last message. */
  readonly author: Author
  readonly text: GroupPart
}

export interface Person {
  readonly id: number
  readonly userId: string
  readonly nick: string
  readonly faceUrl: string
}

/** What every statement reads of a conversation of two and its owner's state. */
export interface PairRow {
  conv_id: number
  /** 0: a group. */
  peer_id: number
  log_no: number
  read_seq: number
  peer_read_seq: number
  peer_read_time: number
  cleared_seq: number
  hidden_seq: number
  pinned_ms: number
  standard_mark: string
  custom_mark: string
  recv_opt: number
  head_seq: number
  change_no: number
  list_seq: number
  list_time: number
}

/** The columns of a {@link PairRow}, of `user_conversation` as `uc` and `conversation` as `c`. */
export const PAIR_COLUMNS = [
  'uc.conv_id',
  'uc.peer_id',
  'uc.log_no',
  'uc.read_seq',
  'uc.peer_read_seq',
  'uc.peer_read_time',
  'uc.cleared_seq',
  'uc.hidden_seq',
  'uc.pinned_ms',
  'uc.standard_mark',
  'uc.custom_mark',
  'uc.recv_opt',
  'c.head_seq',
  'c.change_no',
  'c.list_seq',
  'c.list_time',
] as const

/** What the row alone does not tell. */
interface PairContext {
  readonly peer: Person
  readonly owner: Person
  readonly unread: number
  readonly isListed: boolean
  readonly contactGroups: readonly number[]
  readonly last: LastMessage | undefined
}

export function pairView(row: PairRow, context: PairContext): ConversationView {
  return {
    conv: row.conv_id,
    peer: context.peer,
    owner: context.owner,
    headSeq: row.head_seq,
    changeNo: row.change_no,
    logNo: row.log_no,
    unread: context.unread,
    readSeq: row.read_seq,
    peerReadTime: row.peer_read_time,
    peerReadSeq: row.peer_read_seq,
    clearedSeq: row.cleared_seq,
    hidden: !context.isListed,
    pinnedMs: row.pinned_ms,
    standardMark: row.standard_mark,
    customMark: row.custom_mark,
    contactGroups: context.contactGroups,
    recvOpt: row.recv_opt,
    listTime: row.list_time,
    last: context.last,
  }
}

/** A conversation in one of its owner's contact groups. */
export interface ContactGroupRow {
  conv_id: number
  group_id: number
}

/** Numbers of the contact groups that each conversation is in, in the order of the rows. */
export function groupsByConversation(rows: readonly ContactGroupRow[]): Map<number, number[]> {
  const groups = new Map<number, number[]>()
  for (const { conv_id, group_id } of rows) {
    const list = groups.get(conv_id)
    if (list) list.push(group_id)
    else groups.set(conv_id, [group_id])
  }
  return groups
}
