import type { MessageKey } from '@rookery/protocol/message-key'
import { ownerLocks } from '../conversations/owner-row.ts'
import { bumpOwnerState } from '../conversations/owner-state.ts'
import { defineMutation } from '../store/mutation.ts'
import { KEEPS_HEADS } from './message-change.ts'
import { pairOf } from './pair.ts'
import { findMessage } from './stored-message.ts'

export interface Hiding {
  readonly app: number
  readonly owner: number
  readonly peer: number
  readonly keys: readonly MessageKey[]
  readonly notBefore: number
}

/** Takes messages out of one side's view; the other side keeps them (rest-1 section 4.11). Unknown ones are left out. */
export const hideMessages = defineMutation<Hiding, { readonly hidden: number }>(
  'messages/hide',
  async (tx, hiding) => {
    const pair = await pairOf(tx.db, hiding.app, hiding.owner, hiding.peer)
    if (!pair) return { hidden: 0 }
    let hidden = 0
    for (const key of hiding.keys) {
      const message = await findMessage(tx.db, pair, {
        key,
        viewer: hiding.owner,
        notBefore: hiding.notBefore,
      })
      if (!message) continue
      await tx.db
        .insertInto('message_hidden')
        .values({ app_id: pair.app, account_id: hiding.owner, conv_id: pair.conv, seq: message.seq })
        .execute()
      hidden++
    }
    if (hidden > 0) await bumpOwnerState(tx, hiding.app, hiding.owner, pair.conv)
    return { hidden }
  },
  { ...KEEPS_HEADS, locks: ({ app, owner, peer }) => ownerLocks(app, owner, [peer]) },
)
