import { ErrorCode } from '@rookery/protocol/error-code'
import type { Account } from '../../accounts/account.ts'
import type { Caller } from '../../commands/caller.ts'
import { CommandError } from '../../commands/command-error.ts'
import type { Services } from '../../commands/services.ts'
import { sentMessage, wireMessageText } from '../../messages/message-frame.ts'
import type { SendTurn } from '../../messages/send-turns.ts'
import type { AppendKey, AppendResult } from '../../store/append.ts'
import { MessageFlag } from '../../store/schema.ts'
import { audienceOf } from '../audience/audience-of.ts'
import { accountNotFound, denied, groupNotFound } from '../group-error.ts'
import type { GroupRow } from '../group-rows.ts'
import { sendToRoom } from '../rooms/send-to-room.ts'
import { TYPE_RULES } from '../rules/group-types.ts'
import { type JudgedSender, judgeSender, requireMentionAll } from './judge-sender.ts'

/** One message to a group, checked for its form. */
export interface GroupSend {
  readonly from: Account
  readonly random: number
  /** Unix seconds of the sender's clock. */
  readonly clientTime: number
  readonly body: string
  readonly custom: string
  /** Bits of `MessageFlag`. */
  readonly flags: number
  readonly key: AppendKey
  readonly onlineOnly: boolean
  /** JSON text, empty for none. */
  readonly pushInfo: string
  /** Who sees it beside the sender; empty: everybody. */
  readonly to: readonly Account[]
  /** Account numbers, 0 = everybody. */
  readonly mentions: readonly number[]
  /** JSON text of GroupAtInfo, empty for none. */
  readonly atInfo: string
  /** Unix seconds of an import; else 0. */
  readonly time: number
}

export type GroupSent =
  | { readonly outcome: 'stored' | 'duplicate'; readonly result: Extract<AppendResult, { seq: number }> }
  /** `seq`: in a live room, the number that orders its messages. */
  | { readonly outcome: 'transient' | 'dropped' | 'early'; readonly time: number; readonly seq?: number }

/** Changes of rights that a send follows; more at the same moment are an attack or a defect. */
const JUDGEMENTS_MAX = 8

/**
 * Takes one message, whose content was checked, through judgement, the log and the fan-out. Resolves after it is durable; throws
 * what the sender must be told. Rights that changed between the judgement and the log are judged anew.
 *
 * @param turn where the sends of a socket must keep their order.
 */
export async function sendToGroup(
  services: Services,
  caller: Caller,
  groupNo: number,
  send: GroupSend,
  turn?: SendTurn,
): Promise<GroupSent> {
  const app = caller.app.id
  for (let judgements = 1; ; judgements++) {
    const group = await services.groups.byNo(app, groupNo)
    if (!group) throw groupNotFound(String(groupNo))
    if (!TYPE_RULES[group.type].storesHistory) return sendToRoom(services, caller, group.name, send)
    // An import is the app's own and of the past: whoever wrote it then may be anybody now.
    const judged: JudgedSender =
      send.key.kind === 'import'
        ? { role: 'NonMember', nameCard: '', authNo: group.auth_no, mayMentionAll: true }
        : await judgeSender(services, caller, group, send.from)
    if (send.mentions.includes(0)) requireMentionAll(judged)
    if (send.onlineOnly) return passOn(services, caller, group, judged, send)
    if (turn) {
      while (!turn.isNext(judged.authNo)) await turn.waited()
      turn.go(judged.authNo)
    }
    const result = await append(services, caller, group, judged, send)
    if (result.outcome === 'stale' && judgements < JUDGEMENTS_MAX) {
      services.groups.refresh(group)
      continue
    }
    services.metrics.messages.inc({ outcome: metricOf(result) })
    return settle(services, caller, { group, judged, send }, result)
  }
}

async function append(
  services: Services,
  caller: Caller,
  group: GroupRow,
  judged: JudgedSender,
  send: GroupSend,
): Promise<AppendResult> {
  return services.store.append({
    app: caller.app.id,
    sender: send.from.id,
    receiver: 0,
    msgSeq: 0,
    random: send.random,
    clientTime: send.clientTime,
    flags: send.flags,
    body: send.body,
    custom: send.custom,
    pushInfo: send.pushInfo,
    key: send.key,
    importTime: send.time,
    group: {
      no: group.group_no,
      conv: group.conv_id,
      audience: group.community_no || group.group_no,
      authNo: judged.authNo,
      to: send.to.map(account => account.id),
      mentions: send.mentions,
      atInfo: send.atInfo,
      activates: group.active === 0,
      perSecond: caller.app.setting('rate.groupMsgPerSec'),
    },
  })
}

