import type { ChatSDK, Message } from '@rookery/chat'
import { toast } from '../dom.ts'

const UNREAD = 1
/** The toast has room for so many. */
const COUNT = 20

/** Tells who has read an own message of a group, and who has not. */
export async function showReaders(chat: ChatSDK, message: Message): Promise<void> {
  const ask = async (filter: number) =>
    (await chat.getGroupMessageReadMemberList({ message, filter, cursor: '', count: COUNT })).data
  const [{ readUserIDList }, { unreadUserIDList }] = [await ask(0), await ask(UNREAD)]
  const nobody = ['nobody']
  const [read, unread] = [readUserIDList, unreadUserIDList].map(it =>
    new Intl.ListFormat('en').format(it.length > 0 ? it : nobody),
  )
  toast(`Read by ${read}. Not yet by ${unread}.`)
}
