import type { Services } from '../commands/services.ts'
import { conversationItemText } from './conversation-item.ts'
import type { ConversationView } from './conversation-view.ts'
import type { OwnConversation } from './own-conversations.ts'

/** A conversation as its owner's list shows it. */
export interface ListedConversation {
  readonly view: ConversationView
  /** Of a `WireConversation`. */
  readonly text: () => string
}

export interface ConversationList {
  /** In no order. */
  readonly all: readonly OwnConversation[]
  /** These conversations, in their order. */
  readonly show: (convs: readonly number[]) => Promise<ListedConversation[]>
}

/** What lists work with. */
export type ListServices = Pick<Services, 'store' | 'accounts' | 'lastMessages'>

export function listed(view: ConversationView): ListedConversation {
  return { view, text: () => conversationItemText(view) }
}
