import type { ChatSDK, Message } from '@rookery/chat'
import { hashOf, openByHash, withGroup, withUser } from './address.ts'
import { AppServerError, fetchPeople, isSignedIn, type Person, signIn, signOut } from './app-server.ts'
import { showConversations } from './conversations.ts'
import { byId, initial, setText, toast } from './dom.ts'
import { createGroup, joinGroup } from './groups/new-group.ts'
import { showNotices } from './groups/notices.ts'
import { showRequests } from './groups/requests.ts'
import { failStep, finishStep, resetSteps, startStep, textOf } from './login-steps.ts'
import { type Presence, watchPresence } from './presence.ts'
import { createChat, nextReady, nextTicket } from './session.ts'
import { Thread } from './thread.ts'

let chat: ChatSDK | undefined
let people: readonly Person[] = []
let presence: Presence = {}
let thread: Thread | undefined
/** Why the SDK ended the login; empty while the user leaves on purpose. */
let endReason = ''

/** Steps 2 to 4: from the app server's UserSig to a chat that is ready. Also after a reload, and after a kick. */
async function enter(): Promise<void> {
  resetSteps(2)
  startStep(2)
  const ticket = await nextTicket()

  startStep(3)
  chat ??= createChat(ticket, {
    onNet: showNet,
    onList: showList,
    onGroups: showGroups,
    onReceived: showReceived,
    onChanged: () => thread?.show(),
    onTrouble: reason => {
      endReason = reason
    },
    onNotReady: showEnd,
  })
  endReason = ''
  const ready = nextReady(chat, () => endReason)
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
  openFromAddress()
  void askPresence()
  showRequests(chat).catch(toast)
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
  // The login form and the dialog's own button tell their failures themselves.
  if (endReason === '' || byId('app').hidden) return
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
  const conversations = data.conversationList
  showConversations({
    conversations,
    people,
    presence,
    me: chat.getLoginUser(),
    open: thread?.conversationID,
  })
  thread?.showHead(conversations, people, presence)
  const unread = chat.getTotalUnreadMessageCount()
  document.title = unread > 0 ? `(${unread}) Rookery chat` : 'Rookery chat'
}

function showGroups(): void {
  thread?.showGroup()
  void showList()
}

function showReceived(messages: readonly Message[]): void {
  thread?.add(messages)
  if (chat && showNotices(chat, messages)) showRequests(chat).catch(toast)
}

/** Opens the group that was made or joined; undefined when there is none to open. */
async function openNewGroup(how: typeof createGroup): Promise<void> {
  const groupID = chat && (await how(chat))
  if (groupID !== undefined) location.hash = hashOf(withGroup(groupID))
}

/** The open conversation is named in the address: reload and the back button work. */
function openFromAddress(): void {
  if (!chat?.isReady()) return
  const conversationID = openByHash()
  closeThread()
  if (conversationID !== '') {
    thread = new Thread(chat, conversationID)
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
  location.hash = hashOf(withUser(String(new FormData(form).get('peer')).trim()))
  form.reset()
})
byId('create-group').addEventListener('click', () => openNewGroup(createGroup).catch(toast))
byId('find-group').addEventListener('click', () => openNewGroup(joinGroup).catch(toast))
byId('back').addEventListener('click', () => {
  location.hash = ''
})
addEventListener('hashchange', openFromAddress)
document.addEventListener('visibilitychange', () => thread?.markRead())

const askPresence = watchPresence(
  () => chat?.isReady() ?? false,
  found => {
    presence = found
    void showList()
  },
)

show('login')
if (isSignedIn()) {
  finishStep(1, 'Still signed in to the example')
  void tryToEnter(enter)
}
