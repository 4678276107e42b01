/** What the console's page is told beside the text; it has words of its own for these. */
export type RefusalReason =
  | 'forged'
  | 'request'
  | 'too-large'
  | 'signed-out'
  | 'forbidden'
  | 'password-needed'
  | 'password-wrong'
  | 'login-wrong'
  | 'too-many'
  | 'busy'
  | 'link-unknown'
  | 'link-used'
  | 'link-expired'
  | 'operator-name'
  | 'operator-password'
  | 'unknown-command'
  | 'refused'
  | 'not-stored'
  | 'defect'

/** An answer of the console's API that is no result. */
export class ConsoleRefusal extends Error {
  readonly status: number
  readonly reason: RefusalReason
  readonly retryAfterMs: number | undefined

  constructor(status: number, reason: RefusalReason, info: string, retryAfterMs?: number) {
    super(info)
    this.status = status
    this.reason = reason
    this.retryAfterMs = retryAfterMs
  }
}
