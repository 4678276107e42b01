import { MessageFlag } from '../store/schema.ts'

/** The options of a send that become bits of the stored message (rest-1 section 4.2). */
export interface SendOptions {
  readonly SyncOtherMachine?: 1 | 2
  readonly SendMsgControl?: readonly string[]
  readonly IsNeedReadReceipt?: 0 | 1
  readonly SupportMessageExtension?: 0 | 1
}

/** Bits of {@link MessageFlag}. A message to oneself has one view only, so it can't be kept out of the sender's. */
export function sendFlags(
  options: SendOptions,
  how: { readonly byAdmin: boolean; readonly toSelf: boolean },
): number {
  const control = options.SendMsgControl
  let flags = how.byAdmin ? MessageFlag.BY_ADMIN : 0
  if (options.SyncOtherMachine === 2 && !how.toSelf) flags |= MessageFlag.HIDDEN_FROM_SENDER
  if (control?.includes('NoUnread')) flags |= MessageFlag.NO_UNREAD
  if (control?.includes('NoLastMsg')) flags |= MessageFlag.NO_LAST_MESSAGE
  if (options.IsNeedReadReceipt) flags |= MessageFlag.NEEDS_RECEIPT
  if (options.SupportMessageExtension) flags |= MessageFlag.EXTENSIONS
  return flags
}

/** What tells two requests with the same key apart (DESIGN-DATA 4). */
export function contentHash(body: string, custom: string, flags: number): string {
  return Bun.hash(custom === '' ? body : `${body}\n${custom}`, flags).toString(36)
}

export function randomU32(): number {
  return Math.floor(Math.random() * 4294967296)
}
