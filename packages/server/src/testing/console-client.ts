import type { PageHandler } from '../doors/listener.ts'
import { consolePages } from '../operators/console-pages.ts'
import { createLink } from '../operators/setup-token.ts'
import type { TestServer } from './test-server.ts'

export interface ConsoleAnswer {
  readonly status: number
  readonly ok: boolean
  readonly result: unknown
  readonly reason?: string
  readonly info?: string
  readonly code?: number
  readonly retryAfterMs?: number
  readonly headers: Headers
  readonly text: string
}

/** A console in front of a test server, with a clock that a test may turn. */
export class TestConsole {
  #pages: PageHandler | undefined
  #server: TestServer | undefined
  /** Seconds by which the console's clock is ahead. */
  ahead = 0

  /** For the options of the test server, which is made before its console. */
  readonly pages: PageHandler = async (request, url, address) => this.#pages?.(request, url, address)

  open(server: TestServer, assetsFolder = '/nowhere'): void {
    this.#server = server
    this.#pages = consolePages({
      store: server.running.services.store,
      box: server.box,
      settings: server.running.services.settings,
      services: server.running.services,
      log: server.running.services.log,
      assetsFolder,
      clock: () => Date.now() + this.ahead * 1000,
    })
  }

  get server(): TestServer {
    if (!this.#server) throw new Error('The console is not open.')
    return this.#server
  }

  /** A browser of its own: it keeps its cookie. */
  browser(address?: string): ConsoleBrowser {
    return new ConsoleBrowser(this.server.url, address)
  }

  /** A browser in which an operator of that role, made through a link, is signed in. */
  async signedIn(
    name: string,
    role: 'owner' | 'admin' | 'operator' | 'viewer' = 'owner',
  ): Promise<ConsoleBrowser> {
    const path = await createLink(this.server.running.services.store, { name, role, actor: 'cli:test' })
    const browser = this.browser()
    const answer = await browser.call('setup', { token: path.split('=')[1], password: passwordOf(name) })
    if (!answer.ok) throw new Error(`${answer.status} ${answer.info}`)
    return browser
  }
}

/** The password of an operator of the tests. */
export const passwordOf = (name: string): string => `correct horse ${name}`

export class ConsoleBrowser {
  readonly #url: string
  readonly #address: string | undefined
  cookie = ''

  constructor(url: string, address?: string) {
    this.#url = url
    this.#address = address
  }

  /** A call as the page makes it; `headers` replace the page's own, undefined leaves one out. */
  async call(
    name: string,
    body: unknown,
    headers: Readonly<Record<string, string | undefined>> = {},
  ): Promise<ConsoleAnswer> {
    const sent: Record<string, string | undefined> = {
      'content-type': 'application/json',
      'x-rookery-console': '1',
      origin: this.#url,
      'sec-fetch-site': 'same-origin',
      ...(this.cookie && { cookie: this.cookie }),
      ...(this.#address && { 'x-forwarded-for': this.#address }),
      ...headers,
    }
    const response = await fetch(`${this.#url}/console/api/${name}`, {
      method: 'POST',
      headers: Object.entries(sent).filter((entry): entry is [string, string] => entry[1] !== undefined),
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
    const set = response.headers.get('set-cookie')
    if (set) this.cookie = set.split(';')[0] ?? ''
    const text = await response.text()
    return {
      ...(JSON.parse(text) as { ok: boolean; result: unknown }),
      status: response.status,
      headers: response.headers,
      text,
    }
  }

  run(command: string, args: object = {}, password?: string): Promise<ConsoleAnswer> {
    return this.call('run', { command, args, ...(password !== undefined && { password }) })
  }
}
