import type { CheckpointRequest, CheckpointResult } from './checkpoint-worker.ts'

/** Pages of the log (4 KiB each) after which it is moved into the file. */
const EVERY_PAGES = 2000
/** A log of 32 MiB begins anew; until then it grows, for new pages of it come while the older ones are being moved. */
const RESTART_PAGES = 8000
/** So many operations are enough, however small the last ones were: the next may be large messages. */
const EVERY_OPERATIONS = 4000
/** Pages of an operation, a large message, before anything was measured. */
const PAGES_AN_OPERATION = 5
/** A guess that is too high costs a checkpoint too many, no more. */
const PAGES_AN_OPERATION_MAX = 50

export interface CheckpointsHost {
  readonly folder: string
  /** The writer shall move the little that is left, so that its next batch begins the log anew. */
  readonly restart: () => void
  readonly onDefect: (text: string) => void
}

/** Decides when the log is moved into the file, and has it done by a thread of its own, which starts when there is something to do. */
export class Checkpoints {
  readonly #host: CheckpointsHost
  #worker: Worker | undefined
  #operations = 0
  #pagesEach = PAGES_AN_OPERATION
  /** Pages of the log at the last checkpoint. */
  #log = 0
  #running: Promise<void> | undefined
  #closed = false

  constructor(host: CheckpointsHost) {
    this.#host = host
  }

  /** A batch was committed. */
  wrote(operations: number): void {
    this.#operations += operations
    if (this.#running || this.#closed) return
    const counted = this.#operations
    if (counted < EVERY_OPERATIONS && counted * this.#pagesEach < EVERY_PAGES) return
    this.#operations = 0
    this.#running = this.#run(counted).finally(() => {
      this.#running = undefined
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#running
    if (this.#worker) await this.#ask(this.#worker, 'close')
    this.#worker?.terminate()
  }

  async #run(operations: number): Promise<void> {
    this.#worker ??= new Worker(new URL('./checkpoint-worker.ts', import.meta.url).href)
    const result = await this.#ask(this.#worker, { folder: this.#host.folder })
    if ('failed' in result) {
      this.#host.onDefect(logNotMoved(result.failed))
      return
    }
    const pages = result.log < this.#log ? result.log : result.log - this.#log
    this.#pagesEach = Math.min(pages / operations, PAGES_AN_OPERATION_MAX)
    this.#log = result.log
    if (result.log < RESTART_PAGES) return
    this.#log = 0
    this.#host.restart()
  }

  #ask(worker: Worker, request: CheckpointRequest | 'close'): Promise<CheckpointResult> {
    return new Promise(resolve => {
      worker.onmessage = event => resolve(event.data as CheckpointResult)
      worker.onerror = event => {
        // It answers no more; the next checkpoint starts another.
        this.#worker = undefined
        worker.terminate()
        resolve({ failed: event.message })
      }
      worker.postMessage(request)
    })
  }
}

/** For the operator's log. */
export function logNotMoved(reason: string): string {
  return `The log of the database could not be moved into its file, so it grows: ${reason}`
}
