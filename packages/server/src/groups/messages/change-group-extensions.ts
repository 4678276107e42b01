import { messageIdOf } from '@rookery/protocol/message-id'
import { formatMessageKey } from '@rookery/protocol/message-key'
import { type ExtensionEdit, editExtensions, requireExtensible } from '../../messages/change-extensions.ts'
import { defineMutation } from '../../store/mutation.ts'
import { denied } from '../group-error.ts'
import { announceGroupFrame, raiseChangeNo } from './group-message-change.ts'
import {
  conversationLocks,
  type GroupMessageCall,
  KEEPS_HEADS,
  messageStanding,
  seenMessage,
} from './message-call.ts'

export interface GroupExtensionChange extends GroupMessageCall, ExtensionEdit {
  readonly seq: number
  readonly notBefore: number
}

/** Changes key-values on a message of a group. Throws 10007, 23004, 23002, 23003, 10004. */
export const changeGroupExtensions = defineMutation<
  GroupExtensionChange,
  Awaited<ReturnType<typeof editExtensions>>
>(
  'groups/message-extensions',
  async (tx, change) => {
    const { group, role } = await messageStanding(tx, change)
    if (role === 'NonMember') throw denied('You are not in this group.', 'membership')
    const found = await seenMessage(tx, group, change.actor, change.seq)
    const message = requireExtensible(found && found.time >= change.notBefore ? found : undefined)
    return editExtensions(
      tx,
      {
        app: change.app,
        conv: change.conv,
        nextChangeNo: () => raiseChangeNo(tx, group),
        announce: (bumped, operate, changed) =>
          announceGroupFrame(
            tx,
            group,
            bumped,
            JSON.stringify({
              ev: 'extension',
              ConvId: group.conv_id,
              Peer: ['', ''],
              GroupId: group.name,
              Seq: bumped.seq,
              ChangeNo: bumped.change_no,
              MsgKey: formatMessageKey({ msgSeq: bumped.msg_seq, random: bumped.random, time: bumped.time }),
              MsgId: messageIdOf(bumped.sender_id, bumped.client_time, bumped.random),
              OperateType: operate,
              ExtensionList: changed,
            }),
          ),
      },
      message,
      change,
    )
  },
  { ...KEEPS_HEADS, locks: conversationLocks },
)
