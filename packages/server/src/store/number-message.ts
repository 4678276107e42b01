import { type AppendItem, type AppendResult, REST_KIND, REST_WINDOW_SECONDS } from './append.ts'
import { type GroupCounters, takeRate } from './group-counters.ts'
import { MessageFlag } from './schema.ts'

/** The counters of a conversation while a batch changes them; the columns of `conversation` of the same names. */
export interface Counters {
  /** The lower account number of the pair; 0 for a group. */
  readonly lo: number
  headSeq: number
  countNo: number
  sentLo: number
  sentHi: number
  lastTime: number
  listSeq: number
  listTime: number
  topSeq: number
  topTime: number
  /** Of a group only. */
  readonly group?: GroupCounters
}

/** What a new message gets from its conversation; the columns of `message` of the same names. */
export interface MessageNumbers {
  readonly seq: number
  readonly time: number
  readonly msgSeq: number
  readonly flags: number
  readonly countNo: number
  readonly ownNo: number
  readonly lateAfter: number
}

/** The next message's numbers by the rules of DESIGN-DATA 2, for every engine. Times are Unix seconds. */
export function numberMessage(head: Counters, item: AppendItem, now: number): MessageNumbers {
  const imported = item.key.kind === 'import'
  const time = imported || item.importTime > 0 ? item.importTime : Math.max(head.lastTime, now)
  const counted = countedOf(item)
  const seq = head.headSeq + 1
  return {
    seq,
    time,
    msgSeq: item.group ? seq : item.msgSeq,
    // An import that is older than what the list shows does not become the last message, for anybody, at any time.
    flags: imported && time < head.listTime ? item.flags | MessageFlag.NO_LAST_MESSAGE : item.flags,
    countNo: head.countNo + counted,
    ownNo: ownNoOf(head, item, counted),
    lateAfter: time < head.topTime ? head.topSeq : 0,
  }
}

/** Nobody counts what is sent by who has no row: a non-member's own messages are as another's to it. */
function ownNoOf(head: Counters, item: AppendItem, counted: number): number {
  if (!head.group) return (item.sender === head.lo ? head.sentLo : head.sentHi) + counted
  const sender = head.group.senders.get(item.sender)
  return sender ? sender.sentNo + counted : 0
}

/** Moves the counters past a message that is stored with these numbers. */
export function advance(head: Counters, item: AppendItem, numbers: MessageNumbers): void {
  const { seq, time } = numbers
  head.headSeq = seq
  head.countNo = numbers.countNo
  if (head.group) advanceGroup(head.group, item, numbers)
  else if (item.sender === head.lo) head.sentLo = numbers.ownNo
  else head.sentHi = numbers.ownNo
  if (numbers.lateAfter === 0) {
    head.topSeq = seq
    head.topTime = time
  }
  if (item.key.kind !== 'import' || head.group) head.lastTime = Math.max(head.lastTime, time)
  if ((numbers.flags & MessageFlag.NO_LAST_MESSAGE) === 0) {
    head.listSeq = seq
    head.listTime = Math.max(head.listTime, time)
  }
}

function advanceGroup(group: GroupCounters, item: AppendItem, numbers: MessageNumbers): void {
  const sender = group.senders.get(item.sender)
  if (sender) {
    if (sender.baseNo !== group.resetNo) {
      sender.baseNo = group.resetNo
      sender.baseOwn = sender.sentNo
    }
    sender.sentNo = numbers.ownNo
    sender.lastSent = Math.max(sender.lastSent, numbers.time)
    sender.dirty = true
  }
  if (item.key.kind === 'import') {
    // Everybody's unread count begins anew above it (rest-2 section 7.3).
    group.resetNo++
    group.resetSeq = numbers.seq
    group.resetCount = numbers.countNo
  }
}

/** Why a group's message can't be stored as it was judged; undefined when it can. The key of a repeated one is looked at before. */
export function refusedByGroup(head: Counters, item: AppendItem, now: number): AppendResult | undefined {
  const { group } = head
  if (!group || !item.group) return undefined
  if (group.authNo !== item.group.authNo) return { outcome: 'stale' }
  if (item.key.kind === 'import') return item.importTime < head.topTime ? { outcome: 'early' } : undefined
  if (item.group.perSecond === 0 || takeRate(group, item.flags, now, item.group.perSecond)) return undefined
  return { outcome: 'dropped', time: Math.max(head.lastTime, now) }
}

/** The columns of `rest_key` by which a repeated REST send or import is recognised; undefined for an SDK's send. */
export interface RestKey {
  readonly kind: number
  readonly sender: number
  readonly hash: string
}

export function restKeyOf(item: AppendItem): RestKey | undefined {
  const { key } = item
  if (key.kind === 'client') return undefined
  if (key.kind === 'rest')
    return {
      kind: item.group ? REST_KIND.groupSend : REST_KIND.send,
      sender: item.sender,
      hash: key.hash,
    }
  // An import is the same whichever side is named as the sender and whatever it says (rest-1 section 4.1); in a group its sender
  // belongs to it (rest-2 section 7.3).
  return {
    kind: REST_KIND.import,
    sender: item.group ? item.sender : 0,
    hash: String(item.importTime),
  }
}

/** Whether a key that was taken for a message of `time` still makes an equal request the same one. */
export function holds(key: RestKey, time: number, now: number): boolean {
  if (key.kind === REST_KIND.import) return true
  const kind = key.kind === REST_KIND.groupSend ? REST_KIND.groupSend : REST_KIND.send
  return time > now - REST_WINDOW_SECONDS[kind]
}

/** The answer that tells a message's numbers. */
export type NumberedResult = Extract<AppendResult, { readonly conv: number }>

/** The answer for a message that is stored now. */
export function storedResult(conv: number, numbers: MessageNumbers): NumberedResult {
  return {
    outcome: 'stored',
    conv,
    seq: numbers.seq,
    time: numbers.time,
    msgSeq: numbers.msgSeq,
    countNo: numbers.countNo,
    flags: numbers.flags,
  }
}

/** The answer for a REST key that outlived its message, which the history's end took away: what is still known. */
export function forgottenResult(conv: number, item: AppendItem, seq: number, countNo: number): AppendResult {
  return {
    outcome: 'duplicate',
    conv,
    seq,
    time: item.importTime || item.clientTime,
    msgSeq: item.group ? seq : item.msgSeq,
    countNo,
    flags: item.flags,
  }
}

/** Who of a pair is not there (any more); the lower account is looked at first. */
export function goneResult(item: AppendItem, account: number): AppendResult {
  return { outcome: 'gone', which: account === item.sender ? 'sender' : 'receiver' }
}

function countedOf(item: AppendItem): number {
  return (item.flags & MessageFlag.NO_UNREAD) === 0 ? 1 : 0
}
