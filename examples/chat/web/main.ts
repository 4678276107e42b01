import TencentCloudChat, { type ChatSDK, type Conversation, type Message } from '@rookery/chat'
import {
  AppServerError,
  fetchPeople,
  fetchTicket,
  isSignedIn,
  type Person,
  signIn,
  signOut,
  type Ticket,
} from './app-server.ts'
import { addressOf, showConversations } from './conversations.ts'
import { byId, initial, setText, toast } from './dom.ts'
import { failStep, finishStep, resetSteps, startStep, textOf } from './login-steps.ts'
import { Thread } from './thread.ts'

const { EVENT, TYPES } = TencentCloudChat

let chat: ChatSDK | undefined
let people: readonly Person[] = []
let thread: Thread | undefined
/** Why the SDK ended the login; empty while the user leaves on purpose. */
let endReason = ''

const KICKS: Readonly<Record<string, string>> = {
  [TYPES.KICKED_OUT_REST_API]: 'An app admin ended it.',
  [TYPES.KICKED_OUT_MULT_ACCOUNT]: 'You logged in with this account in another tab or browser.',
  [TYPES.KICKED_OUT_MULT_DEVICE]: 'You logged in with this account on another device.',
  [TYPES.KICKED_OUT_USERSIG_EXPIRED]: 'The UserSig is no longer valid.',
}

/** Steps 2 to 4: from the app server's UserSig to a chat that is ready. Also after a reload, and after a kick. */
async function enter(): Promise<void> {
  resetSteps(2)
  startStep(2)
  const ticket = await fetchTicket()
  const until = new Date(ticket.expiresAt * 1000).toLocaleString([], {
    dateStyle: 'medium',
    timeStyle: 'short',
  })
  finishStep(2, `${ticket.userSig.slice(0, 24)}… for ${ticket.userID}, until ${until}`)

  startStep(3)
  chat ??= createChat(ticket)
  const ready = nextReady(chat)
  const [{ data }] = await Promise.all([
    chat.login({ userID: ticket.userID, userSig: ticket.userSig }).then(result => {
      finishStep(3, `SDKAppID ${ticket.sdkAppId}: ${result.data.actionStatus}`)
      startStep(4)
      return result
    }),
    ready,
  ])
  finishStep(4, `Logged in as ${ticket.userID} (${data.tinyID})`)

  people = await fetchPeople()
  const name = people.find(it => it.userID === ticket.userID)?.name ?? ticket.userID
  setText(byId('me'), name)
  initial(byId('me-avatar'), name, ticket.userID)
  show('app')
  showList()
  openFromAddress()
}

function createChat(ticket: Ticket): ChatSDK {
  const made = TencentCloudChat.create({
    SDKAppID: ticket.sdkAppId,
    proxyServer: new URL(ticket.serverUrl, location.href).href,
    // Asked again before the UserSig ends, so that a page may stay open for weeks.
    getUserSig: async () => (await fetchTicket()).userSig,
  })
  made.setLogLevel(2)
  made.on(EVENT.NET_STATE_CHANGE, ({ data }) => showNet((data as { state: string }).state))
  made.on(EVENT.CONVERSATION_LIST_UPDATED, showList)
  made.on(EVENT.TOTAL_UNREAD_MESSAGE_COUNT_UPDATED, showList)
  made.on(EVENT.MESSAGE_RECEIVED, ({ data }) => thread?.add(data as readonly Message[]))
  for (const changed of [EVENT.MESSAGE_MODIFIED, EVENT.MESSAGE_REVOKED, EVENT.MESSAGE_READ_BY_PEER])
    made.on(changed, () => thread?.show())
  made.on(EVENT.KICKED_OUT, ({ data }) => {
    const { type } = data as { type: string }
    endReason = KICKS[type] ?? type
  })
  made.on(EVENT.ERROR, ({ data }) => {
    endReason = textOf(data)
  })
  made.on(EVENT.SDK_NOT_READY, () => {
    // The login form and the dialog's own button tell their failures themselves.
    if (endReason !== '' && !byId('app').hidden) showEnd()
  })
  return made
}

function nextReady(sdk: ChatSDK): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      sdk.off(EVENT.SDK_READY, onReady)
      sdk.off(EVENT.SDK_NOT_READY, onEnd)
    }
    const onReady = () => {
      stop()
      endReason = ''
      resolve()
    }
    const onEnd = () => {
      stop()
      reject(new Error(endReason || 'The login ended before the SDK was ready.'))
    }
    sdk.on(EVENT.SDK_READY, onReady)
    sdk.on(EVENT.SDK_NOT_READY, onEnd)
  })
}

