import { loginFrame, ready } from './client-login.ts'
import { judged, median, percent, percentiles, table } from './figures.ts'
import { coreBusy, MeasuredProcess, ownCpu } from './measured-process.ts'
import type { BenchOptions } from './options.ts'
import { Pair, Tally } from './pair.ts'
import { startSeededServer } from './seeded-server.ts'

const WARM_UP_MS = 1500
const SETTLE_MS = 10_000
/** The generator had no time left: what it measured is its own speed. */
const SATURATED = 0.95

interface Side {
  readonly name: string
  readonly target: MeasuredProcess
  readonly pairs: readonly Pair[]
  readonly tally: Tally
}

interface Full {
  readonly perSecond: number
  /** CPU microseconds a message: of the target, of its main thread, of the load. */
  readonly cpu: number
  readonly cpuMain: number
  readonly load: number
  readonly targetShare: number
  readonly loadShare: number
  /** Share of the target's core that other processes took. */
  readonly others: number
}

interface Half {
  readonly ack: readonly number[]
  readonly delivery: readonly number[]
  readonly loadShare: number
}

/** (a) one-to-one messages: durable, acked, delivered; against a relay that only acks and forwards. */
export async function benchSend(options: BenchOptions): Promise<void> {
  const names = Array.from({ length: options.pairs }, (_, index) => [`s${index}`, `r${index}`]).flat()
  const server = await startSeededServer(names, options)
  const relay = await MeasuredProcess.start('relay.ts', { core: options.serverCore })
  try {
    const sides = [await connect('Rookery', server, options), await connect('bare relay', relay, options)]
    const full = sides.map((): Full[] => [])
    const half = sides.map((): Half[] => [])
    for (let round = 0; round < options.repeat; round++)
      for (const [index, side] of sides.entries()) {
        const measured = await fullLoad(side, options)
        full[index]?.push(measured)
        half[index]?.push(await halfLoad(side, measured.perSecond / 2, options))
      }
    report(sides, full, half, options)
  } finally {
    await server.stop()
    await relay.stop()
  }
}

async function connect(name: string, target: MeasuredProcess, options: BenchOptions): Promise<Side> {
  const tally = new Tally()
  const pairs: Pair[] = []
  for (let index = 0; index < options.pairs; index++) {
    const [sender, receiver] = await Promise.all([
      ready(target, loginFrame(target, `s${index}`)),
      ready(target, loginFrame(target, `r${index}`)),
    ])
    pairs.push(new Pair(tally, sender, receiver, { to: `r${index}`, checkSeq: target.key !== '' }))
  }
  return { name, target, pairs, tally }
}

/** Closed loop: every pair keeps its window full. */
async function fullLoad(side: Side, options: BenchOptions): Promise<Full> {
  const { tally, target } = side
  for (const pair of side.pairs) {
    pair.window = options.window
    pair.fill()
  }
  await Bun.sleep(WARM_UP_MS)
  const before = sample()
  await Bun.sleep(options.seconds * 1000)
  const after = sample()
  for (const pair of side.pairs) pair.window = 0
  await settle(side)
  const seconds = after.time - before.time
  const messages = after.messages - before.messages
  const cpu = after.cpu.total - before.cpu.total
  return {
    perSecond: messages / seconds,
    cpu: (cpu / messages) * 1e6,
    cpuMain: ((after.cpu.main - before.cpu.main) / messages) * 1e6,
    load: ((after.own - before.own) / messages) * 1e6,
    targetShare: cpu / seconds,
    loadShare: (after.own - before.own) / seconds,
    others: Math.max(0, after.core - before.core - cpu) / seconds,
  }

  function sample() {
    return {
      time: performance.now() / 1000,
      messages: Math.min(tally.acked, tally.delivered),
      cpu: target.cpu(),
      own: ownCpu(),
      core: coreBusy(options.serverCore),
    }
  }
}

