import type { Browser, Locator, Page } from 'playwright-core'

/** One window with the example, as a person uses it: by names and texts. */
export class ChatPage {
  readonly page: Page
  /** What the page itself complained about: errors, and what its content policy refused. */
  readonly complaints: string[] = []
  readonly #url: string

  private constructor(page: Page, url: string) {
    this.page = page
    this.#url = url
    // Below the time limit of a test, so that the page's own account of what is missing is seen.
    page.setDefaultTimeout(15_000)
    page.on('pageerror', error => this.complaints.push(String(error)))
    page.on('console', message => {
      const isNetwork = /Failed to load resource|WebSocket connection to/.test(message.text())
      if (message.type() === 'error' && !isNetwork) this.complaints.push(message.text())
    })
  }

  static async open(browser: Browser, url: string): Promise<ChatPage> {
    const context = await browser.newContext({ viewport: { width: 1000, height: 700 }, locale: 'en-GB' })
    const chat = new ChatPage(await context.newPage(), `${url}/example/`)
    await chat.page.goto(chat.#url)
    return chat
  }

  close(): Promise<void> {
    return this.page.context().close()
  }

  async signIn(user: string, password: string): Promise<void> {
    await this.page.getByLabel('User name').fill(user)
    await this.page.getByLabel('Password').fill(password)
    await this.page.getByRole('button', { name: 'Sign in' }).click()
    await this.page.getByText('Connected', { exact: true }).waitFor()
  }

  /** The browser tells of what it refused a moment after it did. */
  async complained(): Promise<void> {
    if (this.complaints.length === 0)
      await this.page.waitForEvent('console', () => this.complaints.length > 0)
  }

  /** By the name of the other person. */
  async openConversation(name: string): Promise<void> {
    await this.entry(name).click()
    await this.page.getByRole('heading', { name }).waitFor()
  }

  async write(text: string): Promise<void> {
    const field = this.page.getByRole('textbox', { name: 'Message' })
    await field.fill(text)
    await field.press('Enter')
  }

  /** The bubble of the message with exactly this text. */
  message(text: string): Locator {
    return this.page
      .getByRole('log')
      .getByRole('listitem')
      .filter({ has: this.page.getByText(text, { exact: true }) })
  }

  async sees(text: string): Promise<void> {
    await this.message(text).waitFor()
  }

  /** The own message with this text is stored: only then its menu has everything. */
  async isSent(text: string): Promise<void> {
    await this.message(text)
      .getByRole('img', { name: /^(Sent|Read)/ })
      .waitFor()
  }

  /** Of a message of one's own, or with the rights for it. */
  async recall(text: string): Promise<void> {
    await this.message(text).click({ button: 'right' })
    await this.page.getByRole('menuitem', { name: 'Recall' }).click()
  }

  /** The conversation's entry in the left pane. */
  entry(name: string): Locator {
    return this.page
      .getByRole('complementary')
      .getByRole('link')
      .filter({ has: this.page.getByText(name, { exact: true }) })
  }

  /** What a button of the page asks for, in its dialog. */
  async answer(dialog: string, fields: Readonly<Record<string, string>>, confirm: string): Promise<void> {
    const form = this.page.getByRole('dialog', { name: dialog })
    for (const [label, text] of Object.entries(fields)) await form.getByLabel(label).fill(text)
    await form.getByRole('button', { name: confirm }).click()
    await form.waitFor({ state: 'hidden' })
  }

  /** The pane of the open group, shown. */
  async groupPane(): Promise<Locator> {
    const pane = this.page.locator('#group')
    if (!(await pane.isVisible())) await this.page.getByRole('button', { name: 'Group', exact: true }).click()
    return pane
  }

  /** A member's entry in the pane of the open group. */
  async member(name: string): Promise<Locator> {
    const pane = await this.groupPane()
    return pane.getByRole('listitem').filter({ has: this.page.getByText(name, { exact: true }) })
  }

  async doWithMember(name: string, item: string): Promise<void> {
    const member = await this.member(name)
    await member.getByRole('button', { name: `What to do with ${name}` }).click()
    await this.page.getByRole('menuitem', { name: item }).click()
  }

  /** Resolves when the member's entry says this of their role. */
  async hasRole(name: string, role: string): Promise<void> {
    await (await this.member(name)).getByText(role, { exact: true }).waitFor()
  }

  /** The group's tip, or the app's own message to the person, with exactly this text. */
  async isTold(text: string): Promise<void> {
    await this.page.getByText(text, { exact: true }).last().waitFor()
  }
}