async function logIn(event: SubmitEvent): Promise<void> {
  event.preventDefault()
  const form = byId<HTMLFormElement>('login-form')
  const { user, password } = Object.fromEntries(new FormData(form)) as Record<string, string>
  const action = (event.submitter as HTMLButtonElement | null)?.value === 'signup' ? 'signup' : 'login'
  await tryToEnter(async () => {
    resetSteps(1)
    startStep(1)
    await signIn(action, user ?? '', password ?? '')
    finishStep(1, `POST api/${action}: signed in to the example`)
    await enter()
    form.reset()
  })
}

async function tryToEnter(work: () => Promise<void>): Promise<void> {
  const form = byId('login-form')
  form.inert = true
  setText(byId('login-error'), '')
  await work().catch(cause => {
    form.inert = false
    show('login')
    failStep(textOf(cause))
    setText(byId('login-error'), textOf(cause))
  })
  form.inert = false
}

async function logInAgain(): Promise<void> {
  setText(byId('ended-error'), '')
  try {
    await enter()
    byId<HTMLDialogElement>('ended').close()
  } catch (cause) {
    if (cause instanceof AppServerError && cause.status === 401) await leave()
    else setText(byId('ended-error'), textOf(cause))
  }
}

async function leave(): Promise<void> {
  endReason = ''
  byId<HTMLDialogElement>('ended').close()
  await chat?.logout().catch(toast)
  await signOut()
  closeThread()
  history.replaceState(null, '', location.pathname)
  resetSteps(1)
  show('login')
}

function show(page: 'login' | 'app'): void {
  byId('login').hidden = page !== 'login'
  byId('app').hidden = page !== 'app'
  byId(page === 'login' ? 'login' : 'empty').append(byId('how'))
  if (page === 'login') {
    document.title = 'Rookery chat'
    byId('login-form').querySelector('input')?.focus()
  }
}

function showEnd(): void {
  setText(byId('ended-text'), `${endReason} The app server can sign a new UserSig for you.`)
  const dialog = byId<HTMLDialogElement>('ended')
  if (!dialog.open) dialog.showModal()
}

function showNet(state: string): void {
  const texts: Record<string, string> = {
    connected: 'Connected',
    connecting: 'Connecting…',
    disconnected: 'Offline',
  }
  setText(byId('net'), texts[state] ?? state)
  byId('app').dataset.net = state
  const banner = byId('banner')
  banner.hidden = state === 'connected'
  setText(banner, banner.hidden ? '' : 'No connection to Rookery. The SDK keeps trying; nothing is lost.')
}

async function showList(): Promise<void> {
  if (!chat?.isReady()) return
  const { data } = await chat.getConversationList()
  const conversations = data.conversationList as readonly Conversation[]
  showConversations(conversations, people, chat.getLoginUser(), thread?.peer)
  thread?.showHead(conversations, people)
  const unread = chat.getTotalUnreadMessageCount()
  document.title = unread > 0 ? `(${unread}) Rookery chat` : 'Rookery chat'
}

/** The open conversation is named in the address: reload and the back button work. */
function openFromAddress(): void {
  if (!chat?.isReady()) return
  const peer = new URLSearchParams(location.hash.slice(1)).get('with') ?? ''
  closeThread()
  if (peer !== '') {
    thread = new Thread(chat, peer)
    byId('app').dataset.open = ''
    thread.open().catch(toast)
  }
  void showList()
}

function closeThread(): void {
  thread?.close()
  thread = undefined
  delete byId('app').dataset.open
}

byId<HTMLFormElement>('login-form').addEventListener('submit', logIn)
byId('again').addEventListener('click', logInAgain)
byId('leave').addEventListener('click', leave)
byId('sign-out').addEventListener('click', leave)
byId('ended').addEventListener('cancel', event => event.preventDefault())
byId<HTMLFormElement>('new-chat').addEventListener('submit', event => {
  event.preventDefault()
  const form = event.target as HTMLFormElement
  location.hash = addressOf(String(new FormData(form).get('peer')).trim())
  form.reset()
})
byId('back').addEventListener('click', () => {
  location.hash = ''
})
addEventListener('hashchange', openFromAddress)
document.addEventListener('visibilitychange', () => thread?.markRead())

show('login')
if (isSignedIn()) {
  finishStep(1, 'Still signed in to the example')
  void tryToEnter(enter)
}
