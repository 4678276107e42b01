/** A frame for the devices of some accounts. */
export interface Push {
  readonly app: number
  readonly to: readonly number[]
  /** JSON text of an event frame, encoded once for everybody. */
  readonly frame: string
  /** The session that caused it and knows already. */
  readonly except?: string
}

/** Carries hints to the gateways. Losing one costs time, never a message: the truth is in the store (DESIGN 6). */
export interface Bus {
  push(push: Push): void
  onPush(listener: (push: Push) => void): void
}

/** One process: every gateway is here. */
export class LocalBus implements Bus {
  readonly #listeners: ((push: Push) => void)[] = []

  push(push: Push): void {
    for (const listener of this.#listeners) listener(push)
  }

  onPush(listener: (push: Push) => void): void {
    this.#listeners.push(listener)
  }
}
