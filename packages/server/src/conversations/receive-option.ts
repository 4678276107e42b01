import { pairOf } from '../messages/pair.ts'
import { defineMutation } from '../store/mutation.ts'
import { ensureConversation, KEEPS_HEADS, ownerLocks } from './owner-row.ts'
import { bumpOwnerStates } from './owner-state.ts'
import { moveOwnMark } from './read-mark.ts'
import { DISCARD } from './unread.ts'

export interface SetReceiveOption {
  readonly app: number
  readonly owner: number
  readonly peers: readonly number[]
  readonly option: 0 | 1 | 2
}

/** Sets how messages of these peers are received. What was discarded stays read when messages are received again. */
export const setReceiveOption = defineMutation<SetReceiveOption, void>(
  'conversations/set-receive-option',
  async (tx, { app, owner, peers, option }) => {
    const changed: number[] = []
    for (const peer of new Set(peers)) {
      const pair = await pairOf(tx.db, app, owner, peer)
      if (!pair && option === 0) continue
      const conv = await ensureConversation(tx, app, owner, peer)
      const row = await tx.db
        .selectFrom('user_conversation')
        .select('recv_opt')
        .where('app_id', '=', app)
        .where('account_id', '=', owner)
        .where('conv_id', '=', conv)
        .executeTakeFirstOrThrow()
      if (row.recv_opt === option) continue
      await tx.db
        .updateTable('user_conversation')
        .set({ recv_opt: option })
        .where('app_id', '=', app)
        .where('account_id', '=', owner)
        .where('conv_id', '=', conv)
        .execute()
      if (pair && row.recv_opt === DISCARD) await moveOwnMark(tx, app, owner, conv, pair.headSeq)
      changed.push(conv)
    }
    if (changed.length > 0) await bumpOwnerStates(tx, app, owner, changed)
  },
  { ...KEEPS_HEADS, locks: ({ app, owner, peers }) => ownerLocks(app, owner, peers) },
)
