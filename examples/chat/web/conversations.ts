import type { Conversation, LastMessage } from '@rookery/chat'
import type { Person } from './app-server.ts'
import { byId, element, initial, list, setText, shortTime } from './dom.ts'
import { type Content, lineOf } from './message-text.ts'
import type { Presence } from './presence.ts'

interface Shown {
  readonly conversations: readonly Conversation[]
  readonly people: readonly Person[]
  readonly presence: Presence
  readonly me: string
  /** UserID of the conversation in the right pane. */
  readonly open: string | undefined
}

export function titleOf(
  conversation: Conversation | undefined,
  peer: string,
  people: readonly Person[],
): string {
  return conversation?.userProfile.nick || people.find(it => it.userID === peer)?.name || peer
}

/** The part of the page's address that opens the conversation with that user. */
export const addressOf = (userID: string) => `#${new URLSearchParams({ with: userID })}`

/** The left pane: conversations with a message, and the app's other users. */
export function showConversations(given: Shown): void {
  const { conversations, people, me } = given
  const shown = conversations.filter(it => it.lastMessage.lastTime > 0)
  list(byId('conversations'), shown, {
    key: it => it.conversationID,
    make: it => makeRow(it.userProfile.userID),
    fill: (row, it) => {
      const { lastMessage, unreadCount } = it
      const { userID } = it.userProfile
      fillRow(row, given, userID, titleOf(it, userID, people), previewOf(lastMessage, me))
      setText(row.querySelector('time'), shortTime(lastMessage.lastTime))
      const badge = row.querySelector<HTMLElement>('.badge')
      setText(badge, unreadCount > 99 ? '99+' : unreadCount > 0 ? String(unreadCount) : '')
      badge?.setAttribute('aria-label', unreadCount > 0 ? `${unreadCount} unread` : '')
    },
  })
  const others = people.filter(
    ({ userID }) => userID !== me && !shown.some(it => it.userProfile.userID === userID),
  )
  byId('people-title').hidden = others.length === 0
  list(byId('people'), others, {
    key: it => it.userID,
    make: it => makeRow(it.userID),
    fill: (row, it) => fillRow(row, given, it.userID, it.name, `Write to ${it.userID}`),
  })
}

/** `messageForShow` has the tokens of the original, in Chinese, for kits to translate: here the content is read. */
function previewOf(last: LastMessage, me: string): string {
  const text = last.isRevoked ? 'Recalled message' : lineOf(last as Content)
  return last.fromAccount === me ? `You: ${text}` : text
}

function makeRow(userID: string): HTMLElement {
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
  link.href = addressOf(userID)
  link.querySelector('.avatar')?.setAttribute('aria-hidden', 'true')
  for (const picture of link.querySelectorAll('.online, .badge')) picture.role = 'img'
  return element('li', '', link)
}

function fillRow(
  row: HTMLElement,
  { presence, open }: Shown,
  userID: string,
  title: string,
  preview: string,
): void {
  setText(row.querySelector('b'), title)
  setText(row.querySelector('.preview'), preview)
  initial(row.querySelector('.avatar'), title, userID)
  const isOnline = presence[userID] === 'Online'
  row.querySelector('.online')?.setAttribute('aria-label', isOnline ? 'online' : '')
  row.querySelector('a')?.setAttribute('aria-current', String(userID === open))
}