interface Judged {
  readonly group: GroupRow
  readonly judged: JudgedSender
  readonly send: GroupSend
}

function settle(services: Services, caller: Caller, of: Judged, result: AppendResult): GroupSent {
  switch (result.outcome) {
    case 'stored':
      if (of.group.active === 0) services.groups.refresh(of.group)
      announce(services, caller, of, result)
      return { outcome: 'stored', result }
    case 'duplicate':
      return { outcome: 'duplicate', result }
    case 'dropped':
      return result
    case 'early':
      return { outcome: 'early', time: of.send.time }
    case 'conflict':
      throw new CommandError(
        ErrorCode.GROUP_PARAMETER_INVALID,
        'Another message was already sent with this MsgClientTime and Random; choose a new Random.',
        { check: 'client-key' },
      )
    case 'gone':
      throw accountNotFound(of.send.from.userId)
    case 'stale':
      throw denied('The rights in this group change too fast to judge this message; send it again.', 'stale')
  }
}

function metricOf({ outcome }: AppendResult) {
  return outcome === 'stale' || outcome === 'early' ? 'gone' : outcome
}

/** Frames of a directed message go to those whom it is for; everybody else learns of its number only. */
function announce(
  services: Services,
  caller: Caller,
  { group, judged, send }: Judged,
  at: Extract<AppendResult, { seq: number }>,
): void {
  const { conv, seq } = at
  const text = messageText(group, judged, send, at)
  const frame = `{"ev":"message","m":${text}}`
  const shared = {
    app: group.app_id,
    head: { conv, seq },
    ...(caller.sessionId !== undefined && { except: caller.sessionId }),
  }
  const { bus } = services
  const whole = { ...shared, ...audienceOf(group) }
  if (send.key.kind === 'import')
    bus.pushGroup({ ...whole, frame: `{"ev":"head","ConvId":${conv},"Seq":${seq}}` })
  else if (send.to.length === 0) bus.pushGroup({ ...whole, frame })
  else {
    bus.push({ ...shared, to: [...new Set([send.from.id, ...send.to.map(({ id }) => id)])], frame })
    bus.pushGroup({ ...whole, frame: `{"ev":"cover","ConvId":${conv},"Seq":${seq}}` })
  }
}

/** Not stored, so it has no number. */
function passOn(
  services: Services,
  caller: Caller,
  group: GroupRow,
  judged: JudgedSender,
  send: GroupSend,
): GroupSent {
  const time = Math.floor(Date.now() / 1000)
  const at = { conv: group.conv_id, seq: 0, time, flags: send.flags }
  const frame = `{"ev":"online","m":${messageText(group, judged, send, at)}}`
  const shared = { app: group.app_id, ...(caller.sessionId !== undefined && { except: caller.sessionId }) }
  if (send.to.length > 0)
    services.bus.push({
      ...shared,
      to: [...new Set([send.from.id, ...send.to.map(({ id }) => id)])],
      frame,
    })
  else services.bus.pushGroup({ ...shared, ...audienceOf(group), authNo: judged.authNo, frame })
  services.metrics.messages.inc({ outcome: 'transient' })
  return { outcome: 'transient', time }
}

function messageText(
  group: GroupRow,
  judged: JudgedSender,
  send: GroupSend,
  at: { conv: number; seq: number; time: number; flags: number },
): string {
  return wireMessageText(
    sentMessage(send, at.seq, at),
    send.from,
    { userId: '' },
    {
      groupId: group.name,
      nameCard: judged.nameCard,
      atInfo: send.atInfo,
      to: send.to.map(({ userId }) => userId),
    },
  )
}

/** Bits of a group's messages. */
export function groupFlags(options: {
  readonly MsgPriority?: string
  readonly directed: boolean
  readonly mentions: boolean
}): number {
  let flags: number = MessageFlag.GROUP
  if (options.MsgPriority === 'High') flags |= MessageFlag.PRIORITY_HIGH
  if (options.MsgPriority === 'Low') flags |= MessageFlag.PRIORITY_LOW
  if (options.MsgPriority === 'Lowest') flags |= MessageFlag.PRIORITY_LOWEST
  // Directed messages count for nobody (rest-2 section 6.1).
  if (options.directed) flags |= MessageFlag.DIRECTED | MessageFlag.NO_UNREAD
  if (options.mentions) flags |= MessageFlag.MENTIONS
  return flags
}
