import { randomBytes } from 'node:crypto'

/** OWASP's first choice for argon2id; one hash takes about 19 MiB and some tens of milliseconds. */
const ARGON = { algorithm: 'argon2id', memoryCost: 19_456, timeCost: 2 } as const
/** DESIGN-SECURITY 7. */
const AT_ONCE = 2
/** Own choice: who waits longer than these take gives up anyway. */
const WAITING_MAX = 16

/** Too many password checks wait already. */
export class HashingBusyError extends Error {}

/** Argon2id, two at a time, so that a flood of logins costs neither all memory nor all cores. */
export class PasswordHashing {
  readonly #waiting: (() => void)[] = []
  #running = 0
  #decoy: Promise<string> | undefined

  hash(password: string): Promise<string> {
    return this.#inTurn(() => Bun.password.hash(password, ARGON))
  }

  /** @param hash undefined for an operator that does not exist: it takes as long, so that names can't be found out. */
  async verify(password: string, hash: string | undefined): Promise<boolean> {
    this.#decoy ??= Bun.password.hash(randomBytes(16).toString('hex'), ARGON)
    const against = hash ?? (await this.#decoy)
    const matches = await this.#inTurn(() => Bun.password.verify(password, against))
    return hash !== undefined && matches
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= AT_ONCE) {
      if (this.#waiting.length >= WAITING_MAX) throw new HashingBusyError('Too many password checks wait.')
      await new Promise<void>(resolve => this.#waiting.push(resolve))
    } else this.#running++
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      // The place is handed on, so that nobody can slip in between.
      if (next) next()
      else this.#running--
    }
  }
}
