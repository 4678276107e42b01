import { ErrorCode } from '@rookery/protocol/error-code'
import { CommandError } from '../commands/command-error.ts'
import { pairOf } from '../messages/pair.ts'
import { defineMutation } from '../store/mutation.ts'
import { ensureConversation, KEEPS_HEADS, ownerLocks } from './owner-row.ts'
import { bumpOwnerState } from './owner-state.ts'

export interface PinConversation {
  readonly app: number
  readonly owner: number
  readonly peer: number
  readonly pin: boolean
  /** `conv.pinnedMax` */
  readonly max: number
}

/** Pins, which also brings a conversation into the list that is not there, or unpins. Throws 51012 over the limit. */
export const pinConversation = defineMutation<PinConversation, void>(
  'conversations/pin',
  async (tx, { app, owner, peer, pin, max }) => {
    const pair = await pairOf(tx.db, app, owner, peer)
    if (!pin && !pair) return
    const conv = pair?.conv ?? (await ensureConversation(tx, app, owner, peer))
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
    await ensureConversation(tx, app, owner, peer)
    await tx.db
      .updateTable('user_conversation')
      .set(pin ? { pinned_ms: tx.nowMs, hidden_seq: -1 } : { pinned_ms: 0 })
      .where('app_id', '=', app)
      .where('account_id', '=', owner)
      .where('conv_id', '=', conv)
      .execute()
    await bumpOwnerState(tx, app, owner, conv)
  },
  { ...KEEPS_HEADS, locks: ({ app, owner, peer }) => ownerLocks(app, owner, [peer]) },
)
