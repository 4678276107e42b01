import { join } from 'node:path'
import type { Subprocess } from 'bun'

const ENTRY = join(import.meta.dir, '../../packages/server/src/cli/rookery.ts')
/** A start on a slow, busy machine; far above what it takes. */
const START_MS = 20_000

/** A real `rookery serve` in a process of its own, on a free port. */
export class ServerProcess {
  readonly url: string
  readonly #process: Subprocess<'ignore', 'pipe', 'inherit'>

  private constructor(process: Subprocess<'ignore', 'pipe', 'inherit'>, url: string) {
    this.#process = process
    this.url = url
  }

  static async start(
    dataFolder: string,
    masterKey: Uint8Array,
    options: {
      readonly port?: number
      readonly args?: readonly string[]
      readonly env?: Record<string, string>
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
        stderr: 'inherit',
        env: {
          ...process.env,
          ROOKERY_MASTER_KEY: Buffer.from(masterKey).toString('hex'),
          ROOKERY_LOG_FORMAT: 'json',
          ...options.env,
        },
      },
    )
    const url = await firstUrl(child.stdout)
    if (!url) {
      child.kill('SIGKILL')
      throw new Error('The server process did not say where it is.')
    }
    return new ServerProcess(child, url)
  }

  /** As a power cut for the process: no goodbye, nothing flushed. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL')
    await this.#process.exited
  }

  /** Asks it to stop; resolves with its exit code. */
  async stop(): Promise<number> {
    this.#process.kill('SIGTERM')
    return await this.#process.exited
  }
}

async function firstUrl(stdout: ReadableStream<Uint8Array>): Promise<string | undefined> {
  const reader = stdout.getReader()
  const decoder = new TextDecoder()
  const deadline = Date.now() + START_MS
  let seen = ''
  while (Date.now() < deadline) {
    const { value, done } = await reader.read()
    if (done) return undefined
    seen += decoder.decode(value, { stream: true })
    const url = /running at (\S+)/.exec(seen)?.[1]
    if (!url) continue
    void drain(reader)
    return url
  }
  return undefined
}

/** Keeps the pipe empty so that the child never waits for us. */
async function drain(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  while (!(await reader.read()).done);
}
