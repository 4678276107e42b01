/** The calls to the app's own server: steps 1 and 2 of the login process. Rookery knows nothing of them. */

export interface Ticket {
  readonly userID: string
  readonly userSig: string
  readonly sdkAppId: number
  /** Unix seconds. */
  readonly expiresAt: number
  /** Rookery's address, may be relative to this page. */
  readonly serverUrl: string
}

export interface Person {
  readonly userID: string
  readonly name: string
}

export class AppServerError extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** Of this tab alone, so that two tabs may be two users; it outlives a reload. */
const TOKEN = 'example-token'

export const isSignedIn = () => sessionStorage.getItem(TOKEN) !== null

export async function signIn(action: 'login' | 'signup', user: string, password: string): Promise<void> {
  const { token } = await call<{ token: string }>('POST', action, { user, password })
  sessionStorage.setItem(TOKEN, token)
}

export const fetchTicket = () => call<Ticket>('POST', 'usersig')

export const fetchPeople = async () => (await call<{ people: readonly Person[] }>('GET', 'people')).people

/** UserIDs with `Online`, `PushOnline` or `Offline`. The app server asks Rookery: only it is an app admin. */
export const fetchPresence = async () =>
  (await call<{ presence: Readonly<Record<string, string>> }>('GET', 'presence')).presence

export async function signOut(): Promise<void> {
  await call('POST', 'logout').catch(() => undefined)
  sessionStorage.removeItem(TOKEN)
}

async function call<T>(method: string, name: string, body?: object): Promise<T> {
  const response = await fetch(`api/${name}`, {
    method,
    headers: {
      authorization: `Bearer ${sessionStorage.getItem(TOKEN)}`,
      'content-type': 'application/json',
    },
    ...(body && { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new AppServerError(0, 'The app server does not answer. Is it running?')
  })
  const answer = await response.json().catch(() => ({}))
  if (response.ok) return answer
  // The app server was restarted, or the session is old: only the password helps.
  if (response.status === 401) sessionStorage.removeItem(TOKEN)
  throw new AppServerError(response.status, answer.error ?? `The app server answered ${response.status}.`)
}
