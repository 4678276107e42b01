import { ErrorCode } from '@rookery/protocol/error-code'
import { CommandError } from '../commands/command-error.ts'
import { defineMutation } from '../store/mutation.ts'
import { type Contact, contactConversation, contactLocks, ensureContact } from './contact.ts'
import { KEEPS_HEADS } from './owner-row.ts'
import { bumpOwnerState } from './owner-state.ts'

export type PinConversation = Contact & {
  readonly app: number
  readonly owner: number
  readonly pin: boolean
  /** `conv.pinnedMax` */
  readonly max: number
}

/** Pins, which also brings a conversation into the list that is not there, or unpins. Throws 51012 over the limit. */
export const pinConversation = defineMutation<PinConversation, void>(
  'conversations/pin',
  async (tx, call) => {
    const { app, owner, pin, max } = call
    const known = await contactConversation(tx, app, owner, call)
    if (!pin && !known) return
    const conv = known?.conv ?? (await ensureContact(tx, app, owner, call))
    const rows = await tx.db
      .selectFrom('user_conversation')
      .select('conv_id')
      .where('app_id', '=', app)
      .where('account_id', '=', owner)
      .where('pinned_ms', '>', 0)
      .execute()
    const isPinned = rows.some(row => row.conv_id === conv)
    if (isPinned === pin) return
    if (pin && rows.length >= max)
      throw new CommandError(
        ErrorCode.CONVERSATION_PINNED_LIMIT,
        `${max} conversations are pinned already; unpin one first.`,
        { check: 'conv.pinnedMax', max },
      )
    await ensureContact(tx, app, owner, call)
    await tx.db
      .updateTable('user_conversation')
      .set(pin ? { pinned_ms: tx.nowMs, hidden_seq: -1 } : { pinned_ms: 0 })
      .where('app_id', '=', app)
      .where('account_id', '=', owner)
      .where('conv_id', '=', conv)
      .execute()
    await bumpOwnerState(tx, app, owner, conv)
  },
  { ...KEEPS_HEADS, locks: call => contactLocks(call.app, call.owner, [call]) },
)
