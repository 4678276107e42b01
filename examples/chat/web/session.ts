import TencentCloudChat, { type ChatSDK, type Message } from '@rookery/chat'
import { fetchTicket, type Ticket } from './app-server.ts'
import { finishStep, textOf } from './login-steps.ts'

const { EVENT, TYPES } = TencentCloudChat

const KICKS: Readonly<Record<string, string>> = {
  [TYPES.KICKED_OUT_REST_API]: 'An app admin ended it.',
  [TYPES.KICKED_OUT_MULT_ACCOUNT]: 'You logged in with this account in another tab or browser.',
  [TYPES.KICKED_OUT_MULT_DEVICE]: 'You logged in with this account on another device.',
  [TYPES.KICKED_OUT_USERSIG_EXPIRED]: 'The UserSig is no longer valid.',
}

/** Step 2 of the login process. The SDK repeats it before a UserSig ends: then the page shows the new end. */
export async function nextTicket(): Promise<Ticket> {
  const ticket = await fetchTicket()
  const until = new Date(ticket.expiresAt * 1000).toLocaleString([], {
    dateStyle: 'medium',
    timeStyle: 'medium',
  })
  finishStep(2, `${ticket.userSig.slice(0, 24)}… for ${ticket.userID}, until ${until}`)
  return ticket
}

export interface Listeners {
  readonly onNet: (state: string) => void
  readonly onList: () => void
  /** The groups that this user is in, or what is known of them. */
  readonly onGroups: () => void
  readonly onReceived: (messages: readonly Message[]) => void
  readonly onChanged: () => void
  /** What went wrong: if `onNotReady` follows, why the login ended. */
  readonly onTrouble: (reason: string) => void
  readonly onNotReady: () => void
}

/** The SDK, and all the events of it that this app listens to. */
export function createChat(ticket: Ticket, listeners: Listeners): ChatSDK {
  const chat = TencentCloudChat.create({
    SDKAppID: ticket.sdkAppId,
    proxyServer: new URL(ticket.serverUrl, location.href).href,
    // Renewal: called between 70 and 90 % of a UserSig's life, so that a page may stay open for weeks.
    getUserSig: async () => (await nextTicket()).userSig,
  })
  chat.setLogLevel(2)
  chat.on(EVENT.NET_STATE_CHANGE, ({ data }) => listeners.onNet(data.state))
  chat.on(EVENT.CONVERSATION_LIST_UPDATED, listeners.onList)
  chat.on(EVENT.TOTAL_UNREAD_MESSAGE_COUNT_UPDATED, listeners.onList)
  chat.on(EVENT.GROUP_LIST_UPDATED, listeners.onGroups)
  chat.on(EVENT.MESSAGE_RECEIVED, ({ data }) => listeners.onReceived(data))
  chat.on(EVENT.MESSAGE_MODIFIED, listeners.onChanged)
  chat.on(EVENT.MESSAGE_REVOKED, listeners.onChanged)
  chat.on(EVENT.MESSAGE_READ_BY_PEER, listeners.onChanged)
  chat.on(EVENT.MESSAGE_READ_RECEIPT_RECEIVED, listeners.onChanged)
  chat.on(EVENT.KICKED_OUT, ({ data }) => listeners.onTrouble(KICKS[data.type] ?? data.type))
  chat.on(EVENT.ERROR, ({ data }) => listeners.onTrouble(textOf(data)))
  chat.on(EVENT.SDK_NOT_READY, listeners.onNotReady)
  return chat
}

/** Resolves when the SDK has synchronised, rejects when the login ends before. */
export function nextReady(chat: ChatSDK, endReason: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      chat.off(EVENT.SDK_READY, onReady)
      chat.off(EVENT.SDK_NOT_READY, onEnd)
    }
    const onReady = () => {
      stop()
      resolve()
    }
    const onEnd = () => {
      stop()
      reject(new Error(endReason() || 'The login ended before the SDK was ready.'))
    }
    chat.on(EVENT.SDK_READY, onReady)
    chat.on(EVENT.SDK_NOT_READY, onEnd)
  })
}
