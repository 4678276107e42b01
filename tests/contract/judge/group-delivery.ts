import { type Evidence, type Login, operationsOf, viewOf } from './evidence.ts'
import { type GroupModel, groupModels } from './group-model.ts'
import type { Rule } from './rule.ts'

/**
 * Nothing of a group reaches who is out of it, live or by history (save that meetings show what was before); and who is in misses
 * nothing from its joining on: history is whole, no app was told two messages without the one between, and a device that is logged
 * in at the end was told all that was sent since its SDK_READY.
 */
export const groupDelivery: Rule = evidence =>
  groupModels(evidence).flatMap(model => [
    ...evidence.logins.flatMap(login => [...outside(model, login), ...missed(evidence, model, login)]),
    ...[...new Set([...evidence.screens.map(it => it.user), ...model.members()])].flatMap(user =>
      history(evidence, model, user),
    ),
  ])

function outside(model: GroupModel, { user, device, session, received }: Login): string[] {
  const { group } = model.group
  return received.flatMap(({ peer, id, seq }) =>
    peer !== group || model.spanAt(user, seq)
      ? []
      : `${device} (login ${session}) was told ${id}, number ${seq} of ${group}, while ${user} was out.`,
  )
}

function missed(evidence: Evidence, model: GroupModel, login: Login): string[] {
  const { user, device, session, screen, ready } = login
  const { group } = model.group
  const received = login.received.filter(it => it.peer === group)
  const told = new Set(received.map(it => it.id))
  const sends = new Map(
    operationsOf(evidence, 'send')
      .toReversed()
      .map(send => [send.call.id, send]),
  )
  const own = new Set(
    [...sends.values()]
      .filter(({ call }) => call.device === device && call.session === session)
      .map(({ call }) => call.id),
  )
  const last = model.spansOf(user).at(-1)
  return model.log.flatMap(({ id, seq, text }) => {
    const span = model.spanAt(user, seq)
    if (!span || told.has(id) || own.has(id)) return []
    const within = received.filter(it => it.seq >= span.from && it.seq <= span.to)
    const isBetween = within.some(it => it.seq < seq) && within.some(it => it.seq > seq)
    const began = sends.get(id)?.began ?? 0
    const isDue = span === last && screen !== undefined && ready !== undefined && began > ready
    return isBetween || isDue
      ? `${device} (login ${session}) was never told ${text} (${id}), number ${seq} of ${group}.`
      : []
  })
}

function history(evidence: Evidence, model: GroupModel, user: string): string[] {
  const { group, type } = model.group
  const view = viewOf(evidence, user, group)
  const span = model.spansOf(user).at(-1)
  if (!span) return view ? [`${user} was never in ${group}, and has its conversation.`] : []
  if (!view) return [`${user} was in ${group}, and has no conversation of it.`]
  const seen = new Set(view.messages.map(it => it.seq))
  return [
    ...model.log.flatMap(({ seq }) =>
      seq >= span.from && seq <= span.to && !seen.has(seq)
        ? `${user} does not see number ${seq} of ${group}, being in from ${span.from} to ${span.to}.`
        : [],
    ),
    ...[...seen].flatMap(seq =>
      seq > span.to || (seq < span.from && type !== 'ChatRoom')
        ? `${user} sees number ${seq} of ${group}, being in from ${span.from} to ${span.to}.`
        : [],
    ),
  ]
}
