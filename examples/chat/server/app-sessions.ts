import { createHash, randomBytes } from 'node:crypto'

const LIFETIME_MS = 30 * 86_400_000
const SESSIONS_MAX = 1000

/** Who is signed in to the example. In memory: a restart asks for the passwords again. */
export class AppSessions {
  readonly #sessions = new Map<string, { readonly userID: string; readonly endsAt: number }>()

  /** The token that the page sends with its calls. */
  open(userID: string): string {
    const token = randomBytes(32).toString('base64url')
    this.#sessions.set(digest(token), { userID, endsAt: Date.now() + LIFETIME_MS })
    if (this.#sessions.size > SESSIONS_MAX) {
      const [oldest] = this.#sessions.keys()
      if (oldest !== undefined) this.#sessions.delete(oldest)
    }
    return token
  }

  userOf(token: string): string | undefined {
    const session = this.#sessions.get(digest(token))
    return session && session.endsAt > Date.now() ? session.userID : undefined
  }

  close(token: string): void {
    this.#sessions.delete(digest(token))
  }
}

/** Looked up by digest, so that no comparison runs over the token itself. */
const digest = (token: string) => createHash('sha256').update(token).digest('base64')
