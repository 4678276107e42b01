interface Bucket {
  tokens: number
  at: number
}

interface Allowance {
  readonly burst: number
  /** Milliseconds after which one more try is allowed. */
  readonly refillMs: number
}

/** Own choices: a person who mistypes never meets them, a guesser gets a few thousand tries a day at most. */
const PER_NAME_AND_NETWORK: Allowance = { burst: 10, refillMs: 30_000 }
const PER_NETWORK: Allowance = { burst: 30, refillMs: 10_000 }
const PER_NAME: Allowance = { burst: 100, refillMs: 10_000 }
/** Buckets remembered; the longest unused go first. */
const BUCKETS_MAX = 20_000

export interface LoginTry {
  readonly name: string
  readonly network: string
  /** The operator has logged in from this network lately: others' failures elsewhere must not shut them out. */
  readonly familiar: boolean
}

/**
 * How often a password may be tried. A try is taken before the password is looked at, and given back when it was right, so
 * that many tries at once don't slip through. Nothing is locked: every bucket refills, and a one-time link of the command
 * line needs no password.
 */
export class LoginBudget {
  readonly #buckets = new Map<string, Bucket>()

  /** Returns the milliseconds to wait; 0 = the try is allowed and taken. */
  take(attempt: LoginTry, nowMs: number): number {
    const wanted = allowances(attempt)
    const wait = Math.max(...wanted.map(([key, allowance]) => this.#waitFor(key, allowance, nowMs)))
    if (wait === 0) for (const [key, allowance] of wanted) this.#add(key, allowance, -1, nowMs)
    return wait
  }

  /** The password was right. */
  giveBack(attempt: LoginTry, nowMs: number): void {
    for (const [key, allowance] of allowances(attempt)) this.#add(key, allowance, 1, nowMs)
  }

  #waitFor(key: string, allowance: Allowance, nowMs: number): number {
    const tokens = this.#tokens(key, allowance, nowMs)
    return tokens >= 1 ? 0 : Math.ceil((1 - tokens) * allowance.refillMs)
  }

  #tokens(key: string, { burst, refillMs }: Allowance, nowMs: number): number {
    const bucket = this.#buckets.get(key)
    return bucket ? Math.min(burst, bucket.tokens + Math.max(0, nowMs - bucket.at) / refillMs) : burst
  }

  #add(key: string, allowance: Allowance, change: number, nowMs: number): void {
    const tokens = Math.min(allowance.burst, this.#tokens(key, allowance, nowMs) + change)
    this.#buckets.delete(key)
    if (this.#buckets.size >= BUCKETS_MAX) {
      const oldest = this.#buckets.keys().next().value
      if (oldest !== undefined) this.#buckets.delete(oldest)
    }
    this.#buckets.set(key, { tokens, at: nowMs })
  }
}

function allowances({ name, network, familiar }: LoginTry): readonly (readonly [string, Allowance])[] {
  return [
    [`both ${network} ${name}`, PER_NAME_AND_NETWORK],
    [`network ${network}`, PER_NETWORK],
    ...(familiar ? [] : [[`name ${name}`, PER_NAME] as const]),
  ]
}
