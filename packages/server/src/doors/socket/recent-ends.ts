import type { Change } from '../../store/change.ts'
import type { LiveSession } from './device-socket.ts'

export type EndChange = Extract<Change, { kind: 'end' }>

/**
 * A login answers after its commit, so an end that was decided meanwhile may come first. Ends are remembered for 10 to 20
 * seconds; a login reaches the hub in the same turn of the loop as the changes of its commit.
 */
const KEPT_MS = 10_000

/** Ends of sessions that may not have reached the hub yet, by account. */
export class RecentEnds {
  #recent = new Map<string, EndChange[]>()
  #older = new Map<string, EndChange[]>()
  #since = 0

  note(change: EndChange, nowMs: number): void {
    if (nowMs - this.#since >= KEPT_MS) {
      this.#older = nowMs - this.#since >= 2 * KEPT_MS ? new Map() : this.#recent
      this.#recent = new Map()
      this.#since = nowMs
    }
    const name = change.account === undefined ? `${change.app}` : `${change.app}:${change.account}`
    const known = this.#recent.get(name)
    if (known) known.push(change)
    else this.#recent.set(name, [change])
  }

  /** The end that meant this session, if one did. */
  of(session: LiveSession): EndChange | undefined {
    const { app, accountId } = session.caller
    for (const ends of [this.#recent, this.#older])
      for (const name of [`${app.id}:${accountId}`, `${app.id}`]) {
        const end = ends.get(name)?.find(change => isMeant(change, session))
        if (end) return end
      }
    return undefined
  }
}

export function isMeant(change: EndChange, session: LiveSession): boolean {
  if (session.caller.app.id !== change.app) return false
  if (change.account !== undefined && session.caller.accountId !== change.account) return false
  return change.sessions
    ? change.sessions.includes(session.caller.sessionId)
    : session.rank <= change.upToRank
}
