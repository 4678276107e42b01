/** What sending and showing needs to know of an account. */
export interface Account {
  readonly id: number
  readonly userId: string
  readonly nick: string
  readonly faceUrl: string
  readonly disabled: boolean
  readonly validAfter: number
  readonly newestTicket: number
  /** Its name still stands on old messages, and may be another account's by now. */
  readonly deleted: boolean
}
