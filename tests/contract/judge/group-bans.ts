import type { Call } from '../history/entry.ts'
import { type Operation, operationsOf } from './evidence.ts'
import type { Rule } from './rule.ts'

/** From the answer to a ban until somebody lifts it nobody lets the banned one in: no member, not the app, not he himself. */
export const groupBans: Rule = evidence =>
  operationsOf(evidence, 'ban').flatMap(ban => {
    if (!ban.ok) return []
    const { group, target } = ban.call
    const lifts = operationsOf(evidence, 'unban').filter(
      ({ call, ended }) => call.group === group && call.target === target && ended > ban.began,
    )
    return evidence.operations
      .filter(it => it.ok && it.began > ban.ended && entrantOf(it, group) === target)
      .filter(it => lifts.every(({ began }) => began > it.ended))
      .map(({ call }) => `${target} got into ${group} by ${call.op}, though it was banned.`)
  })

/** Whom an acknowledged call let in. */
function entrantOf({ call }: Operation<Call>, group: string): string | undefined {
  if (!('group' in call) || call.group !== group) return undefined
  if (call.op === 'join') return call.user
  if (call.op === 'add') return call.target
  return call.op === 'handle' && call.agree ? call.target : undefined
}
