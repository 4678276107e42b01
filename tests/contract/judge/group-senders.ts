import { type Evidence, operationsOf } from './evidence.ts'
import { type GroupModel, groupModels } from './group-model.ts'
import type { Rule } from './rule.ts'

/** Nobody writes into a group who is out of it, whose mute was acknowledged before and is not lifted since, or after it was dismissed. */
export const groupSenders: Rule = evidence =>
  groupModels(evidence).flatMap(model => [
    ...outsiders(model),
    ...muted(evidence, model),
    ...afterTheEnd(evidence, model),
  ])

function outsiders(model: GroupModel): string[] {
  return model.log.flatMap(({ seq, from, text, tip }) =>
    tip || model.spanAt(from, seq)
      ? []
      : `${text} of ${from}, number ${seq} of ${model.group.group}, was written by somebody who is out.`,
  )
}

/** By real time, as a mute also holds for who is out, of which no tip tells. */
function muted(evidence: Evidence, { group: { group } }: GroupModel): string[] {
  const mutes = operationsOf(evidence, 'mute').filter(({ call }) => call.group === group)
  return operationsOf(evidence, 'send').flatMap(send => {
    if (send.call.peer !== group || !send.ok || send.call.again) return []
    const own = mutes.filter(({ call }) => call.target === send.call.user)
    const mute = own.find(
      it =>
        it.ok &&
        it.call.seconds > 0 &&
        it.ended < send.began &&
        own.every(
          ({ call, ok, began, ended }) => call.seconds > 0 || (ok && ended < it.began) || began > send.ended,
        ),
    )
    return mute ? `${send.call.text} of ${send.call.user} was taken by ${group} in spite of its mute.` : []
  })
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
