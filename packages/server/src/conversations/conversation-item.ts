import type { Kysely } from 'kysely'
import { flatText } from '../messages/flat-text.ts'
import { wireMessageText } from '../messages/message-frame.ts'
import type { Schema } from '../store/schema.ts'
import type { ConversationView, Person } from './conversation-view.ts'
import { conversationViews } from './conversation-views.ts'

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
    ? `{"Type":2,"To_Account":"","Peer_Nick":"","Peer_FaceUrl":"","Group":${JSON.stringify(view.group.shown)}`
    : peerText(view.peer)
  return `${place},"ConvId":${view.conv},"HeadSeq":${view.headSeq},"ChangeNo":${view.changeNo},"LogNo":${
    view.logNo
  },"UnreadMsgNum":${view.unread},"ReadSeq":${view.readSeq},"PeerReadTime":${
    view.peerReadTime
  },"PeerReadSeq":${view.peerReadSeq},"ClearedSeq":${view.clearedSeq},"MsgTime":${view.listTime}${optionsText(
    view,
  )},"LastMsg":${last}}`
}

/** Every list shows an account the same; the account objects are kept while they are in use. */
const peerTexts = new WeakMap<Person, string>()

function peerText(peer: Person): string {
  const known = peerTexts.get(peer)
  if (known !== undefined) return known
  const text = flatText(
    `{"Type":1,"To_Account":${JSON.stringify(peer.userId)},"Peer_Nick":${JSON.stringify(
      peer.nick,
    )},"Peer_FaceUrl":${JSON.stringify(peer.faceUrl)}`,
  )
  peerTexts.set(peer, text)
  return text
}

/** Of a conversation that its owner left as it was, which most are. */
const PLAIN_OPTIONS =
  ',"Hidden":0,"TopFlag":0,"TopTime":0,"StandardMark":"","CustomMark":"","ContactGroupId":[],"RecvOpt":0'

function optionsText(view: ConversationView): string {
  const { hidden, pinnedMs, standardMark, customMark, contactGroups, recvOpt } = view
  const isPlain =
    !hidden && pinnedMs === 0 && standardMark === '' && customMark === '' && contactGroups.length === 0
  if (isPlain && recvOpt === 0) return PLAIN_OPTIONS
  return `,"Hidden":${hidden ? 1 : 0},"TopFlag":${pinnedMs > 0 ? 1 : 0},"TopTime":${
    pinnedMs
  },"StandardMark":"${standardMark}","CustomMark":${JSON.stringify(
    customMark,
  )},"ContactGroupId":[${contactGroups.join(',')}],"RecvOpt":${recvOpt}`
}

function lastMessageText(view: ConversationView): string {
  if (!view.last) return 'null'
  if (view.group) return wireMessageText(view.last, view.group.author, view.peer, view.group.text)
  const isOwn = view.last.senderId === view.owner.id
  return wireMessageText(view.last, isOwn ? view.owner : view.peer, isOwn ? view.peer : view.owner)
}
