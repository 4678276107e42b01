import { defineMutation } from '../store/mutation.ts'
import { type Contact, contactConversation, contactLocks, readAll } from './contact.ts'
import { ensureOwnerRow, KEEPS_HEADS } from './owner-row.ts'
import { bumpOwnerState } from './owner-state.ts'

export type DeleteConversation = Contact & {
  readonly app: number
  readonly owner: number
  /** Takes it out of the list until the next message. */
  readonly hide: boolean
  /** Clears the owner's view of the history. */
  readonly clear: boolean
  /** The owner's other devices are told now. */
  readonly tell: boolean
}

/**
 * Deletes a conversation from its owner's list, its history from the owner's view, or both. The pin goes with it, marks and
 * groups stay (rest-1 section 7.3). What was unread is no longer; the peer does not learn of it.
 */
export const deleteConversation = defineMutation<DeleteConversation, void>(
  'conversations/delete',
  async (tx, call) => {
    const { app, owner, hide, clear, tell } = call
    const pair = await contactConversation(tx, app, owner, call)
    if (!pair) return
    if ('peer' in call) await ensureOwnerRow(tx, app, owner, pair.conv)
    let moved = await readAll(tx, app, owner, call, pair)
    const own = tx.db
      .updateTable('user_conversation')
      .where('app_id', '=', app)
      .where('account_id', '=', owner)
      .where('conv_id', '=', pair.conv)
    if (hide) {
      const { numUpdatedRows } = await own
        .set({ hidden_seq: pair.headSeq, pinned_ms: 0 })
        .where(eb => eb.or([eb('hidden_seq', '<', pair.headSeq), eb('pinned_ms', '>', 0)]))
        .executeTakeFirstOrThrow()
      moved ||= numUpdatedRows > 0n
    }
    if (clear) {
      const { numUpdatedRows } = await own
        .set({ cleared_seq: pair.headSeq })
        .where('cleared_seq', '<', pair.headSeq)
        .executeTakeFirstOrThrow()
      moved ||= numUpdatedRows > 0n
    }
    if (moved) await bumpOwnerState(tx, app, owner, pair.conv, { quiet: !tell })
  },
  { ...KEEPS_HEADS, locks: call => contactLocks(call.app, call.owner, [call]) },
)
