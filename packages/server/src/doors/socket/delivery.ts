import type { GroupPush, Push } from '../../bus/bus.ts'
import type { GroupAudiences } from '../../groups/audience/group-audiences.ts'
import type { Change } from '../../store/change.ts'
import type { CommitOrigin } from '../../store/store.ts'
import { DeliveredHeads } from './delivered-heads.ts'
import type { DeviceSocket } from './device-socket.ts'
import { HeadWatch } from './head-watch.ts'
import type { SocketHub } from './socket-hub.ts'

/** Frames that wait while the node is behind; beyond it the sockets are closed, and their clients resume. */
const HELD_MAX = 10_000
const HELD_CHARACTERS_MAX = 8 << 20
/** How often a node that was behind looks whether it may go on. */
const LOOK_EVERY_MS = 50

export interface DeliveryParts {
  readonly hub: SocketHub
  readonly audiences: GroupAudiences
  /** The socket of a session, when it is here. */
  readonly deviceOf: (session: string) => DeviceSocket | undefined
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
  #held: (() => void)[] = []
  #heldCharacters = 0
  #hasOverflowed = false
  #timer: ReturnType<typeof setInterval> | undefined

  constructor(parts: DeliveryParts) {
    this.#parts = parts
    const { hub, audiences, isShared } = parts
    if (!isShared) return
    this.#heads = new DeliveredHeads()
    this.#watch = new HeadWatch({
      heads: this.#heads,
      isHere: (app, account) => hub.has(app, account),
      deliver: push => this.push(push),
      isGroupHere: (app, group) => audiences.has(app, group),
      deliverToGroup: push => this.pushGroup(push),
    })
  }

  /** To the devices here, now or when the node knows again what others decided; always in order. */
  push(push: Push): void {
    this.#send(push.frame.length, () => this.#parts.hub.push(push, this.#heads))
  }

  /** The same to everybody in a group. */
  pushGroup(push: GroupPush): void {
    const { audiences, deviceOf } = this.#parts
    const except = push.except === undefined ? undefined : deviceOf(push.except)
    this.#send(push.frame.length, () => audiences.deliver(push, this.#heads, except))
  }

  /** Carries out what a commit decided, of whichever node. Whatever takes a right away holds at once. */
  take(changes: readonly Change[], origin: CommitOrigin): void {
    for (const change of changes)
      if (change.kind === 'group') this.#parts.audiences.take(change)
      else if (change.kind === 'groupPush') this.#pushOfCommit(change)
      else this.#parts.hub.apply(change, push => this.push(push))
    if (origin === 'elsewhere') this.#watch?.take(changes)
  }

  #pushOfCommit({ head: _, ...push }: Extract<Change, { kind: 'groupPush' }>): void {
    this.pushGroup(push)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#watch?.stop()
  }

  #send(characters: number, deliver: () => void): void {
    if (this.#parts.behind() !== undefined) this.#hold(characters, deliver)
    else {
      if (this.#timer) this.#release()
      deliver()
    }
  }

  #hold(characters: number, deliver: () => void): void {
    if (!this.#hasOverflowed) {
      this.#held.push(deliver)
      this.#heldCharacters += characters
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
    for (const deliver of held) deliver()
  }
}
