import { sign } from '@rookery/usersig'
import { AccountError, Accounts, type DemoUser, PASSWORD_MAX } from './accounts.ts'
import { AppAdmin } from './app-admin.ts'
import { AppSessions } from './app-sessions.ts'
import { AttemptLimit } from './attempt-limit.ts'
import { buildWeb } from './web-bundle.ts'

export interface ExampleOptions {
  readonly sdkAppId: number
  /** The app's key. A function is asked for every ticket, so that a rotated key needs no restart. */
  readonly secretKey: string | (() => string | Promise<string>)
  /** Where the example keeps its users; made when it is missing. */
  readonly dataFolder: string
  /** Rookery, as browsers and this server reach it. Left out: where the page itself came from. */
  readonly rookeryUrl?: string
  /** The app admin as whom users are imported; nobody can sign in or up under it. Default `administrator`. */
  readonly admin?: string
  /** Lifetime of a UserSig; one day when left out. */
  readonly userSigSeconds?: number
  /** `https://files.example.org`: from where the page shows pictures, sound and video; others are links. */
  readonly mediaOrigins?: readonly string[]
  readonly warn?: (text: string) => void
}

export interface ExampleApp {
  /** Answers everything under `/example/`; undefined for other paths. */
  readonly pages: (request: Request, url: URL, address: string) => Promise<Response | undefined>
  /** Two users to try it with, and their passwords. */
  readonly demoUsers: readonly DemoUser[]
}

const BASE = '/example'
const BODY_MAX = 4096
/** A page that stays open renews by itself; a stolen ticket ends within the day. */
const USERSIG_SECONDS = 86_400
/** A minute: wrong passwords for one user from one address; logins, good or not, and sign-ups from one address. */
const FAILURES_PER_USER = 5
const LOGINS_PER_ADDRESS = 30
const SIGNUPS_PER_ADDRESS = 10

/** The app server of the example: a password login of its own, and UserSigs for those who passed it. */
export async function createExampleApp(options: ExampleOptions): Promise<ExampleApp> {
  const [accounts, assets] = await Promise.all([Accounts.open(options.dataFolder), buildWeb()])
  const server = new AppServer(options, accounts)
  const policy = contentSecurityPolicy(options)
  return {
    demoUsers: accounts.demoUsers,
    async pages(request, url, address) {
      const { pathname } = url
      if (pathname === BASE) return new Response(null, { status: 308, headers: { location: `${BASE}/` } })
      if (!pathname.startsWith(`${BASE}/`)) return undefined
      if (!isThisMachine(url.hostname, address))
        return json(403, {
          error: 'The example answers on this machine only: open it as http://localhost or http://127.0.0.1.',
        })
      const name = pathname.slice(BASE.length + 1)
      if (name.startsWith('api/')) return server.answer(name.slice(4), request, url, address)
      const asset = assets.get(name)
      if (!asset || !['GET', 'HEAD'].includes(request.method)) return undefined
      return new Response(asset.body, {
        headers: {
          'content-type': asset.type,
          'cache-control': 'no-cache',
          'content-security-policy': policy,
          'cross-origin-opener-policy': 'same-origin',
          'referrer-policy': 'no-referrer',
          'x-content-type-options': 'nosniff',
        },
      })
    },
  }
}

class AppServer {
  readonly #options: ExampleOptions
  readonly #accounts: Accounts
  readonly #sessions = new AppSessions()
  readonly #userFailures = new AttemptLimit(FAILURES_PER_USER)
  readonly #logins = new AttemptLimit(LOGINS_PER_ADDRESS)
  readonly #signUps = new AttemptLimit(SIGNUPS_PER_ADDRESS)
  readonly #admin: string
  #rookery: AppAdmin | undefined
  #imported = 0

  constructor(options: ExampleOptions, accounts: Accounts) {
    this.#options = options
    this.#accounts = accounts
    this.#admin = options.admin ?? 'administrator'
  }

