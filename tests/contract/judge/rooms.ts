import type { RoomSendCall } from '../history/entry.ts'
import { type Evidence, type Login, type Operation, operationsOf } from './evidence.ts'
import type { Rule } from './rule.ts'

/**
 * A live room promises no message and keeps none. But an app is told each once, and only what somebody said; what one device said
 * after an earlier message was acknowledged comes after it; who left hears nothing more, nor does who was banned of what is said
 * from then on, and he neither enters nor speaks.
 */
export const rooms: Rule = evidence => {
  const sends = new Map(operationsOf(evidence, 'room-send').map(send => [send.call.id, send]))
  return [
    ...evidence.logins.flatMap(login => [
      ...once(login, sends),
      ...inOrder(login, sends),
      ...outside(evidence, login, sends),
    ]),
    ...inSpiteOfBan(evidence),
  ]
}

type Sends = ReadonlyMap<string, Operation<RoomSendCall>>

function once({ device, session, heard }: Login, sends: Sends): string[] {
  const told = new Set<string>()
  return heard.flatMap(({ id, room }) => {
    const found: string[] = []
    const who = `${device} (login ${session})`
    if (told.has(id)) found.push(`${who} heard ${id} in ${room} twice.`)
    if (!sends.has(id)) found.push(`${who} heard ${id} in ${room}, which nobody said.`)
    told.add(id)
    return found
  })
}

function inOrder({ device, session, heard }: Login, sends: Sends): string[] {
  const said = heard.flatMap(it => sends.get(it.id) ?? [])
  return said.flatMap((later, at) => {
    const before = said
      .slice(at + 1)
      .find(
        it =>
          it.ok &&
          it.call.device === later.call.device &&
          it.call.session === later.call.session &&
          it.ended < later.began,
      )
    return before
      ? `${device} (login ${session}) heard ${later.call.text} before ${before.call.text}, which was said earlier.`
      : []
  })
}

function outside(evidence: Evidence, login: Login, sends: Sends): string[] {
  const { user, device, session, heard } = login
  const enters = operationsOf(evidence, 'enter').filter(
    ({ call }) => call.device === device && call.session === session,
  )
  const leaves = operationsOf(evidence, 'leave').filter(
    ({ call, ok }) => ok && call.device === device && call.session === session,
  )
  const bans = bansOf(evidence, user).filter(({ call, ok }) => ok && call.on)
  return heard.flatMap(it => {
    const who = `${device} (login ${session}) heard ${it.id} in ${it.room}`
    if (!enters.some(({ began }) => began < it.place)) return `${who} and had not entered it.`
    const isAway = (out: Operation) =>
      enters.every(({ began, ended }) => ended < out.began || began > it.place)
    if (leaves.some(out => out.ended < it.place && isAway(out))) return `${who} after it left.`
    const isNew = (out: Operation) => (sends.get(it.id)?.began ?? 0) > out.ended
    return bans.some(out => isNew(out) && isAway(out)) ? `${who}, said after the ban of ${user}.` : []
  })
}

function bansOf(evidence: Evidence, user: string) {
  return operationsOf(evidence, 'room-ban').filter(({ call }) => call.target === user)
}

function inSpiteOfBan(evidence: Evidence): string[] {
  const done = [...operationsOf(evidence, 'enter'), ...operationsOf(evidence, 'room-send')]
  return done.flatMap(it => {
    const bans = bansOf(evidence, it.call.user)
    const ban = bans.find(
      ({ call, ok, began, ended }) =>
        ok &&
        call.on &&
        ended < it.began &&
        bans.every(other => other.call.on || other.ended < began || other.began > it.ended),
    )
    return it.ok && ban ? `${it.call.op} of ${it.call.user} succeeded in spite of its ban.` : []
  })
}
