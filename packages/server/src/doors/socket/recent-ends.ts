import type { Change } from '../../store/change.ts'
import type { LiveSession } from './device-socket.ts'

export type EndChange = Extract<Change, { kind: 'end' }>
export type ReplacedChange = Extract<Change, { kind: 'replaced' }>
type Ending = EndChange | ReplacedChange

/**
 * A login answers after its commit, so an end that was decided meanwhile, here or at another node, may come first. Ends are
 * remembered for 10 to 20 seconds.
 */
const KEPT_MS = 10_000

/** Ends of sessions, or of their sockets, that may not have reached the hub yet, by account. */
export class RecentEnds {
  #recent = new Map<string, Ending[]>()
  #older = new Map<string, Ending[]>()
  #since = 0

  note(change: Ending, nowMs: number): void {
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
  of(session: LiveSession): Ending | undefined {
    const { app, accountId } = session.caller
    for (const ends of [this.#recent, this.#older])
      for (const name of [`${app.id}:${accountId}`, `${app.id}`]) {
        const end = ends
          .get(name)
          ?.find(change => (change.kind === 'end' ? isMeant(change, session) : isStale(change, session)))
        if (end) return end
      }
    return undefined
  }
}

/** The session went on to a newer socket. */
export function isStale(change: ReplacedChange, session: LiveSession): boolean {
  return session.caller.sessionId === change.session && session.generation < change.generation
}

export function isMeant(change: EndChange, session: LiveSession): boolean {
  if (session.caller.app.id !== change.app) return false
  if (change.account !== undefined && session.caller.accountId !== change.account) return false
  return change.sessions
    ? change.sessions.includes(session.caller.sessionId)
    : session.rank <= change.upToRank
}
