import { join } from 'node:path'
import type { BunFile, Subprocess } from 'bun'

const ENTRY = join(import.meta.dir, '../../packages/server/src/cli/rookery.ts')
/** A start on a slow, busy machine; far above what it takes. */
const START_MS = 20_000

type ServeProcess = Subprocess<'ignore', 'pipe', 'inherit' | BunFile>

/** A real `rookery serve` in a process of its own, on a free port. */
export class ServerProcess {
  readonly url: string
  /** What it said on its standard output until it was up, the first start's key included. */
  readonly welcome: string
  readonly #process: ServeProcess

  private constructor(process: ServeProcess, url: string, welcome: string) {
    this.#process = process
    this.url = url
    this.welcome = welcome
  }

  static async start(
    dataFolder: string,
    masterKey: Uint8Array,
    options: {
      readonly port?: number
      readonly args?: readonly string[]
      readonly env?: Record<string, string>
      /** Where it works; default: where the test does. */
      readonly cwd?: string
      /** A file for its log and errors; default: errors go to the test's own, the log nowhere. */
      readonly logFile?: string
      /** Longer than this it may not take until it is up; default 20 s. */
      readonly startMs?: number
    } = {},
  ): Promise<ServerProcess> {
    const child = Bun.spawn(
      [
        process.execPath,
        ENTRY,
        'serve',
        '--data',
        dataFolder,
        '--port',
        String(options.port ?? 0),
        ...(options.args ?? []),
      ],
      {
        stdin: 'ignore',
        stdout: 'pipe',
        stderr: options.logFile === undefined ? 'inherit' : Bun.file(options.logFile),
        ...(options.cwd !== undefined && { cwd: options.cwd }),
        env: {
          ...process.env,
          ROOKERY_MASTER_KEY: Buffer.from(masterKey).toString('hex'),
          ROOKERY_LOG_FORMAT: 'json',
          ...options.env,
        },
      },
    )
    const up = await welcomeOf(child.stdout, options.startMs ?? START_MS)
    if (!up) {
      child.kill('SIGKILL')
      throw new Error('The server process did not say where it is.')
    }
    return new ServerProcess(child, up.url, up.welcome)
  }

  /** As a power cut for the process: no goodbye, nothing flushed. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL')
    await this.#process.exited
  }

  /** SIGSTOP: its sockets stay open and nothing answers. */
  pause(): void {
    this.#process.kill('SIGSTOP')
  }

  resume(): void {
    this.#process.kill('SIGCONT')
  }

  /** It ended, whoever wanted it. */
  get hasEnded(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null
  }

  /** Asks it to stop; resolves with its exit code. */
  async stop(): Promise<number> {
    this.#process.kill('SIGTERM')
    return await this.#process.exited
  }
}

async function welcomeOf(
  stdout: ReadableStream<Uint8Array>,
  withinMs: number,
): Promise<{ readonly url: string; readonly welcome: string } | undefined> {
  const reader = stdout.getReader()
  const decoder = new TextDecoder()
  let seen = ''
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<undefined>(resolve => {
    timer = setTimeout(() => resolve(undefined), withinMs)
  })
  for (;;) {
    const read = await Promise.race([reader.read(), late])
    const { value, done } = read ?? { value: undefined, done: true }
    if (done) {
      clearTimeout(timer)
      return undefined
    }
    seen += decoder.decode(value, { stream: true })
    // The welcome is one write that ends with an empty line.
    const url = /running at (\S+)[\s\S]*\n\n/.exec(seen)?.[1]
    if (!url) continue
    clearTimeout(timer)
    void drain(reader)
    return { url, welcome: seen }
  }
}

/** Keeps the pipe empty so that the child never waits for us. */
async function drain(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  while (!(await reader.read()).done);
}