/** Open loop at a fixed rate, every millisecond's messages at once; latency counts from the moment they were due. */
async function halfLoad(side: Side, perSecond: number, options: BenchOptions): Promise<Half> {
  const { tally, pairs } = side
  const start = performance.now()
  const own = ownCpu()
  const end = start + options.seconds * 1000
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
  const loadShare = (ownCpu() - own) / ((performance.now() - start) / 1000)
  await settle(side)
  tally.measuring = false
  return {
    ack: percentiles(tally.ackTimes.take(), [0.5, 0.95, 0.99]),
    delivery: percentiles(tally.deliveryTimes.take(), [0.5, 0.95, 0.99]),
    loadShare,
  }
}

/** Waits until every message was acked and delivered; anything else voids the run. */
async function settle({ name, pairs, tally }: Side): Promise<void> {
  const end = Date.now() + SETTLE_MS
  while (!tally.failure && !pairs.every(pair => pair.settled) && Date.now() < end) await Bun.sleep(20)
  if (tally.failure) throw new Error(`${name}: ${tally.failure}`)
  if (!pairs.every(pair => pair.settled))
    throw new Error(
      `${name}: of ${tally.sent} sends ${tally.acked} were acked, ${tally.delivered} delivered.`,
    )
}

function report(
  sides: readonly Side[],
  full: readonly Full[][],
  half: readonly Half[][],
  options: BenchOptions,
): void {
  const of = (index: number, key: keyof Full) => median((full[index] ?? []).map(one => one[key]))
  const late = (index: number, key: 'ack' | 'delivery', place: number) =>
    median((half[index] ?? []).map(one => one[key][place] ?? Number.NaN))
  console.log(
    `${options.pairs} pairs, ${options.window} messages under way in each, ${options.seconds} s × ${options.repeat} rounds in turns, medians; fsync on (synchronous=FULL)\n`,
  )
  console.log(
    table(
      [
        'full load',
        'messages/s',
        'CPU µs/msg',
        'of it main thread',
        'target CPU',
        'others on its core',
        'load µs/msg',
        'load CPU',
      ],
      sides.map(({ name }, index) => [
        name,
        of(index, 'perSecond').toFixed(0),
        of(index, 'cpu').toFixed(1),
        of(index, 'cpuMain').toFixed(1),
        percent(of(index, 'targetShare')),
        percent(of(index, 'others')),
        of(index, 'load').toFixed(1),
        percent(of(index, 'loadShare')),
      ]),
    ),
  )
  console.log(
    `\n${table(
      ['half load, ms', 'ack p50', 'p95', 'p99', 'delivery p50', 'p95', 'p99', 'load CPU'],
      sides.map(({ name }, index) => [
        name,
        ...(['ack', 'delivery'] as const).flatMap(key =>
          [0, 1, 2].map(place => late(index, key, place).toFixed(2)),
        ),
        percent(median((half[index] ?? []).map(one => one.loadShare))),
      ]),
    )}\n`,
  )
  const ratios = (full[0] ?? []).map((one, round) => {
    const bare = full[1]?.[round]
    return {
      cpu: one.cpu / (bare?.cpu ?? Number.NaN),
      speed: one.perSecond / (bare?.perSecond ?? Number.NaN),
    }
  })
  const cpu = median(ratios.map(ratio => ratio.cpu))
  const speed = median(ratios.map(ratio => ratio.speed))
  console.log(judged('CPU a message, times the relay', cpu, 'at most 3', cpu <= 3))
  console.log(judged('throughput, share of the relay', speed, 'at least 0.4', speed >= 0.4))
  console.log(`by round: CPU ${list(ratios.map(r => r.cpu))}; throughput ${list(ratios.map(r => r.speed))}`)
  for (const [index, { name }] of sides.entries())
    if (of(index, 'loadShare') >= SATURATED)
      console.log(`VOID: the load was saturated against ${name}; its throughput is the load's, not its own.`)
}

function list(values: readonly number[]): string {
  return values.map(value => value.toFixed(2)).join(' ')
}
