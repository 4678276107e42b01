import TencentCloudChat, { type ChatSDK, type Message } from '@rookery/chat'
import { toast } from '../dom.ts'

const { TYPES } = TencentCloudChat

/** Notices to this user alone, by `payload.operationType`; the kinds left out are told by the group itself. */
const LINES: Readonly<Record<number, (group: string, from: string) => string>> = {
  1: (group, from) => `${from} asks to join ${group}.`,
  2: group => `Your request was approved: you are in ${group}.`,
  3: group => `Your request to join ${group} was refused.`,
  4: (group, from) => `${from} removed you from ${group}.`,
  5: (group, from) => `${from} dismissed ${group}.`,
  7: (group, from) => `${from} added you to ${group}.`,
  12: (group, from) => `${from} invites you to ${group}.`,
  14: (group, from) => `${from} refused the invitation to ${group}.`,
  23: (group, from) => `${from} wants to bring somebody into ${group}.`,
}

/** They come as messages of the conversation `@TIM#SYSTEM`, which this app does not list. */
export function showNotices(chat: ChatSDK, messages: readonly Message[]): boolean {
  const notices = messages.filter(it => it.conversationType === TYPES.CONV_SYSTEM)
  if (notices.length === 0) return false
  for (const { payload } of notices) {
    const { name, groupID } = payload.groupProfile
    const { nick, userID } = payload.operatorInfo
    const line = LINES[payload.operationType]?.(name || groupID, nick || userID)
    if (line !== undefined) toast(line)
  }
  chat.setMessageRead({ conversationID: `${TYPES.CONV_SYSTEM}` }).catch(toast)
  return true
}
