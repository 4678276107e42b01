import { percentiles } from './figures.ts'
import { type MeasuredProcess, ownCpu } from './measured-process.ts'
import type { BenchOptions } from './options.ts'
import type { Tally } from './pair.ts'

export const WARM_UP_MS = 1500
const SETTLE_MS = 10_000
/** The generator had no time left: what it measured is its own speed. */
export const SATURATED = 0.95
const SHARES = [0.5, 0.95, 0.99]

/** One source of messages, with its receivers. */
export interface LoadPair {
  /** Messages that it keeps under way; 0 stops it, and an open loop sends by itself. */
  window: number
  /** Everything that was sent is acked and delivered. */
  readonly settled: boolean
  /** Fills the window. */
  fill(): void
  /** @param at the moment from which the message's latency counts. */
  send(at: number): void
}

/** Pairs that send through the same target. */
export interface LoadSide {
  readonly name: string
  readonly pairs: readonly LoadPair[]
  /** Messages that each of them keeps under way at full load; by default as the options say. */
  readonly window?: number
  readonly tally: Tally
  /** Whose CPU is counted; not that of an installation of several processes. */
  readonly target?: Pick<MeasuredProcess, 'cpu'>
}

/** Milliseconds at p50, p95 and p99. */
export interface Half {
  readonly ack: readonly number[]
  readonly delivery: readonly number[]
  /** Share of the delivered messages that the receivers fetched. */
  readonly pulled: number
  /** Requests that were answered with "try again later", from the load before on. */
  readonly refused: number
  readonly loadShare: number
  /** CPU microseconds of the target for each acked message, and those of its main thread; none without a target. */
  readonly cpu: number
  readonly cpuMain: number
  /** Share of its core. */
  readonly targetShare: number
}

/** Closed loop: every pair keeps its window full. Returns the samples of the beginning and the end, when it is warm. */
export async function fullLoad<S>(
  side: LoadSide,
  options: BenchOptions,
  sample: () => S,
): Promise<readonly [before: S, after: S]> {
  for (const pair of side.pairs) {
    pair.window = side.window ?? options.window
    pair.fill()
  }
  await Bun.sleep(WARM_UP_MS)
  const before = sample()
  await Bun.sleep(options.seconds * 1000)
  const after = sample()
  for (const pair of side.pairs) pair.window = 0
  await settle(side)
  return [before, after]
}

/** Open loop at a fixed rate, every millisecond's messages at once; latency counts from the moment they were due. */
export async function loadAt(side: LoadSide, perSecond: number, options: BenchOptions): Promise<Half> {
  const { tally, pairs, target } = side
  const start = performance.now()
  const own = ownCpu()
  const cpu = target?.cpu()
  const end = start + options.seconds * 1000
  const { acked, pulled, delivered } = tally
  let sent = 0
  tally.ackTimes.take()
  tally.deliveryTimes.take()
  tally.measuring = true
  await new Promise<void>(resolve => {
    const timer = setInterval(() => {
      const now = performance.now()
      if (now >= end || tally.failure) {
        clearInterval(timer)
        resolve()
        return
      }
      const millisecond = Math.floor(now - start)
      const due = Math.floor((millisecond * perSecond) / 1000)
      for (; sent < due; sent++) pairs[sent % pairs.length]?.send(start + millisecond)
    }, 1)
  })
  const seconds = (performance.now() - start) / 1000
  const loadShare = (ownCpu() - own) / seconds
  const cpuAfter = target?.cpu()
  const used = (key: 'total' | 'main') => (cpuAfter && cpu ? cpuAfter[key] - cpu[key] : Number.NaN)
  const done = tally.acked - acked
  await settle(side)
  tally.measuring = false
  return {
    ack: percentiles(tally.ackTimes.take(), SHARES),
    delivery: percentiles(tally.deliveryTimes.take(), SHARES),
    refused: tally.takeRefused(),
    pulled: (tally.pulled - pulled) / (tally.delivered - delivered),
    loadShare,
    cpu: (used('total') / done) * 1e6,
    cpuMain: (used('main') / done) * 1e6,
    targetShare: used('total') / seconds,
  }
}

/** Waits until every message was acked and delivered; anything else voids the run. */
async function settle({ name, pairs, tally }: LoadSide): Promise<void> {
  const end = Date.now() + SETTLE_MS
  while (!tally.failure && !pairs.every(pair => pair.settled) && Date.now() < end) await Bun.sleep(20)
  if (tally.failure) throw new Error(`${name}: ${tally.failure}`)
  if (!pairs.every(pair => pair.settled))
    throw new Error(
      `${name}: ${SETTLE_MS / 1000} s after the load of ${tally.sent} sends ${tally.acked} were acked, ${tally.delivered} delivered; ${tally.refused} requests were refused for now.`,
    )
}