  async answer(name: string, request: Request, url: URL, address: string): Promise<Response> {
    switch (`${request.method} ${name}`) {
      case 'POST login':
        return this.#login(await credentials(request), url, address)
      case 'POST signup':
        return this.#signUp(await credentials(request), url, address)
    }
    const token = /^Bearer (\S+)$/.exec(request.headers.get('authorization') ?? '')?.[1] ?? ''
    const userID = this.#sessions.userOf(token)
    if (userID === undefined) return json(401, { error: 'You are not signed in to the example. Sign in.' })
    switch (`${request.method} ${name}`) {
      case 'POST usersig':
        return this.#userSig(userID)
      case 'GET people':
        return json(200, { people: this.#accounts.people() })
      case 'GET presence':
        return this.#presence(url)
      case 'POST logout':
        this.#sessions.close(token)
        return json(200, {})
    }
    return json(404, { error: 'The example has no such call.' })
  }

  /** Step 1 of the login process: the app's own login. Rookery has no part in it. */
  async #login(given: Credentials | undefined, url: URL, address: string): Promise<Response> {
    if (!given) return json(400, { error: 'Send {"user", "password"} as application/json.' })
    const key = `${address} ${given.user}`
    const wait = Math.max(this.#userFailures.take(key), this.#logins.take(address))
    if (wait > 0) return tooMany('tries to sign in', wait)
    if (given.user === this.#admin || !(await this.#accounts.verify(given.user, given.password)))
      return json(401, { error: 'The user name or the password is wrong.' })
    this.#userFailures.forget(key)
    return this.#welcome(given.user, url)
  }

  async #signUp(given: Credentials | undefined, url: URL, address: string): Promise<Response> {
    if (!given) return json(400, { error: 'Send {"user", "password"} as application/json.' })
    const wait = this.#signUps.take(address)
    if (wait > 0) return tooMany('new users', wait)
    try {
      if (given.user === this.#admin) throw new AccountError(`The name ${given.user} is reserved.`)
      await this.#accounts.add(given.user, given.password)
    } catch (error) {
      if (error instanceof AccountError) return json(400, { error: error.message })
      throw error
    }
    return this.#welcome(given.user, url)
  }

  async #welcome(userID: string, url: URL): Promise<Response> {
    await this.#import(url)
    return json(200, { userID, token: this.#sessions.open(userID) })
  }

  /** Step 2: a UserSig, for the user who is signed in and nobody else. */
  async #userSig(userID: string): Promise<Response> {
    const { sdkAppId, rookeryUrl, userSigSeconds = USERSIG_SECONDS } = this.#options
    const key = await this.#key()
    const userSig = sign({ sdkAppId, userId: userID, key, expire: userSigSeconds })
    const expiresAt = Math.floor(Date.now() / 1000) + userSigSeconds
    return json(200, { userID, userSig, sdkAppId, expiresAt, serverUrl: rookeryUrl ?? '/' })
  }

  async #import(url: URL): Promise<void> {
    const people = this.#accounts.people()
    if (this.#imported === people.length) return
    try {
      await this.#asAdmin(url).importAccounts(people)
      this.#imported = people.length
    } catch (cause) {
      // Their first login makes the accounts as well; until then nobody can write to them.
      this.#options.warn?.(`The example's users could not be imported: ${cause}`)
    }
  }

  /** Who can be reached now: the page asks this server, for the REST API is not for pages. */
  async #presence(url: URL): Promise<Response> {
    try {
      return json(200, { presence: await this.#asAdmin(url).presenceOf(this.#accounts.people()) })
    } catch (cause) {
      this.#options.warn?.(`Rookery could not be asked who is online: ${cause}`)
      return json(503, { error: 'Rookery does not tell who is online just now.' })
    }
  }

  #asAdmin(url: URL): AppAdmin {
    this.#rookery ??= new AppAdmin({
      host: this.#options.rookeryUrl ?? url.origin,
      sdkAppId: this.#options.sdkAppId,
      admin: this.#admin,
      keyProvider: () => this.#key(),
    })
    return this.#rookery
  }

  async #key(): Promise<string> {
    const { secretKey } = this.#options
    return typeof secretKey === 'string' ? secretKey : secretKey()
  }
}

interface Credentials {
  readonly user: string
  readonly password: string
}

/** A JSON body only: other pages' forms can't send that type. */
async function credentials(request: Request): Promise<Credentials | undefined> {
  if (!request.headers.get('content-type')?.startsWith('application/json')) return undefined
  // Without a length nothing is read either.
  if (!(Number(request.headers.get('content-length') ?? Number.NaN) <= BODY_MAX)) return undefined
  try {
    const { user, password } = (await request.json()) as Partial<Record<string, unknown>>
    if (typeof user !== 'string' || typeof password !== 'string') return undefined
    return password.length > PASSWORD_MAX ? undefined : { user: user.trim().toLowerCase(), password }
  } catch {
    return undefined
  }
}

/** Demo passwords are on the screen: no other machine may try them, nor a web site whose name leads here. */
function isThisMachine(host: string, address: string): boolean {
  const isLocalName = host === 'localhost' || host.endsWith('.localhost') || host === '[::1]'
  return (
    (isLocalName || /^127\.\d+\.\d+\.\d+$/.test(host)) && (address === '::1' || address.startsWith('127.'))
  )
}

function contentSecurityPolicy({ rookeryUrl, mediaOrigins = [] }: ExampleOptions): string {
  const socket = rookeryUrl === undefined ? '' : ` ${new URL(rookeryUrl).origin.replace(/^http/, 'ws')}`
  // Whoever may name any address in a message would learn who looks at it, and from where.
  const media = ["'self'", ...mediaOrigins.map(it => new URL(it).origin)].join(' ')
  return [
    `default-src 'none'; script-src 'self'; style-src 'self'; img-src ${media}; media-src ${media}`,
    `connect-src 'self'${socket}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    `require-trusted-types-for 'script'`,
  ].join('; ')
}

function json(status: number, body: object): Response {
  return Response.json(body, {
    status,
    headers: { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' },
  })
}

function tooMany(what: string, seconds: number): Response {
  const answer = json(429, { error: `Too many ${what}. Wait ${seconds} s, then try again.` })
  answer.headers.set('retry-after', String(seconds))
  return answer
}
