import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ServerProcess } from '../server-process.ts'
import type { ClusterNode } from './cluster.ts'

/** A node starts again and again while its database is away. */
const START_WITHIN_MS = 60_000
const START_PAUSE_MS = 250
const LAST_WORDS = 4_000

export interface NodeOptions {
  readonly name: string
  /** A guarded folder: what works in it ends with the test. */
  readonly folder: string
  readonly masterKey: Uint8Array
  readonly env: Readonly<Record<string, string>>
}

export class NodeProcess implements ClusterNode {
  readonly name: string
  readonly dataFolder: string
  readonly #options: NodeOptions
  #process: ServerProcess | undefined
  #isPaused = false
  #wanted = false

  constructor(options: NodeOptions) {
    this.name = options.name
    this.#options = options
    this.dataFolder = join(options.folder, options.name)
    mkdirSync(this.dataFolder, { recursive: true })
  }

  get url(): string | undefined {
    return this.#process?.hasEnded ? undefined : this.#process?.url
  }

  get isPaused(): boolean {
    return this.#isPaused
  }

  /** It ended though nobody killed it. */
  get hasCrashed(): boolean {
    return this.#process?.hasEnded ?? false
  }

  /** The end of its log. */
  get lastWords(): string {
    return existsSync(this.#logFile) ? readFileSync(this.#logFile, 'utf8').slice(-LAST_WORDS) : ''
  }

  get #logFile(): string {
    return join(this.#options.folder, `${this.name}.log`)
  }

  /** Returns what it said. Rejects when it is not up within a minute. */
  async start(): Promise<string> {
    this.#wanted = true
    for (const until = Date.now() + START_WITHIN_MS; ; await Bun.sleep(START_PAUSE_MS)) {
      try {
        const started = await ServerProcess.start(this.dataFolder, this.#options.masterKey, {
          env: { ...this.#options.env },
          cwd: this.dataFolder,
          logFile: this.#logFile,
          startMs: START_WITHIN_MS,
        })
        // The run may have ended meanwhile.
        if (this.#wanted) this.#process = started
        else await started.kill()
        return started.welcome
      } catch (cause) {
        if (!this.#wanted) return ''
        if (Date.now() > until)
          throw new Error(`${this.name} does not start: ${String(cause)}\n${this.lastWords}`)
      }
    }
  }

  async kill(): Promise<void> {
    this.#wanted = false
    this.#isPaused = false
    const process = this.#process
    this.#process = undefined
    await process?.kill()
  }

  async restart(): Promise<void> {
    if (!this.#process) await this.start()
  }

  async pause(): Promise<void> {
    this.#isPaused = true
    this.#process?.pause()
  }

  async resume(): Promise<void> {
    this.#isPaused = false
    this.#process?.resume()
  }

  /** Ends it in order; for changes of its files. */
  async halt(): Promise<void> {
    const process = this.#process
    this.#process = undefined
    await process?.stop()
  }
}
