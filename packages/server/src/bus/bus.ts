/** A frame for the devices of some accounts. */
export interface Push {
  readonly app: number
  readonly to: readonly number[]
  /** JSON text of an event frame, encoded once for everybody. */
  readonly frame: string
  /** The session that caused it and knows already. */
  readonly except?: string
  /** The stored message that the frame tells of, so that a gateway knows what need not be told again. */
  readonly head?: { readonly conv: number; readonly seq: number }
}

/** A frame for everybody in a group, encoded once. */
export interface GroupPush {
  readonly app: number
  /** Whose members it is for: of a topic, its community. */
  readonly group: number
  readonly frame: string
  /**
   * The state of the rights that it was judged by: who was taken out before, or came in after, gets nothing (DESIGN-DATA 2).
   * 0: by none; it goes to whoever is known here.
   */
  readonly authNo: number
  readonly head?: { readonly conv: number; readonly seq: number }
  /** The session of this node that caused it and knows already. */
  readonly except?: string
}

/** Hints since the start, one for each account or group that a push names. */
export interface HintCount {
  sent: number
  received: number
  /** Not sent because the way to the other nodes was closed or full, or not understood when they came. */
  lost: number
}

/** Carries hints between gateways. Losing one costs time, never a message: the truth is in the store (DESIGN 6). */
export interface Bus {
  /** Never waits, never throws. */
  push(push: Push): void
  /** Pushes of this node and of others, for the accounts that are watched here. */
  onPush(listener: (push: Push) => void): void
  /** The same for a group; other nodes get it without `except`. */
  pushGroup(push: GroupPush): void
  onGroupPush(listener: (push: GroupPush) => void): void
  /** The first socket of an account came to this node, or its last one left. */
  watch(app: number, account: number): void
  unwatch(app: number, account: number): void
  /** The first account of a group's audience came to this node, or its last one left. */
  watchGroup(app: number, group: number): void
  unwatchGroup(app: number, group: number): void
  /** Tells the other nodes that the commit log has something for them. */
  hurry(): void
  onHurry(listener: () => void): void
  /** Why hints do not travel at the moment; undefined while they do. */
  readonly problem: string | undefined
  readonly hints: Readonly<HintCount>
  close(): Promise<void>
}

/** One process: every gateway is here. */
export class LocalBus implements Bus {
  readonly problem = undefined
  readonly hints: Readonly<HintCount> = { sent: 0, received: 0, lost: 0 }
  readonly #listeners: ((push: Push) => void)[] = []
  readonly #groupListeners: ((push: GroupPush) => void)[] = []

  push(push: Push): void {
    for (const listener of this.#listeners) listener(push)
  }

  onPush(listener: (push: Push) => void): void {
    this.#listeners.push(listener)
  }

  pushGroup(push: GroupPush): void {
    for (const listener of this.#groupListeners) listener(push)
  }

  onGroupPush(listener: (push: GroupPush) => void): void {
    this.#groupListeners.push(listener)
  }

  watch(): void {}

  unwatch(): void {}

  watchGroup(): void {}

  unwatchGroup(): void {}

  hurry(): void {}

  onHurry(): void {}

  async close(): Promise<void> {}
}
