import { loginFrame, ready } from './client-login.ts'
import { judged, list, median, percent, table } from './figures.ts'
import { fullLoad, type Half, type LoadSide, loadAt, SATURATED } from './load.ts'
import { coreBusy, MeasuredProcess, ownCpu } from './measured-process.ts'
import type { BenchOptions } from './options.ts'
import { Pair, Tally } from './pair.ts'
import { startSeededServer } from './seeded-server.ts'

interface Side extends LoadSide {
  readonly target: MeasuredProcess
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

/** (a) one-to-one messages: durable, acked, delivered; against a relay that only acks and forwards. */
export async function benchSend(options: BenchOptions): Promise<string> {
  const names = Array.from({ length: options.pairs }, (_, index) => [`s${index}`, `r${index}`]).flat()
  const server = await startSeededServer(names, options)
  const relay = await MeasuredProcess.start('relay.ts', { core: options.serverCore })
  try {
    const sides = [await connect('Rookery', server, options), await connect('bare relay', relay, options)]
    const fulls = sides.map((): Full[] => [])
    const halves = sides.map((): Half[] => [])
    for (let round = 0; round < options.repeat; round++)
      for (const [index, side] of sides.entries()) {
        const measured = await full(side, options)
        fulls[index]?.push(measured)
        halves[index]?.push(await loadAt(side, measured.perSecond / 2, options))
      }
    return report(sides, fulls, halves, options)
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
    pairs.push(
      new Pair(tally, sender, receiver, {
        from: `s${index}`,
        to: `r${index}`,
        // The relay numbers nothing.
        receives: target.key === '' ? 'count' : 'next',
      }),
    )
  }
  return { name, target, pairs, tally }
}

async function full(side: Side, options: BenchOptions): Promise<Full> {
  const { tally, target } = side
  const [before, after] = await fullLoad(side, options, () => ({
    time: performance.now() / 1000,
    messages: Math.min(tally.acked, tally.delivered),
    cpu: target.cpu(),
    own: ownCpu(),
    core: coreBusy(options.serverCore),
  }))
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
}

function report(
  sides: readonly Side[],
  fulls: readonly Full[][],
  halves: readonly Half[][],
  options: BenchOptions,
): string {
  const lines: string[] = []
  const of = (index: number, key: keyof Full) => median((fulls[index] ?? []).map(one => one[key]))
  const late = (index: number, key: 'ack' | 'delivery', place: number) =>
    median((halves[index] ?? []).map(one => one[key][place] ?? Number.NaN))
  lines.push(
    `${options.pairs} pairs, ${options.window} messages under way in each, ${options.seconds} s × ${options.repeat} rounds in turns, medians; fsync on (synchronous=FULL)\n`,
  )
  lines.push(
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
  lines.push(
    `\n${table(
      ['half load, ms', 'ack p50', 'p95', 'p99', 'delivery p50', 'p95', 'p99', 'load CPU'],
      sides.map(({ name }, index) => [
        name,
        ...(['ack', 'delivery'] as const).flatMap(key =>
          [0, 1, 2].map(place => late(index, key, place).toFixed(2)),
        ),
        percent(median((halves[index] ?? []).map(one => one.loadShare))),
      ]),
    )}\n`,
  )
  const ratios = (fulls[0] ?? []).map((one, round) => {
    const bare = fulls[1]?.[round]
    return {
      cpu: one.cpu / (bare?.cpu ?? Number.NaN),
      speed: one.perSecond / (bare?.perSecond ?? Number.NaN),
    }
  })
  const cpu = median(ratios.map(ratio => ratio.cpu))
  const speed = median(ratios.map(ratio => ratio.speed))
  lines.push(judged('CPU a message, times the relay', cpu, 'at most 3', cpu <= 3))
  lines.push(judged('throughput, share of the relay', speed, 'at least 0.4', speed >= 0.4))
  lines.push(`by round: CPU ${list(ratios.map(r => r.cpu))}; throughput ${list(ratios.map(r => r.speed))}`)
  for (const [index, { name }] of sides.entries())
    if (of(index, 'loadShare') >= SATURATED)
      lines.push(`VOID: the load was saturated against ${name}; its throughput is the load's, not its own.`)
  return lines.join('\n')
}
