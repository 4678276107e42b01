import type { Database } from 'bun:sqlite'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaultSettings, type Settings } from '@rookery/protocol/limits'
import type { LoginAnswer } from '@rookery/protocol/wire'
import { sign } from '@rookery/usersig'
import pino from 'pino'
import { keyPurpose, SecretBox } from '../apps/secret-box.ts'
import { type RunningServer, type ServerOptions, startServer } from '../server.ts'
import { EmbeddedStore } from '../store/sqlite/embedded-store.ts'
import { openDatabase } from '../store/sqlite/open-database.ts'
import { SocketClient } from './socket-client.ts'

export const TEST_APP = 1400000001
export const TEST_ADMIN = 'administrator'

/** A logged-in client. */
export type Device = SocketClient & { readonly login: LoginAnswer }

export interface TestServerOptions {
  readonly settings?: Partial<Settings>
  /** Accounts that exist from the start. */
  readonly users?: readonly string[]
  readonly server?: Partial<ServerOptions>
  /** An empty folder for the data, which is left there; a temporary one when absent. */
  readonly folder?: string
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

/** A real server on a temporary folder and a free port, with one app, one key and one app admin. */
export class TestServer {
  readonly folder: string
  readonly key: string
  readonly masterKey = randomBytes(32)
  readonly box = new SecretBox(this.masterKey)
  readonly #options: TestServerOptions
  readonly #secrets = new Map<number, string>()
  #server: RunningServer | undefined

  constructor(options: TestServerOptions) {
    this.folder = options.folder ?? mkdtempSync(join(tmpdir(), 'rookery-test-'))
    this.key = randomBytes(32).toString('hex')
    this.#options = options
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
      dataFolder: this.folder,
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
    if (this.#options.folder === undefined) rmSync(this.folder, { recursive: true, force: true })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  /** Schema, app, key, admin, users. */
  async seed(): Promise<void> {
    const store = await EmbeddedStore.open({ folder: this.folder, onDefect: text => console.error(text) })
    await store.close()
    this.seedApp(TEST_APP, this.#options.users ?? ['alice', 'bob'])
  }

  /** One more app with its key and its own `administrator`; the server must not run. Returns the app's secret. */
  seedApp(app: number, users: readonly string[]): string {
    const secret = app === TEST_APP ? this.key : randomBytes(32).toString('hex')
    this.#secrets.set(app, secret)
    const database = openDatabase(this.folder, 'write')
    const now = Math.floor(Date.now() / 1000)
    database.query('insert into app (app_id, name, created) values (?, ?, ?)').run(app, 'test', now)
    database
      .query(
        `insert into app_key (app_id, key_id, kind, state, material, created) values (?, 'k1', 'hmac', 'current', ?, ?)`,
      )
      .run(app, this.box.seal(secret, keyPurpose(app, 'k1')), now)
    const { last } = database
      .query<{ last: number }, []>(`select coalesce(max(account_id), 0) as last from account`)
      .get() ?? { last: 0 }
    for (const [index, user] of [TEST_ADMIN, ...users].entries())
      database
        .query('insert into account (app_id, account_id, user_id, created) values (?, ?, ?, ?)')
        .run(app, last + index + 1, user, now)
    database
      .query(`insert into counter (name, value) values ('account', ?1) on conflict do update set value = ?1`)
      .run(last + 1 + users.length)
    database
      .query(`insert into app_admin (app_id, account_id, created, created_by) values (?, ?, ?, 'test')`)
      .run(app, last + 1, now)
    database.close()
    return secret
  }

  /** A change of rows that no command makes; the server must not run. */
  sql(statement: string, ...values: (string | number)[]): void {
    this.edit(database => database.query(statement).run(...values))
  }

  edit(change: (database: Database) => void): void {
    const database = openDatabase(this.folder, 'write')
    database.transaction(() => change(database))()
    database.close()
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
  prepare: (server: TestServer) => void = () => {},
): Promise<TestServer> {
  const server = new TestServer(options)
  await server.seed()
  prepare(server)
  await server.start()
  return server
}

/** A text message's body. */
export function textBody(text: string): object[] {
  return [{ MsgType: 'TIMTextElem', MsgContent: { Text: text } }]
}
