import { pairOf } from '../messages/pair.ts'
import { defineMutation } from '../store/mutation.ts'
import { ensureOwnerRow, KEEPS_HEADS, ownerLocks } from './owner-row.ts'
import { bumpOwnerState } from './owner-state.ts'
import { moveOwnMark } from './read-mark.ts'

export interface DeleteConversation {
  readonly app: number
  readonly owner: number
  readonly peer: number
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
  async (tx, { app, owner, peer, hide, clear, tell }) => {
    const pair = await pairOf(tx.db, app, owner, peer)
    if (!pair) return
    await ensureOwnerRow(tx, app, owner, pair.conv)
    let moved = await moveOwnMark(tx, app, owner, pair.conv, pair.headSeq)
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
  { ...KEEPS_HEADS, locks: ({ app, owner, peer }) => ownerLocks(app, owner, [peer]) },
)
