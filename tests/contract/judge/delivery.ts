import { type Evidence, hasDeleted, type Login, operationsOf, viewOf } from './evidence.ts'
import type { Rule } from './rule.ts'

/**
 * MESSAGE_RECEIVED tells each app each message of its conversations once and in order, without leaving one out between two
 * that it tells; and a device that is logged in at the end was told all that was sent since its SDK_READY. Own messages of
 * this login are not told. What the same user deleted meanwhile may be missing.
 */
export const delivery: Rule = evidence =>
  evidence.logins.flatMap(login => [
    ...onceInOrder(login),
    ...onlyStored(evidence, login),
    ...complete(evidence, login),
  ])

function onceInOrder({ device, session, received }: Login): string[] {
  const last = new Map<string, number>()
  const told = new Set<string>()
  return received.flatMap(({ peer, id, seq }) => {
    const found: string[] = []
    const who = `${device} (login ${session})`
    if (told.has(id)) found.push(`${who} was told ${id} (${seq} of ${peer}) twice.`)
    else if (seq <= (last.get(peer) ?? 0))
      found.push(`${who} was told number ${seq} of ${peer} after ${last.get(peer)}.`)
    told.add(id)
    last.set(peer, Math.max(seq, last.get(peer) ?? 0))
    return found
  })
}

/** What an app was told is durable: it is never taken back. */
function onlyStored(evidence: Evidence, { device, session, received }: Login): string[] {
  return received.flatMap(({ peer, id, seq }) => {
    const stored = evidence.stored.get(id)
    return stored?.seq === seq
      ? []
      : `${device} (login ${session}) was told ${id} as ${seq} of ${peer}, stored is ${stored?.seq ?? 'nothing'}.`
  })
}

function complete(evidence: Evidence, login: Login): string[] {
  const { user, device, session, received, screen, ready } = login
  const told = new Set(received.map(it => it.id))
  const sends = new Map<string, { readonly began: number; readonly isOwn: boolean }>()
  for (const { call, began } of operationsOf(evidence, 'send')) {
    const isOwn = call.device === device && call.session === session
    const first = sends.get(call.id)
    sends.set(call.id, { began: first?.began ?? began, isOwn: isOwn || (first?.isOwn ?? false) })
  }
  const found: string[] = []
  const peers = new Set(evidence.views.filter(it => it.user === user).map(it => it.peer))
  for (const peer of peers) {
    const messages = viewOf(evidence, user, peer)?.messages ?? []
    const numbers = received.filter(it => it.peer === peer).map(it => it.seq)
    const [from, to] = [Math.min(...numbers), Math.max(...numbers)]
    for (const { id, seq, text } of messages) {
      const send = sends.get(id)
      if (told.has(id) || !send || send.isOwn || hasDeleted(evidence, user, id)) continue
      const isBetween = seq > from && seq < to
      const isDue = screen !== undefined && ready !== undefined && send.began > ready
      if (isBetween || isDue)
        found.push(`${device} (login ${session}) was never told ${text} (${id}), number ${seq} of ${peer}.`)
    }
  }
  return found
}
