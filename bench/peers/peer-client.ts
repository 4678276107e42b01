/** To whom messages of the load go. */
export type Target = { readonly user: string } | { readonly group: string }

/** What the load does with what comes. Messages of a sender are numbered from 0. */
export interface MessageTaker {
  /** The server has acknowledged the message, and every one before it. */
  acked(number: number): void
  delivered(number: number): void
  lost(reason: string): void
}

/** One logged-in connection of the load, of any protocol. */
export interface PeerClient {
  /** Left out: what comes is only read. */
  taker: MessageTaker | undefined
  /** From now on it is a member and gets what is sent to the group. */
  join(group: string): Promise<void>
  /** A function that sends a message of this number; its frame is made once. */
  sender(target: Target): Promise<(number: number) => void>
  close(): void
}
