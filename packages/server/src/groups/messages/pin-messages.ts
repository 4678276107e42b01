import { ErrorCode } from '@rookery/protocol/error-code'
import { CommandError } from '../../commands/command-error.ts'
import { authorOf } from '../../messages/message-change.ts'
import { defineMutation } from '../../store/mutation.ts'
import { MessageFlag } from '../../store/schema.ts'
import { audienceOf } from '../audience/audience-of.ts'
import { badField, denied } from '../group-error.ts'
import { presentGroupText } from './group-message-change.ts'
import {
  conversationLocks,
  type GroupMessageCall,
  KEEPS_HEADS,
  messageStanding,
  seenMessage,
} from './message-call.ts'

/** Pinned messages of a group (rest-2 section 2.6). */
export const PINS_MAX = 10

export interface GroupPin extends GroupMessageCall {
  readonly seq: number
  readonly pinned: boolean
}

/** Pins a message for everybody, or takes the pin away. Throws 10007, 10004 (no such message), 10070, 10071. */
export const pinGroupMessage = defineMutation<GroupPin, void>(
  'groups/pin-message',
  async (tx, call) => {
    const { group, role } = await messageStanding(tx, call)
    if (role === 'NonMember') throw denied('You are not in this group.', 'membership')
    const message = await seenMessage(tx, group, call.actor, call.seq)
    if (!message || message.flags & (MessageFlag.RECALLED | MessageFlag.DIRECTED))
      throw badField('MsgSeq', 'names no message that everybody sees')
    const pins = await tx.db
      .selectFrom('group_pin')
      .select('seq')
      .where('app_id', '=', call.app)
      .where('conv_id', '=', call.conv)
      .execute()
    const isPinned = pins.some(pin => pin.seq === call.seq)
    if (call.pinned && isPinned)
      throw new CommandError(ErrorCode.GROUP_ALREADY_PINNED, 'The message is pinned already.', {
        check: 'pin',
      })
    if (call.pinned === isPinned) return
    if (call.pinned && pins.length >= PINS_MAX)
      throw new CommandError(
        ErrorCode.GROUP_PINNED_LIMIT,
        `The group has ${PINS_MAX} pinned messages; unpin one first.`,
        { check: 'pins', max: PINS_MAX },
      )
    const at = { app_id: call.app, conv_id: call.conv, seq: call.seq }
    if (call.pinned)
      await tx.db
        .insertInto('group_pin')
        .values({ ...at, operator_id: call.actor.account, time: tx.now })
        .execute()
    else
      await tx.db
        .deleteFrom('group_pin')
        .where('app_id', '=', at.app_id)
        .where('conv_id', '=', at.conv_id)
        .where('seq', '=', at.seq)
        .execute()
    const operator = await authorOf(tx, call.app, call.actor.account)
    const head = `{"ev":"groupPin","GroupId":${JSON.stringify(group.name)},"Pinned":${call.pinned ? 1 : 0}`
    const time = call.pinned ? `,"PinTime":${tx.now}` : ''
    tx.changed({
      kind: 'groupPush',
      app: call.app,
      ...audienceOf(group),
      frame: `${head}${time},"m":${await presentGroupText(tx, group, message)},"Operator_Account":${JSON.stringify(
        operator.userId,
      )}}`,
    })
  },
  { ...KEEPS_HEADS, locks: conversationLocks },
)
