import { ErrorCode } from '@rookery/protocol/error-code'
import { CommandError } from '../../commands/command-error.ts'
import { checkMessageSize } from '../../messages/message-body.ts'
import { defineMutation } from '../../store/mutation.ts'
import { MessageFlag } from '../../store/schema.ts'
import { denied } from '../group-error.ts'
import { SYSTEM_SENDER } from '../tips/append-tip.ts'
import { announceGroupChange, presentGroupText, raiseChangeNo } from './group-message-change.ts'
import {
  conversationLocks,
  type GroupMessageCall,
  KEEPS_HEADS,
  messageStanding,
  seenMessage,
} from './message-call.ts'

export interface GroupModification extends GroupMessageCall {
  readonly seq: number
  /** The version that the caller changed; absent: whatever it is. */
  readonly version?: number
  /** What is given replaces; JSON text, checked except for the size of the whole. */
  readonly body?: string
  readonly custom?: string
  readonly maxBytes: number
  readonly notBefore: number
}

/**
 * Replaces parts of a stored message of a group. Throws 20028 (REST) or 20026 (SDK) when there is no such message, 2480 with the
 * present state when it was changed meanwhile, 10007 for who is no member, and the codes of the size check.
 */
export const modifyGroupMessage = defineMutation<GroupModification, null>(
  'groups/modify-message',
  async (tx, call) => {
    const { group, role } = await messageStanding(tx, call)
    if (role === 'NonMember') throw denied('You are not in this group.', 'membership')
    const message = await seenMessage(tx, group, call.actor, call.seq)
    if (
      !message ||
      message.time < call.notBefore ||
      message.sender_id === SYSTEM_SENDER ||
      message.flags & MessageFlag.RECALLED
    )
      throw new CommandError(
        call.actor.admin ? ErrorCode.MODIFY_GROUP_MESSAGE_NOT_FOUND : ErrorCode.MODIFY_MESSAGE_NOT_FOUND,
        'There is no such message in this group, or it was recalled; check GroupId and MsgSeq.',
        { check: 'MsgSeq' },
      )
    if (call.version !== undefined && call.version !== message.version)
      throw new CommandError(
        ErrorCode.MODIFY_CONFLICT,
        `The message has version ${message.version} now; apply the change to that one.`,
        { check: 'MsgVersion', message: JSON.parse(await presentGroupText(tx, group, message)) },
      )
    const body = call.body ?? message.body
    const custom = call.custom ?? message.custom
    checkMessageSize(body, custom, call.maxBytes, 'socket')
    const modified = {
      body,
      custom,
      version: message.version + 1,
      change_no: await raiseChangeNo(tx, group),
    }
    await tx.db
      .updateTable('message')
      .set(modified)
      .where('app_id', '=', call.app)
      .where('conv_id', '=', call.conv)
      .where('seq', '=', call.seq)
      .execute()
    await announceGroupChange(tx, group, { ...message, ...modified }, 'modify')
    return null
  },
  { ...KEEPS_HEADS, locks: conversationLocks },
)
