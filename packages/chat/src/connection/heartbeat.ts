import { PROBE_AFTER, WAKE_PATIENCE } from '../bounds.ts'
import type { Cancel, Clock } from '../clock.ts'
import type { ReplyBody } from './request-table.ts'

/** Body of `session/hello`: what this client has, for the server to compare. */
export interface HelloBody {
  readonly Epoch: string
  readonly LogNo: number
  readonly Heads: number
  readonly Changes: number
}

/** Share of the server's patience after which the next beat goes out: one may be lost. */
const SHARE_OF_PATIENCE = 0.4

export interface HeartbeatOptions {
  readonly clock: Clock
  readonly call: (cmd: string, body: unknown) => Promise<ReplyBody>
  /** When the longest unanswered request was sent, by `Clock.elapsed`; undefined when none is in flight. */
  readonly waitingSince: () => number | undefined
  /** Undefined before the first synchronisation. */
  readonly hello: () => HelloBody | undefined
  readonly onAnswer: (reply: ReplyBody) => void
  /** The socket is open but dead. */
  readonly onStale: () => void
}

/** Shows the server that this client lives, compares numbers with it, and notices a socket that died silently. */
export class Heartbeat {
  readonly #options: HeartbeatOptions
  #cancelBeat: Cancel | undefined
  #cancelWatch: Cancel | undefined
  #cancelProbe: Cancel | undefined
  #frames = 0
  #isRunning = false
  #lastFrameAt = 0
  #helloAt = 0

  constructor(options: HeartbeatOptions) {
    this.#options = options
  }

  /** A socket is logged in. Seconds between comparisons, and seconds of silence that the server endures. */
  start(helloInterval: number, silenceLimit: number): void {
    this.#isRunning = true
    this.#helloAt = this.#options.clock.elapsed()
    const interval = Math.min(helloInterval, silenceLimit * SHARE_OF_PATIENCE) * 1000
    this.#schedule(interval, helloInterval * 1000)
    this.watch()
  }

  stop(): void {
    this.#isRunning = false
    this.#cancelBeat?.()
    this.#cancelWatch?.()
    this.#cancelWatch = undefined
    this.#cancelProbe?.()
  }

  /** A frame came. */
  heard(): void {
    this.#frames += 1
    this.#lastFrameAt = this.#options.clock.elapsed()
  }

  /** The machine may have slept: ask now, and give the socket up when nothing comes soon. */
  probe(): void {
    if (!this.#isRunning) return
    const { clock, call, onStale } = this.#options
    const frames = this.#frames
    call('session/ping', {}).catch(() => undefined)
    this.#cancelProbe?.()
    this.#cancelProbe = clock.after(WAKE_PATIENCE, () => {
      if (this.#frames === frames) onStale()
    })
  }

  /** While requests are in flight, a socket that says nothing is asked, then given up. */
  watch(): void {
    const { clock, waitingSince, onStale, call } = this.#options
    if (this.#cancelWatch || !this.#isRunning) return
    this.#cancelWatch = clock.after(PROBE_AFTER, () => {
      this.#cancelWatch = undefined
      const since = waitingSince()
      if (since === undefined) return
      const silent = clock.elapsed() - Math.max(since, this.#lastFrameAt)
      if (silent >= 2 * PROBE_AFTER) {
        onStale()
        return
      }
      if (silent >= PROBE_AFTER) call('session/ping', {}).catch(() => undefined)
      this.watch()
    })
  }

  #schedule(interval: number, helloInterval: number): void {
    const { clock, hello } = this.#options
    this.#cancelBeat?.()
    this.#cancelBeat = clock.after(interval * (0.9 + 0.1 * clock.random()), () => {
      const isHelloDue = clock.elapsed() - this.#helloAt >= helloInterval * 0.9
      if (isHelloDue) this.#helloAt = clock.elapsed()
      void this.#beat(isHelloDue ? hello() : undefined)
      this.#schedule(interval, helloInterval)
    })
  }

  async #beat(body: HelloBody | undefined): Promise<void> {
    try {
      const reply = await this.#options.call(body ? 'session/hello' : 'session/ping', body ?? {})
      this.#options.onAnswer(reply)
    } catch {
      // A dead socket is noticed by the watch.
    }
  }
}
