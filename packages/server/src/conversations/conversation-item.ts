import type { Kysely } from 'kysely'
import { wireMessageText } from '../messages/message-frame.ts'
import type { Schema } from '../store/schema.ts'
import { type ConversationView, conversationViews } from './conversation-view.ts'

/** A `WireConversation` as JSON text, with the numbers by which answers choose among items. */
export interface ConversationItem {
  readonly conv: number
  readonly logNo: number
  readonly text: string
}

/** The items of one owner in the order of `convs`; works on either thread's connection. */
export async function conversationItems(
  db: Kysely<Schema>,
  app: number,
  owner: number,
  convs: readonly number[],
): Promise<ConversationItem[]> {
  return (await conversationViews(db, app, owner, convs)).map(view => ({
    conv: view.conv,
    logNo: view.logNo,
    text: conversationItemText(view),
  }))
}

/** @param last the last message's text where it is known */
export function conversationItemText(view: ConversationView, last = lastMessageText(view)): string {
  const place = view.group
    ? `{"Type":2,"To_Account":"","Group":${JSON.stringify(view.group.shown)},`
    : `{"Type":1,"To_Account":${JSON.stringify(view.peer.userId)},`
  return `${place}"ConvId":${view.conv},"HeadSeq":${
    view.headSeq
  },"ChangeNo":${view.changeNo},"LogNo":${view.logNo},"UnreadMsgNum":${view.unread},"ReadSeq":${
    view.readSeq
  },"PeerReadTime":${view.peerReadTime},"PeerReadSeq":${view.peerReadSeq},"ClearedSeq":${
    view.clearedSeq
  },"Hidden":${view.hidden ? 1 : 0},"TopFlag":${view.pinnedMs > 0 ? 1 : 0},"TopTime":${
    view.pinnedMs
  },"StandardMark":"${view.standardMark}","CustomMark":${JSON.stringify(
    view.customMark,
  )},"ContactGroupId":[${view.contactGroups.join(',')}],"RecvOpt":${view.recvOpt},"MsgTime":${
    view.listTime
  },"LastMsg":${last},"Peer_Nick":${JSON.stringify(
    view.peer.nick,
  )},"Peer_FaceUrl":${JSON.stringify(view.peer.faceUrl)}}`
}

function lastMessageText(view: ConversationView): string {
  if (!view.last) return 'null'
  if (view.group) return wireMessageText(view.last, view.group.author, view.peer, view.group.text)
  const isOwn = view.last.senderId === view.owner.id
  return wireMessageText(view.last, isOwn ? view.owner : view.peer, isOwn ? view.peer : view.owner)
}
