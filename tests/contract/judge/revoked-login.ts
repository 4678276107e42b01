import type { Call } from '../history/entry.ts'
import { type Evidence, type Operation, operationsOf } from './evidence.ts'
import type { Rule } from './rule.ts'

/** Clause 8 of the contract. */
const BOUND_MS = 1_000
/** Refusals of a login itself; others say that the node could not answer. */
const isLoginRefusal = (code: number | undefined): boolean =>
  code !== undefined && code >= 70_000 && code < 71_000
/** What a device can't do without the server. */
const NEEDS_SERVER: readonly Call['op'][] = [
  'send',
  'edit',
  'recall',
  'delete',
  'pin',
  'join',
  'quit',
  'dismiss',
  'add',
  'remove',
  'mute',
  'promote',
  'rename',
  'mute-all',
  'transfer',
  'apply',
  'handle',
  'enter',
  'room-send',
]

/**
 * From one second after a kick's answer on, no node accepts a UserSig that was signed before the kick, and no login from
 * before it does anything; a UserSig that was signed after the answer is accepted.
 */
export const revokedLogin: Rule = evidence =>
  operationsOf(evidence, 'kick').flatMap(kick => {
    if (!kick.ok) return []
    const { user } = kick.call
    const from = kick.endedAt + BOUND_MS
    const own = evidence.operations.filter(it => 'user' in it.call && it.call.user === user)
    return own.flatMap(it => {
      if (it.at < from && it.call.op !== 'login') return []
      if (it.call.op === 'login')
        return ofLogin(evidence, kick, it as Operation<Extract<Call, { op: 'login' }>>, from)
      if (!it.ok || !NEEDS_SERVER.includes(it.call.op)) return []
      const began = sessionBegan(own, it)
      return began !== undefined && began < kick.began
        ? [
            `${it.call.op} of ${user} succeeded ${it.at - kick.endedAt} ms after a kick, in a login from before it.`,
          ]
        : []
    })
  })

function ofLogin(
  evidence: Evidence,
  kick: Operation<Extract<Call, { op: 'kick' }>>,
  { call, at, ok, code }: Operation<Extract<Call, { op: 'login' }>>,
  from: number,
): string[] {
  const where = call.node ?? call.device
  if (call.issued < kick.began && at >= from && ok)
    return [`${where} accepted a UserSig of ${call.user} ${at - kick.endedAt} ms after it was revoked.`]
  const isNewest = !operationsOf(evidence, 'kick').some(
    it => it.call.user === call.user && it.ended > call.issued,
  )
  if (call.issued > kick.ended && isNewest && !ok && isLoginRefusal(code))
    return [`${where} refused a UserSig of ${call.user} that was signed after the kick (${code}).`]
  return []
}

/** Place of the login in which an operation was made. */
function sessionBegan(own: readonly Operation[], { call }: Operation): number | undefined {
  if (!('session' in call)) return undefined
  return own.find(
    it => it.call.op === 'login' && it.call.device === call.device && it.call.session === call.session,
  )?.began
}
