/** Nothing of the write was stored: the disk refused it or a mutation has a defect. Each family has its own code for it. */
export class NotStoredError extends Error {
  override readonly name = 'NotStoredError'
  /** Set where the same call may be repeated safely after so long. */
  readonly retryAfterMs: number | undefined

  constructor(message: string, retryAfterMs?: number) {
    super(message)
    this.retryAfterMs = retryAfterMs
  }
}
