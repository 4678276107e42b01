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

export interface TestServerOptions {
  readonly settings?: Partial<Settings>
  /** Accounts that exist from the start. */
  readonly users?: readonly string[]
  readonly server?: Partial<ServerOptions>
}

/** Answer of a REST call. */
export interface RestAnswer {
  readonly ActionStatus: string
  readonly ErrorCode: number
  readonly ErrorInfo: string
  readonly [field: string]: unknown
}

/** A real server on a temporary folder and a free port, with one app, one key and one app admin. */
export class TestServer {
  readonly folder: string
  readonly key: string
  readonly masterKey = randomBytes(32)
  readonly box = new SecretBox(this.masterKey)
  readonly #options: TestServerOptions
  #server: RunningServer | undefined

  constructor(options: TestServerOptions) {
    this.folder = mkdtempSync(join(tmpdir(), 'rookery-test-'))
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
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** First start: schema, app, key, admin, users. */
  async seed(): Promise<void> {
    const store = await EmbeddedStore.open({ folder: this.folder, onDefect: text => console.error(text) })
    await store.close()
    const database = openDatabase(this.folder, 'write')
    const now = Math.floor(Date.now() / 1000)
    database.query('insert into app (app_id, name, created) values (?, ?, ?)').run(TEST_APP, 'test', now)
    database
      .query(
        `insert into app_key (app_id, key_id, kind, state, material, created) values (?, 'k1', 'hmac', 'current', ?, ?)`,
      )
      .run(TEST_APP, this.box.seal(this.key, keyPurpose(TEST_APP, 'k1')), now)
    const users = [TEST_ADMIN, ...(this.#options.users ?? ['alice', 'bob'])]
    for (const [index, user] of users.entries())
      database
        .query('insert into account (app_id, account_id, user_id, created) values (?, ?, ?, ?)')
        .run(TEST_APP, index + 1, user, now)
    database.query(`insert into counter (name, value) values ('account', ?)`).run(users.length)
    database
      .query(`insert into app_admin (app_id, account_id, created, created_by) values (?, 1, ?, 'test')`)
      .run(TEST_APP, now)
    database.close()
  }

  userSig(userId: string, options: { expire?: number; now?: number; key?: string } = {}): string {
    return sign({
      sdkAppId: TEST_APP,
      userId,
      key: options.key ?? this.key,
      ...(options.expire !== undefined && { expire: options.expire }),
      ...(options.now !== undefined && { now: options.now }),
    })
  }

  /** A REST call as the app admin, or as `identifier`. */
  async rest(command: string, body: unknown = {}, identifier: string = TEST_ADMIN): Promise<RestAnswer> {
    const query = new URLSearchParams({
      sdkappid: String(TEST_APP),
      identifier,
      usersig: this.userSig(identifier),
      random: '1',
      contenttype: 'json',
    })
    const response = await fetch(`${this.url}/v4/${command}?${query}`, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
    return (await response.json()) as RestAnswer
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
  socket(): Promise<SocketClient> {
    return SocketClient.open(`${this.url}/ws`)
  }

  /** A logged-in device. */
  async connect(userId: string, login: object = {}): Promise<SocketClient & { readonly login: LoginAnswer }> {
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

export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const server = new TestServer(options)
  await server.seed()
  await server.start()
  return server
}

/** A text message's body. */
export function textBody(text: string): object[] {
  return [{ MsgType: 'TIMTextElem', MsgContent: { Text: text } }]
}
