import { randomBytes } from 'node:crypto'
import { defaultSettings, type Settings } from '@rookery/protocol/limits'
import type { LoginAnswer } from '@rookery/protocol/wire'
import { sign } from '@rookery/usersig'
import pino from 'pino'
import { keyPurpose, SecretBox } from '../apps/secret-box.ts'
import { type RunningServer, type ServerOptions, startServer } from '../server.ts'
import { SocketClient } from './socket-client.ts'
import {
  newTestDatabase,
  type RunSql,
  type SqlValue,
  type TestDatabase,
  type TestEngine,
} from './test-database.ts'

export const TEST_APP = 1400000001
export const TEST_ADMIN = 'administrator'

/** A logged-in client. */
export type Device = SocketClient & { readonly login: LoginAnswer }

export interface TestServerOptions {
  readonly settings?: Partial<Settings>
  /** Accounts that exist from the start. */
  readonly users?: readonly string[]
  readonly server?: Partial<ServerOptions>
  /** An empty folder for the data, which is left there; a temporary one when absent. Makes the engine SQLite. */
  readonly folder?: string
  /** For tests that are about one engine. */
  readonly engine?: TestEngine
  /** Another node on the same PostgreSQL, with the same keys; it must be stopped first. */
  readonly beside?: TestServer
}

/** Answer of a REST call. */
export interface RestAnswer {
  readonly ActionStatus: string
  readonly ErrorCode: number
  readonly ErrorInfo: string
  readonly [field: string]: unknown
}

export interface RestCall {
  readonly method?: string
  readonly query?: Readonly<Record<string, string | undefined>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** A real server on a database of its own and a free port, with one app, one key and one app admin. */
export class TestServer {
  readonly database: TestDatabase
  readonly key: string
  readonly masterKey: Buffer
  readonly box: SecretBox
  readonly #options: TestServerOptions
  readonly #secrets = new Map<number, string>()
  #server: RunningServer | undefined

  constructor(options: TestServerOptions) {
    const { beside } = options
    this.database = beside?.database ?? newTestDatabase(options)
    this.key = beside?.key ?? randomBytes(32).toString('hex')
    this.masterKey = beside?.masterKey ?? randomBytes(32)
    this.box = new SecretBox(this.masterKey)
    this.#options = options
  }

  get folder(): string {
    return this.database.folder
  }

  get running(): RunningServer {
    if (!this.#server) throw new Error('The test server does not run.')
    return this.#server
  }

  get url(): string {
    return this.running.url
  }

  /** Starts, or starts again on the same data. */
  async start(): Promise<void> {
    this.#server = await startServer({
      store: this.database.source,
      secretBox: this.box,
      // Several tabs of one user are what most tests need; the policy's own tests set it.
      settings: { ...defaultSettings(), 'login.webInstances': 10, ...this.#options.settings },
      host: '127.0.0.1',
      port: 0,
      trustedProxies: [],
      publicHosts: [],
      log: pino({ level: 'silent' }),
      drainSeconds: 0,
      ...this.#options.server,
    })
  }

  /** Stops the server, keeps the data. */
  async halt(): Promise<void> {
    await this.#server?.stop()
    this.#server = undefined
  }

