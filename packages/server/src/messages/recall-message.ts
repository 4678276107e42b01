import { ErrorCode } from '@rookery/protocol/error-code'
import type { MessageKey } from '@rookery/protocol/message-key'
import { CommandError } from '../commands/command-error.ts'
import { defineMutation } from '../store/mutation.ts'
import { MessageFlag } from '../store/schema.ts'
import { announceChange, KEEPS_HEADS, nextChangeNo } from './message-change.ts'
import { pairOf } from './pair.ts'
import { findMessage } from './stored-message.ts'

export interface Recall {
  readonly app: number
  readonly sender: number
  readonly receiver: number
  readonly key: MessageKey
  /** Who recalls it. */
  readonly revoker: number
  /** Only a message that this account sees; absent for an app admin. */
  readonly viewer?: number
  /** Seconds after sending within which it may be recalled; absent: any time. */
  readonly window?: number
  /** Unix seconds of the oldest message of the history. */
  readonly notBefore: number
}

/**
 * Takes a message back: its content is gone for both sides, it no longer counts as unread, and it stays as a recalled one.
 * Throws 20022 (no such message of the sender), 20023 (recalled before), 20016 (too late).
 */
export const recallMessage = defineMutation<Recall, null>(
  'messages/recall',
  async (tx, recall) => {
    const pair = await pairOf(tx.db, recall.app, recall.sender, recall.receiver)
    const message = pair && (await findMessage(tx.db, pair, recall))
    if (!message)
      throw new CommandError(
        ErrorCode.RECALL_MESSAGE_NOT_FOUND,
        'The sender has no such message in this conversation; check From_Account, To_Account and MsgKey.',
        { check: 'MsgKey' },
      )
    if (message.flags & MessageFlag.RECALLED)
      throw new CommandError(ErrorCode.RECALL_ALREADY_DONE, 'message already recalled', { check: 'recalled' })
    if (recall.window !== undefined && tx.now - message.time > recall.window)
      throw new CommandError(
        ErrorCode.RECALL_TIME_LIMIT,
        `The message is ${tx.now - message.time} s old; it can be recalled within ${recall.window} s.`,
        { check: 'recall-window', age: tx.now - message.time, window: recall.window },
      )
    const at = { app_id: pair.app, conv_id: pair.conv, seq: message.seq }
    if ((message.flags & MessageFlag.NO_UNREAD) === 0)
      await tx.db
        .insertInto('message_uncounted')
        .values({ ...at, sender_id: message.sender_id })
        .onConflict(conflict => conflict.doNothing())
        .execute()
    const recalled = {
      body: '',
      custom: '',
      flags: message.flags | MessageFlag.RECALLED,
      revoker_id: recall.revoker,
      change_no: await nextChangeNo(tx, pair),
    }
    await tx.db
      .updateTable('message')
      .set({ ...recalled, push_info: '' })
      .where('app_id', '=', at.app_id)
      .where('conv_id', '=', at.conv_id)
      .where('seq', '=', at.seq)
      .execute()
    await tx.db
      .deleteFrom('message_extension')
      .where('app_id', '=', at.app_id)
      .where('conv_id', '=', at.conv_id)
      .where('seq', '=', at.seq)
      .execute()
    await announceChange(tx, pair, { ...message, ...recalled }, 'recall')
    return null
  },
  { ...KEEPS_HEADS, locks: ({ app, sender, receiver }) => [{ on: 'pair', app, a: sender, b: receiver }] },
)
