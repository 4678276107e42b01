import { ErrorCode } from '@rookery/protocol/error-code'
import type { MessageKey } from '@rookery/protocol/message-key'
import { CommandError } from '../commands/command-error.ts'
import { defineMutation } from '../store/mutation.ts'
import { MessageFlag } from '../store/schema.ts'
import { checkMessageSize } from './message-body.ts'
import { announceChange, KEEPS_HEADS, nextChangeNo, presentText } from './message-change.ts'
import { pairOf } from './pair.ts'
import { findMessage } from './stored-message.ts'

export interface Modification {
  readonly app: number
  readonly sender: number
  readonly receiver: number
  readonly key: MessageKey
  /** Only a message that this account sees; absent for an app admin. */
  readonly viewer?: number
  /** The version that the caller changed; absent: whatever it is. */
  readonly version?: number
  /** What is given replaces; JSON text, checked except for the size of the whole. */
  readonly body?: string
  readonly custom?: string
  readonly maxBytes: number
  readonly door: 'http' | 'socket'
  readonly notBefore: number
}

/**
 * Replaces parts of a stored message. Throws 20022 (REST) or 20026 (SDK) when there is no such message, 2480 with the present
 * state when it was changed meanwhile, and the codes of the size check.
 */
export const modifyMessage = defineMutation<Modification, null>(
  'messages/modify',
  async (tx, change) => {
    const pair = await pairOf(tx.db, change.app, change.sender, change.receiver)
    const message = pair && (await findMessage(tx.db, pair, change))
    if (!message || message.flags & MessageFlag.RECALLED)
      throw new CommandError(
        change.door === 'http' ? ErrorCode.RECALL_MESSAGE_NOT_FOUND : ErrorCode.MODIFY_MESSAGE_NOT_FOUND,
        message
          ? 'The message was recalled; it can no longer be modified.'
          : 'There is no such message in this conversation; check From_Account, To_Account and MsgKey.',
        { check: 'MsgKey' },
      )
    if (change.version !== undefined && change.version !== message.version)
      throw new CommandError(
        ErrorCode.MODIFY_CONFLICT,
        `The message has version ${message.version} now; apply the change to that one.`,
        { check: 'MsgVersion', message: JSON.parse(await presentText(tx, pair, message)) },
      )
    const body = change.body ?? message.body
    const custom = change.custom ?? message.custom
    checkMessageSize(body, custom, change.maxBytes, change.door)
    const modified = {
      body,
      custom,
      version: message.version + 1,
      change_no: await nextChangeNo(tx, pair),
    }
    await tx.db
      .updateTable('message')
      .set(modified)
      .where('app_id', '=', pair.app)
      .where('conv_id', '=', pair.conv)
      .where('seq', '=', message.seq)
      .execute()
    await announceChange(tx, pair, { ...message, ...modified }, 'modify')
    return null
  },
  { ...KEEPS_HEADS, locks: ({ app, sender, receiver }) => [{ on: 'pair', app, a: sender, b: receiver }] },
)
