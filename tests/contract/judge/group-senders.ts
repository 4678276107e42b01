import type { Call, MuteCall, SendCall, TransferCall } from '../history/entry.ts'
import { type Evidence, type Operation, operationsOf } from './evidence.ts'
import { type GroupModel, groupModels } from './group-model.ts'
import type { Rule } from './rule.ts'

/**
 * Nobody writes into a group who is out of it, whose mute, or that of everybody, was acknowledged before and is not lifted since, or
 * after it was dismissed.
 */
export const groupSenders: Rule = evidence =>
  groupModels(evidence).flatMap(model => [
    ...outsiders(model),
    ...muted(evidence, model),
    ...mutedWithAll(evidence, model),
    ...removed(evidence, model),
    ...afterTheEnd(evidence, model),
  ])

function outsiders(model: GroupModel): string[] {
  return model.log.flatMap(({ seq, from, text, tip }) =>
    tip || model.spanAt(from, seq)
      ? []
      : `${text} of ${from}, number ${seq} of ${model.group.group}, was written by somebody who is out.`,
  )
}

/** By real time, as a mute also holds for who is out, of which no tip tells. Who is handed the group is muted no more. */
function muted(evidence: Evidence, { group: { group } }: GroupModel): string[] {
  const changes = [...operationsOf(evidence, 'mute'), ...operationsOf(evidence, 'transfer')].filter(
    ({ call }) => call.group === group,
  )
  return sendsTo(evidence, group).flatMap(send => {
    const own = changes.filter(({ call }) => call.target === send.call.user)
    return holds<MuteCall | TransferCall>(send, own, call => call.op === 'mute' && call.seconds > 0)
      ? `${send.call.text} of ${send.call.user} was taken by ${group} in spite of its mute.`
      : []
  })
}

/** By real time, as no tip tells of it; owner and admins may write all the same. */
function mutedWithAll(evidence: Evidence, model: GroupModel): string[] {
  const { group } = model.group
  const mutes = operationsOf(evidence, 'mute-all').filter(({ call }) => call.group === group)
  return sendsTo(evidence, group).flatMap(send => {
    const isMember = send.seq !== undefined && model.roleAt(send.call.user, send.seq) === 'Member'
    return isMember && holds(send, mutes, ({ on }) => on)
      ? `${send.call.text} of ${send.call.user} was taken by ${group}, where everybody was muted.`
      : []
  })
}

/** By real time beside the tips, which are told by the same log. */
function removed(evidence: Evidence, { group: { group } }: GroupModel): string[] {
  const moves = evidence.operations.flatMap(it => {
    const { call } = it
    if (!('group' in call) || call.group !== group) return []
    if (call.op === 'remove' || call.op === 'ban') return { ...it, user: call.target, out: true }
    if (call.op === 'quit') return { ...it, user: call.user, out: true }
    if (call.op === 'add' || call.op === 'handle') return { ...it, user: call.target, out: false }
    return call.op === 'join' ? { ...it, user: call.user, out: false } : []
  })
  return sendsTo(evidence, group).flatMap(send => {
    const own = moves.filter(({ user }) => user === send.call.user)
    const isOut = own.some(
      it =>
        it.out &&
        it.ok &&
        it.ended < send.began &&
        own.every(other => other.out || other.ended < it.began || other.began > send.ended),
    )
    return isOut ? `${send.call.text} of ${send.call.user} was taken by ${group} after its removal.` : []
  })
}

function sendsTo(evidence: Evidence, group: string): Operation<SendCall>[] {
  return operationsOf(evidence, 'send').filter(({ call, ok }) => call.peer === group && ok && !call.again)
}

/** Whether a prohibition was acknowledged before the send began, and nobody may have lifted it until its end. */
function holds<C extends Call>(
  send: Operation,
  changes: readonly Operation<C>[],
  forbids: (call: C) => boolean,
): boolean {
  return changes.some(
    it =>
      it.ok &&
      forbids(it.call) &&
      it.ended < send.began &&
      changes.every(
        ({ call, ok, began, ended }) => forbids(call) || (ok && ended < it.began) || began > send.ended,
      ),
  )
}

function afterTheEnd(evidence: Evidence, { group: { group } }: GroupModel): string[] {
  const ends = operationsOf(evidence, 'dismiss').filter(({ call, ok }) => ok && call.group === group)
  const end = Math.min(...ends.map(({ ended }) => ended))
  return operationsOf(evidence, 'send').flatMap(({ call, ok, began }) =>
    ok && call.peer === group && began > end && !call.again
      ? `${call.text} of ${call.user} was taken by ${group} after it was dismissed.`
      : [],
  )
}
