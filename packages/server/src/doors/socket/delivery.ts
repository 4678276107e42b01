import type { Push } from '../../bus/bus.ts'
import type { Change } from '../../store/change.ts'
import type { CommitOrigin } from '../../store/store.ts'
import { DeliveredHeads } from './delivered-heads.ts'
import { HeadWatch } from './head-watch.ts'
import type { SocketHub } from './socket-hub.ts'

/** Frames that wait while the node is behind; beyond it the sockets are closed, and their clients resume. */
const HELD_MAX = 10_000
const HELD_CHARACTERS_MAX = 8 << 20
/** How often a node that was behind looks whether it may go on. */
const LOOK_EVERY_MS = 50

export interface DeliveryParts {
  readonly hub: SocketHub
  /** Whether other nodes write too. */
  readonly isShared: boolean
  /** Why nothing may be delivered at the moment: what others decided may be unknown here. */
  readonly behind: () => string | undefined
  /** More waits than is kept: the devices must fetch it themselves. */
  readonly onOverflow: () => void
}

/** What reaches the sockets of this node: pushes, decisions of commits, and the heads that no push told of. */
export class Delivery {
  readonly #parts: DeliveryParts
  readonly #heads: DeliveredHeads | undefined
  readonly #watch: HeadWatch | undefined
  #held: Push[] = []
  #heldCharacters = 0
  #hasOverflowed = false
  #timer: ReturnType<typeof setInterval> | undefined

  constructor(parts: DeliveryParts) {
    this.#parts = parts
    const { hub, isShared } = parts
    if (!isShared) return
    this.#heads = new DeliveredHeads()
    this.#watch = new HeadWatch({
      heads: this.#heads,
      isHere: (app, account) => hub.has(app, account),
      deliver: push => this.push(push),
    })
  }

  /** To the devices here, now or when the node knows again what others decided; always in order. */
  push(push: Push): void {
    if (this.#parts.behind() !== undefined) this.#hold(push)
    else {
      if (this.#timer) this.#release()
      this.#parts.hub.push(push, this.#heads)
    }
  }

  /** Carries out what a commit decided, of whichever node. Whatever takes a right away holds at once. */
  take(changes: readonly Change[], origin: CommitOrigin): void {
    this.#parts.hub.apply(changes, push => this.push(push))
    if (origin === 'elsewhere') this.#watch?.take(changes)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#watch?.stop()
  }

  #hold(push: Push): void {
    if (!this.#hasOverflowed) {
      this.#held.push(push)
      this.#heldCharacters += push.frame.length
      if (this.#held.length > HELD_MAX || this.#heldCharacters > HELD_CHARACTERS_MAX) {
        this.#hasOverflowed = true
        this.#held = []
        this.#parts.onOverflow()
      }
    }
    this.#timer ??= setInterval(() => {
      if (this.#parts.behind() === undefined) this.#release()
    }, LOOK_EVERY_MS)
  }

  #release(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    const held = this.#held
    this.#held = []
    this.#heldCharacters = 0
    this.#hasOverflowed = false
    for (const push of held) this.#parts.hub.push(push, this.#heads)
  }
}