  async stop(): Promise<void> {
    await this.halt()
    if (!this.#options.beside) await this.database.remove()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  /** Schema, app, key, admin, users. */
  async seed(): Promise<void> {
    await this.database.prepare()
    await this.seedApp(TEST_APP, this.#options.users ?? ['alice', 'bob'])
  }

  /** One more app with its key and its own `administrator`; the server must not run. Returns the app's secret. */
  async seedApp(app: number, users: readonly string[]): Promise<string> {
    const secret = app === TEST_APP ? this.key : randomBytes(32).toString('hex')
    this.#secrets.set(app, secret)
    const now = Math.floor(Date.now() / 1000)
    await this.database.edit(async run => {
      await run('insert into app (app_id, name, created) values (?, ?, ?)', app, 'test', now)
      await run(
        `insert into app_key (app_id, key_id, kind, state, material, created) values (?, 'k1', 'hmac', 'current', ?, ?)`,
        app,
        this.box.seal(secret, keyPurpose(app, 'k1')),
        now,
      )
      const [known] = await run<{ last: number }>('select coalesce(max(account_id), 0) as last from account')
      const last = known?.last ?? 0
      for (const [index, user] of [TEST_ADMIN, ...users].entries())
        await run(
          'insert into account (app_id, account_id, user_id, created) values (?, ?, ?, ?)',
          app,
          last + index + 1,
          user,
          now,
        )
      await this.database.raise(run, 'account', last + 1 + users.length)
      await run(
        `insert into app_admin (app_id, account_id, created, created_by) values (?, ?, ?, 'test')`,
        app,
        last + 1,
        now,
      )
    })
    return secret
  }

  /** A change of rows that no command makes; the server must not run. Returns the statement's rows. */
  sql<R = unknown>(statement: string, ...values: SqlValue[]): Promise<R[]> {
    return this.edit(run => run<R>(statement, ...values))
  }

  edit<T>(change: (run: RunSql) => Promise<T>): Promise<T> {
    return this.database.edit(change)
  }

  userSig(
    userId: string,
    options: { app?: number; signedFor?: number; expire?: number; now?: number; key?: string } = {},
  ): string {
    const app = options.app ?? TEST_APP
    return sign({
      sdkAppId: options.signedFor ?? app,
      userId,
      key: options.key ?? this.#secrets.get(app) ?? this.key,
      ...(options.expire !== undefined && { expire: options.expire }),
      ...(options.now !== undefined && { now: options.now }),
    })
  }

  /** A REST call as the app admin, or as `identifier`. */
  async rest(command: string, body: unknown = {}, identifier: string = TEST_ADMIN): Promise<RestAnswer> {
    return this.restWith(command, { body, query: { identifier, usersig: this.userSig(identifier) } })
  }

  /** A REST call with parts of it replaced; a query parameter of `undefined` is left out. */
  async restWith(command: string, call: RestCall = {}): Promise<RestAnswer> {
    const response = await this.fetch(command, call)
    return (await response.json()) as RestAnswer
  }

  /** The response of a REST call, for its headers. */
  fetch(command: string, call: RestCall = {}): Promise<Response> {
    const query = {
      sdkappid: String(TEST_APP),
      identifier: TEST_ADMIN,
      random: '1',
      contenttype: 'json',
      ...call.query,
    }
    const usersig =
      call.query && 'usersig' in call.query ? call.query.usersig : this.userSig(query.identifier ?? '')
    const pairs = Object.entries({ ...query, usersig }).flatMap(([name, value]) =>
      value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
    )
    const { body = {} } = call
    const isText = typeof body === 'string' || body instanceof Uint8Array
    return fetch(`${this.url}/v4/${command}?${pairs.join('&')}`, {
      method: call.method ?? 'POST',
      ...(call.method !== 'GET' && { body: isText ? (body as BodyInit) : JSON.stringify(body) }),
      ...(call.headers && { headers: call.headers }),
    })
  }

  /** The answer of a REST call that must succeed. */
  async ok<T extends object = Record<string, unknown>>(
    command: string,
    body: unknown = {},
  ): Promise<RestAnswer & T> {
    const answer = await this.rest(command, body)
    if (answer.ErrorCode !== 0) throw new Error(`${command}: ${answer.ErrorCode} ${answer.ErrorInfo}`)
    return answer as RestAnswer & T
  }

  /** A socket without a login. */
  socket(headers: Readonly<Record<string, string>> = {}): Promise<SocketClient> {
    return SocketClient.open(`${this.url}/ws`, headers)
  }

  /** A logged-in device. */
  async connect(userId: string, login: object = {}): Promise<Device> {
    const client = await this.socket()
    const answer = await client.ok<LoginAnswer>('session/login', {
      sdkappid: TEST_APP,
      identifier: userId,
      usersig: this.userSig(userId),
      ...login,
    })
    return Object.assign(client, { login: answer as LoginAnswer })
  }
}

/** @param prepare changes the seeded data before the first start. */
export async function startTestServer(
  options: TestServerOptions = {},
  prepare: (server: TestServer) => void | Promise<void> = () => {},
): Promise<TestServer> {
  const server = new TestServer(options)
  await server.seed()
  await prepare(server)
  await server.start()
  return server
}

/** A text message's body. */
export function textBody(text: string): object[] {
  return [{ MsgType: 'TIMTextElem', MsgContent: { Text: text } }]
}
