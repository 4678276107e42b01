import TencentCloudChat from '@rookery/chat'

const { TYPES } = TencentCloudChat

/** What the create methods of the SDK need to know of the conversation. */
export interface Address {
  readonly to: string
  readonly conversationType: typeof TYPES.CONV_C2C | typeof TYPES.CONV_GROUP
  readonly needReadReceipt: boolean
}

/** ConversationIDs are the kind of conversation, then the UserID or GroupID. */
export const withUser = (userID: string) => `${TYPES.CONV_C2C}${userID}`
export const withGroup = (groupID: string) => `${TYPES.CONV_GROUP}${groupID}`

export const isGroup = (conversationID: string) => conversationID.startsWith(TYPES.CONV_GROUP)

/** The UserID or GroupID. */
export const peerOf = (conversationID: string) =>
  conversationID.slice((isGroup(conversationID) ? TYPES.CONV_GROUP : TYPES.CONV_C2C).length)

export const addressTo = (conversationID: string): Address => ({
  to: peerOf(conversationID),
  conversationType: isGroup(conversationID) ? TYPES.CONV_GROUP : TYPES.CONV_C2C,
  needReadReceipt: true,
})

/** The part of the page's address that opens the conversation. */
export const hashOf = (conversationID: string) =>
  `#${new URLSearchParams({ [isGroup(conversationID) ? 'group' : 'with']: peerOf(conversationID) })}`

/** The conversation that the page's address names, or `''`. */
export function openByHash(): string {
  const named = new URLSearchParams(location.hash.slice(1))
  const [user, group] = [named.get('with'), named.get('group')]
  if (group) return withGroup(group)
  return user ? withUser(user) : ''
}
