import type { Browser, Page } from 'playwright-core'

export interface ConsolePageOptions {
  readonly width?: number
  readonly height?: number
  readonly scheme?: 'light' | 'dark'
  readonly locale?: string
}

/** A browser window with the console, as an operator uses it: by names and texts. */
export class ConsolePage {
  readonly page: Page
  /** What the page itself complained about: errors, and what its content policy refused. */
  readonly complaints: string[] = []
  readonly #password: string

  private constructor(page: Page, password: string) {
    this.page = page
    this.#password = password
    // Below the time limit of a test, so that the page's own account of what is missing is seen; long enough for a
    // machine that runs ten other things.
    page.setDefaultTimeout(20_000)
    page.on('pageerror', error => this.complaints.push(String(error)))
    page.on('console', message => {
      // What the server refuses is shown in the page; the browser notes the status as well.
      const isStatus = message.text().startsWith('Failed to load resource')
      if (['error', 'warning'].includes(message.type()) && !isStatus) this.complaints.push(message.text())
    })
  }

  static async open(
    browser: Browser,
    password: string,
    options: ConsolePageOptions = {},
  ): Promise<ConsolePage> {
    const context = await browser.newContext({
      viewport: { width: options.width ?? 1280, height: options.height ?? 800 },
      locale: options.locale ?? 'en-GB',
      colorScheme: options.scheme ?? 'light',
      reducedMotion: 'reduce',
    })
    return new ConsolePage(await context.newPage(), password)
  }

  close(): Promise<void> {
    return this.page.context().close()
  }

  /** Opens a room of the current app by the navigation. */
  async room(name: string): Promise<void> {
    await this.page.getByRole('navigation').getByRole('link', { name, exact: true }).click()
    await this.page.getByRole('heading', { name, level: 1 }).waitFor()
  }

  button(name: string) {
    return this.page.getByRole('button', { name, exact: true })
  }

  get dialog() {
    return this.page.getByRole('dialog')
  }

  /** Presses the dialog's own button, after the password and the text that must be typed. */
  async confirm(
    name: string,
    needs: { readonly password?: boolean; readonly typed?: string } = {},
  ): Promise<void> {
    if (needs.typed !== undefined) await this.dialog.getByLabel(/^Type /).fill(needs.typed)
    if (needs.password) await this.dialog.getByLabel('Your password').fill(this.#password)
    await this.dialog.getByRole('button', { name, exact: true }).click()
  }

  /** Reads a new key in its dialog and closes it. */
  async takeSecret(): Promise<string> {
    const secret = (await this.dialog.getByLabel('Secret key', { exact: true }).textContent()) ?? ''
    await this.dialog.getByLabel('I have stored the key').check()
    await this.dialog.getByRole('button', { name: 'Done' }).click()
    await this.dialog.waitFor({ state: 'hidden' })
    return secret
  }
}
