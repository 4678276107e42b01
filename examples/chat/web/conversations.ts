import TencentCloudChat, { type Conversation, type LastMessage } from '@rookery/chat'
import { hashOf, isGroup, peerOf, withUser } from './address.ts'
import type { Person } from './app-server.ts'
import { byId, element, initial, list, setText, shortTime } from './dom.ts'
import { type Content, lineOf } from './message-text.ts'
import type { Presence } from './presence.ts'

const { TYPES } = TencentCloudChat

interface Shown {
  readonly conversations: readonly Conversation[]
  readonly people: readonly Person[]
  readonly presence: Presence
  readonly me: string
  /** ConversationID of the right pane. */
  readonly open: string | undefined
}

export function titleOf(
  conversation: Conversation | undefined,
  conversationID: string,
  people: readonly Person[],
): string {
  const peer = peerOf(conversationID)
  if (isGroup(conversationID)) return conversation?.groupProfile?.name || peer
  return conversation?.userProfile.nick || people.find(it => it.userID === peer)?.name || peer
}

/** The left pane: conversations with a message, groups also before their first one, and the app's other users. */
export function showConversations(given: Shown): void {
  const { conversations, people, me } = given
  const shown = conversations.filter(
    it => (it.lastMessage.lastTime > 0 || it.type === TYPES.CONV_GROUP) && it.type !== TYPES.CONV_SYSTEM,
  )
  list(byId('conversations'), shown, {
    key: it => it.conversationID,
    make: it => makeRow(it.conversationID),
    fill: (row, it) => {
      const { conversationID, lastMessage, unreadCount } = it
      fillRow(row, given, conversationID, titleOf(it, conversationID, people), previewOf(it, me))
      setText(row.querySelector('time'), lastMessage.lastTime > 0 ? shortTime(lastMessage.lastTime) : '')
      const badge = row.querySelector<HTMLElement>('.badge')
      setText(badge, unreadCount > 99 ? '99+' : unreadCount > 0 ? String(unreadCount) : '')
      badge?.setAttribute('aria-label', unreadCount > 0 ? `${unreadCount} unread` : '')
    },
  })
  const others = people.filter(
    ({ userID }) => userID !== me && !shown.some(it => it.conversationID === withUser(userID)),
  )
  byId('people-title').hidden = others.length === 0
  list(byId('people'), others, {
    key: it => it.userID,
    make: it => makeRow(withUser(it.userID)),
    fill: (row, it) => fillRow(row, given, withUser(it.userID), it.name, `Write to ${it.userID}`),
  })
}

/** `messageForShow` has the tokens of the original, in Chinese, for kits to translate: here the content is read. */
function previewOf({ type, lastMessage: last, groupAtInfoList }: Conversation, me: string): string {
  if (last.lastTime === 0) return 'No messages yet'
  const text = last.isRevoked ? 'Recalled message' : lineOf(last as Content)
  if (last.type === TYPES.MSG_GRP_TIP) return text
  const from = last.fromAccount === me ? 'You' : type === TYPES.CONV_GROUP ? nameOf(last) : ''
  return `${groupAtInfoList.length > 0 ? '[@] ' : ''}${from === '' ? '' : `${from}: `}${text}`
}

const nameOf = ({ nameCard, nick, fromAccount }: LastMessage) => nameCard || nick || fromAccount

function makeRow(conversationID: string): HTMLElement {
  const link = element(
    'a',
    'row-link',
    element('span', 'avatar'),
    element('span', 'online'),
    element('b'),
    element('time'),
    element('span', 'preview'),
    element('span', 'badge'),
  )
  link.href = hashOf(conversationID)
  link.querySelector('.avatar')?.setAttribute('aria-hidden', 'true')
  for (const picture of link.querySelectorAll('.online, .badge')) picture.role = 'img'
  return element('li', '', link)
}

function fillRow(
  row: HTMLElement,
  { presence, open }: Shown,
  conversationID: string,
  title: string,
  preview: string,
): void {
  setText(row.querySelector('b'), title)
  setText(row.querySelector('.preview'), preview)
  initial(row.querySelector('.avatar'), title, peerOf(conversationID))
  const isOnline = !isGroup(conversationID) && presence[peerOf(conversationID)] === 'Online'
  row.querySelector('.online')?.setAttribute('aria-label', isOnline ? 'online' : '')
  row.querySelector('a')?.setAttribute('aria-current', String(conversationID === open))
}
