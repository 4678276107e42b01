export interface ChatEvent {
  readonly name: string
  readonly data?: unknown
  /** On CONVERSATION_LIST_UPDATED: false while pages of the first synchronisation are still coming. */
  readonly isSyncCompleted?: boolean
}

export type Handler = (event: ChatEvent) => void

/** As the original declares handlers; programs hand functions on under this type. */
// biome-ignore lint/complexity/noBannedTypes: the original's own declaration
export type LooseHandler = Function

interface Registration {
  readonly handler: Handler
  readonly context: unknown
}

/** The listener contract of sdk-1 section 3.4: one registration per (handler, context), called in order. */
export class Emitter {
  readonly #registrations = new Map<string, readonly Registration[]>()
  readonly #onThrow: (name: string, cause: unknown) => void

  constructor(onThrow: (name: string, cause: unknown) => void) {
    this.#onThrow = onThrow
  }

  on(name: string, handler: Handler, context?: unknown): void {
    if (typeof name !== 'string' || typeof handler !== 'function') return
    const present = this.#registrations.get(name) ?? []
    if (present.some(it => it.handler === handler && it.context === context)) return
    this.#registrations.set(name, [...present, { handler, context }])
  }

  off(name: string, handler: Handler, context?: unknown): void {
    const present = this.#registrations.get(name)
    if (!present) return
    const rest = present.filter(it => it.handler !== handler || it.context !== context)
    if (rest.length > 0) this.#registrations.set(name, rest)
    else this.#registrations.delete(name)
  }

  has(name: string): boolean {
    return this.#registrations.has(name)
  }

  clear(): void {
    this.#registrations.clear()
  }

  emit(event: ChatEvent): void {
    for (const { handler, context } of this.#registrations.get(event.name) ?? []) {
      try {
        handler.call(context, event)
      } catch (cause) {
        this.#onThrow(event.name, cause)
      }
    }
  }
}
