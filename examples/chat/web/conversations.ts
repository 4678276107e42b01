import type { Conversation } from '@rookery/chat'
import type { Person } from './app-server.ts'
import { byId, element, initial, list, setText, shortTime } from './dom.ts'

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
export function showConversations(
  conversations: readonly Conversation[],
  people: readonly Person[],
  me: string,
  open: string | undefined,
): void {
  const shown = conversations.filter(it => it.lastMessage.lastTime > 0)
  list(byId('conversations'), shown, {
    key: it => it.conversationID,
    make: it => makeRow(it.userProfile.userID),
    fill: (row, it) => {
      const { lastMessage, unreadCount } = it
      const { userID } = it.userProfile
      const isMine = lastMessage.fromAccount === me
      const text = lastMessage.isRevoked ? 'Recalled message' : lastMessage.messageForShow
      fillRow(row, titleOf(it, userID, people), `${isMine ? 'You: ' : ''}${text}`, userID, open)
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
    fill: (row, it) => fillRow(row, it.name, `Write to ${it.userID}`, it.userID, open),
  })
}

function makeRow(userID: string): HTMLElement {
  const link = element(
    'a',
    'row-link',
    element('span', 'avatar'),
    element('b'),
    element('time'),
    element('span', 'preview'),
    element('span', 'badge'),
  )
  link.href = addressOf(userID)
  link.querySelector('.avatar')?.setAttribute('aria-hidden', 'true')
  link.querySelector('.badge')?.setAttribute('role', 'img')
  return element('li', '', link)
}

function fillRow(
  row: HTMLElement,
  title: string,
  preview: string,
  userID: string,
  open: string | undefined,
): void {
  setText(row.querySelector('b'), title)
  setText(row.querySelector('.preview'), preview)
  initial(row.querySelector('.avatar'), title, userID)
  row.querySelector('a')?.setAttribute('aria-current', String(userID === open))
}
