import type { GroupPush, Push } from '../../bus/bus.ts'
import type { Change } from '../../store/change.ts'
import { type DeliveredHeads, EVERYBODY } from './delivered-heads.ts'

/** What a hint over the bus may need longer than the log; then the log alone must do. */
const PATIENCE_MS = 150
/** Conversations that may wait at once; beyond it the ones that wait longest are looked at early. */
const WAITING_MAX = 20_000

export interface HeadWatchParts {
  readonly heads: DeliveredHeads
  /** Whether the account has a socket here. */
  readonly isHere: (app: number, account: number) => boolean
  readonly deliver: (push: Push) => void
  readonly isGroupHere: (app: number, group: number) => boolean
  readonly deliverToGroup: (push: GroupPush) => void
  readonly now?: () => number
}

interface Waiting {
  readonly app: number
  /** Accounts; of a group {@link EVERYBODY}. */
  readonly members: Set<number>
  readonly group: number | undefined
  /** The head that this look is for; frames of later ones may still be on their way. */
  readonly seq: number
  latest: number
  readonly due: number
}

/**
 * Sees to it that a device learns of every message that another node stored, though its hint was lost: the log tells of heads,
 * and a head that was not delivered within a moment is told by number; the client pulls (wire-protocol.md, `head`).
 */
export class HeadWatch {
  readonly #parts: HeadWatchParts
  readonly #now: () => number
  /** By conversation, in the order in which they are due. */
  readonly #waiting = new Map<number, Waiting>()
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(parts: HeadWatchParts) {
    this.#parts = parts
    this.#now = parts.now ?? (() => performance.now())
  }

  /** What the log of another node told. */
  take(changes: readonly Change[]): void {
    for (const change of changes)
      if (change.kind === 'conversation' && change.seq !== undefined)
        this.#expect(change.app, change.conv, change.members ?? [EVERYBODY], change.seq, change.group)
    this.#arm()
  }

  /** Looks at what is due now. */
  turn(): void {
    const now = this.#now()
    for (const [conv, waiting] of this.#waiting) {
      if (waiting.due > now) break
      this.#look(conv, waiting)
    }
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#waiting.clear()
  }

  #expect(app: number, conv: number, members: readonly number[], seq: number, group?: number): void {
    const here =
      group === undefined
        ? members.filter(account => this.#parts.isHere(app, account))
        : this.#parts.isGroupHere(app, group)
          ? [EVERYBODY]
          : []
    if (here.length === 0) return
    const waiting = this.#waiting.get(conv)
    if (waiting) {
      waiting.latest = Math.max(waiting.latest, seq)
      for (const account of here) waiting.members.add(account)
      return
    }
    const [longest] = this.#waiting
    if (longest && this.#waiting.size >= WAITING_MAX) this.#look(...longest)
    this.#waiting.set(conv, {
      app,
      members: new Set(here),
      group,
      seq,
      latest: seq,
      due: this.#now() + PATIENCE_MS,
    })
  }

  #look(conv: number, { app, members, group, seq, latest }: Waiting): void {
    this.#waiting.delete(conv)
    const { heads, deliver, deliverToGroup } = this.#parts
    const untold = [...members].filter(account => !heads.covers(conv, account, seq))
    const frame = `{"ev":"head","ConvId":${conv},"Seq":${latest}}`
    const head = { conv, seq: latest }
    // Every earlier change of the members stood in the log before.
    if (untold.length > 0 && group !== undefined) deliverToGroup({ app, group, frame, authNo: 0, head })
    else if (untold.length > 0) deliver({ app, to: untold, frame, head })
    // Frames of the later numbers get their own moment.
    if (latest > seq) this.#expect(app, conv, [...members], latest, group)
  }

  #arm(): void {
    const [first] = this.#waiting.values()
    if (!first || this.#timer) return
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined
        this.turn()
        this.#arm()
      },
      Math.max(1, first.due - this.#now()),
    )
  }
}
