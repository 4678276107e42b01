import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import type { Browser } from 'playwright-core'
import { AppAdmin } from './app-admin.ts'
import { ChatPage } from './chat-page.ts'
import { launchChromium, mustRun } from './chromium.ts'
import { RookeryProcess } from './rookery-process.ts'

export const browserTest = mustRun ? test : test.skip
export const SETUP_MS = 60_000

/** Every step has a limit of its own (chat-page.ts); this one is for many steps on a machine with much else to do. */
setDefaultTimeout(90_000)

export type TwoWindows = readonly [lin: ChatPage, mira: ChatPage]

/** A Rookery with the example, and a browser, for the tests of one file. */
export class ExampleHouse {
  readonly rookery = new RookeryProcess()
  browser!: Browser
  #open: ChatPage[] = []
  #runs = 0

  async start(): Promise<void> {
    ;[this.browser] = await Promise.all([launchChromium(), this.rookery.start()])
  }

  async stop(): Promise<void> {
    await this.browser?.close()
    await this.rookery.remove()
  }

  /** What all pages since the last call complained about; they are closed. */
  async closePages(): Promise<readonly string[]> {
    const pages = this.#open
    this.#open = []
    await Promise.all(pages.map(page => page.close()))
    return pages.flatMap(page => page.complaints)
  }

  async openPage(url = this.rookery.url): Promise<ChatPage> {
    const page = await ChatPage.open(this.browser, url)
    this.#open.push(page)
    return page
  }

  async openWindow(user: string): Promise<ChatPage> {
    const page = await this.openPage()
    await page.signIn(user, this.rookery.passwordOf(user))
    return page
  }

  /** Lin's and Mira's windows, each with the other's conversation open. */
  async twoWindows(): Promise<TwoWindows> {
    const [lin, mira] = await Promise.all([this.openWindow('lin'), this.openWindow('mira')])
    await Promise.all([lin.openConversation('Mira'), mira.openConversation('Lin')])
    return [lin, mira]
  }

  /** Tests share a conversation: each writes texts of its own. */
  texts(...words: readonly string[]): readonly string[] {
    this.#runs++
    return words.map(word => `${word} (${this.#runs})`)
  }

  async chatBothWays(lin: ChatPage, mira: ChatPage, about: string): Promise<void> {
    const [hello = '', answer = ''] = this.texts(`${about}: hello Mira`, `${about}: hello Lin`)
    await lin.write(hello)
    await mira.sees(hello)
    await mira.write(answer)
    await lin.sees(answer)
    await lin.message(hello).getByRole('img', { name: 'Read' }).waitFor()
  }

  admin(): AppAdmin {
    return new AppAdmin(this.rookery.url, this.rookery.sdkAppId, this.rookery.key)
  }
}

/** Starts the house before the tests of the file, and fails a test after which a page had complained. */
export function exampleHouse(): ExampleHouse {
  const house = new ExampleHouse()
  beforeAll(async () => {
    if (mustRun) await house.start()
  }, SETUP_MS)
  afterAll(() => house.stop(), SETUP_MS)
  afterEach(async () => {
    expect(await house.closePages()).toEqual([])
  })
  return house
}
