import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Subprocess } from 'bun'

const PROGRAM = join(import.meta.dir, '../../packages/server/src/cli/rookery.ts')
const START_MS = 20_000

/** What `npm start` runs: the real program, with the example unless told otherwise, on temporary folders. */
export class RookeryProcess {
  readonly #example: boolean
  readonly #root = mkdtempSync(join(tmpdir(), 'rookery-house-'))
  #child: Subprocess<'ignore', 'pipe', 'pipe'> | undefined
  #port = '0'
  /** All that the program printed since its last start. */
  output = ''

  constructor({ example = true }: { readonly example?: boolean } = {}) {
    this.#example = example
  }

  get url(): string {
    return /running at (\S+)/.exec(this.output)?.[1] ?? ''
  }

  /** As the program prints it for a person. */
  passwordOf(user: string): string {
    return new RegExp(`user ${user}\\s+password (\\S+)`).exec(this.output)?.[1] ?? ''
  }

  get sdkAppId(): number {
    return Number(/SDKAppID (\d+), app admin/.exec(this.output)?.[1])
  }

  get keyFile(): string {
    return join(this.#root, 'example', 'secret-key')
  }

  get key(): string {
    return readFileSync(this.keyFile, 'utf8').trim()
  }

  set key(secret: string) {
    writeFileSync(this.keyFile, secret)
  }

  /** Resolves when the pages can be opened. A second start takes the same port. */
  async start(): Promise<void> {
    this.output = ''
    const child = Bun.spawn(
      [process.execPath, PROGRAM, 'serve', ...(this.#example ? ['--example'] : []), '--port', this.#port],
      {
        cwd: this.#root,
        env: this.#environment(),
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    this.#child = child
    const started = Promise.withResolvers<void>()
    const timer = setTimeout(
      () => started.reject(new Error(`rookery did not start:\n${this.output}`)),
      START_MS,
    )
    const read = async (stream: ReadableStream<Uint8Array>) => {
      const decoder = new TextDecoder()
      for await (const bytes of stream) {
        this.output += decoder.decode(bytes, { stream: true })
        if (this.#isComplete()) started.resolve()
      }
    }
    void read(child.stdout)
    void read(child.stderr)
    void child.exited.then(code =>
      started.reject(new Error(`rookery ended with code ${code}:\n${this.output}`)),
    )
    await started.promise.finally(() => clearTimeout(timer))
    this.#port = new URL(this.url).port
  }

  #isComplete(): boolean {
    if (!this.#example) return /npx rookery help/.test(this.output)
    return /user mira\s+password \S+/.test(this.output) && /SDKAppID \d+, app admin/.test(this.output)
  }

  async stop(): Promise<void> {
    this.#child?.kill('SIGTERM')
    await this.#child?.exited
    this.#child = undefined
  }

  async remove(): Promise<void> {
    await this.stop()
    rmSync(this.#root, { recursive: true, force: true })
  }

  /** A command of the operator, in a process of its own as in a terminal. Throws with what it printed when it fails. */
  async command(...args: readonly string[]): Promise<string> {
    const child = Bun.spawn([process.execPath, PROGRAM, ...args], {
      cwd: this.#root,
      env: this.#environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const [out, problem, code] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ])
    if (code !== 0) throw new Error(`rookery ${args.join(' ')} ended with code ${code}:\n${out}${problem}`)
    return out
  }

  /** The machine's own settings must not decide what is tested. */
  #environment(): Record<string, string> {
    const own = Object.entries(process.env).filter(([name]) => !name.startsWith('ROOKERY_'))
    return {
      ...(Object.fromEntries(own) as Record<string, string>),
      ROOKERY_DATA: join(this.#root, 'data'),
      ROOKERY_DRAIN_SECONDS: '1',
      ROOKERY_LOG_LEVEL: 'warn',
    }
  }
}
