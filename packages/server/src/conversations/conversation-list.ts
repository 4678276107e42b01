import { conversationViews } from './conversation-views.ts'
import { type ConversationList, type ListServices, listed } from './listed-conversation.ts'
import { ownConversations } from './own-conversations.ts'
import { shortList } from './short-list.ts'

/** The list of an account, for a reader that goes through it page by page. */
export async function conversationList(
  services: ListServices,
  app: number,
  owner: number,
): Promise<ConversationList> {
  const short = await shortList(services, app, owner)
  if (short) return short
  const db = services.store.read
  return {
    all: await ownConversations(db, app, owner),
    show: async convs => (await conversationViews(db, app, owner, convs)).map(listed),
  }
}
