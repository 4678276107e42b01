import { median, percent, table } from './figures.ts'
import { fullLoad, type Half, type LoadSide, loadAt, SATURATED } from './load.ts'
import { coreBusy, type MeasuredProcess, ownCpu } from './measured-process.ts'
import type { BenchOptions } from './options.ts'
import type { Figures } from './peer.ts'
import type { ReportText } from './report.ts'

/** What is measured in turns with the others of its run. */
export interface Side extends LoadSide {
  readonly target: Pick<MeasuredProcess, 'cpu'>
  /** Messages (or deliveries, where those are what counts) that are wholly done; by default the acked and delivered ones. */
  readonly done?: () => number
  /** Deliveries of one message, where those are what counts. */
  readonly perMessage?: number
}

/** What a side did at full load. */
export interface Full {
  readonly perSecond: number
  /** CPU microseconds of each: of the target, of its main thread, of the load. */
  readonly cpu: number
  readonly cpuMain: number
  readonly load: number
  readonly targetShare: number
  readonly loadShare: number
  /** Share of the target's core that other processes took. */
  readonly others: number
}

export async function measureFull(side: Side, options: BenchOptions): Promise<Full> {
  const { tally, target } = side
  const done = side.done ?? (() => Math.min(tally.acked, tally.delivered))
  const [before, after] = await fullLoad(side, options, () => ({
    time: performance.now() / 1000,
    messages: done(),
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

/** All rounds of one side. */
export interface Rounds {
  readonly name: string
  readonly fulls: readonly Full[]
  readonly halves: readonly Half[]
}

/** Full load and half load of each side in turns. */
export async function measureInTurns(sides: readonly Side[], options: BenchOptions): Promise<Rounds[]> {
  const rounds = sides.map(side => newRounds(side.name))
  for (let round = 0; round < options.repeat; round++)
    for (const [index, side] of sides.entries()) await rounds[index]?.measure(side, options)
  return rounds
}

export type GrowingRounds = Rounds & {
  /** Adds a round. */
  measure(side: Side, options: BenchOptions): Promise<void>
}

export function newRounds(name: string): GrowingRounds {
  const fulls: Full[] = []
  const halves: Half[] = []
  return {
    name,
    fulls,
    halves,
    async measure(side, options) {
      const full = await measureFull(side, options)
      fulls.push(full)
      halves.push(await loadAt(side, full.perSecond / 2 / (side.perMessage ?? 1), options))
    },
  }
}

/** @param unit what is counted, as `message`; its plural when that is not with `s` */
export function fullTable(sides: readonly Rounds[], unit: string, units = `${unit}s`): string {
  return table(
    [
      'full load',
      `${units}/s`,
      `CPU µs/${unit}`,
      'of it main thread',
      'target CPU',
      'others on its core',
      `load µs/${unit}`,
      'load CPU',
    ],
    sides.map(({ name, fulls }) => {
      const of = (key: keyof Full) => median(fulls.map(one => one[key]))
      const digits = of('cpu') < 10 ? 2 : 1
      return [
        name,
        of('perSecond').toFixed(0),
        of('cpu').toFixed(digits),
        of('cpuMain').toFixed(digits),
        percent(of('targetShare')),
        percent(of('others')),
        of('load').toFixed(digits),
        percent(of('loadShare')),
      ]
    }),
  )
}

export function halfTable(sides: readonly Rounds[], kinds: readonly ('ack' | 'delivery')[]): string {
  return table(
    [
      'half load, ms',
      ...kinds.flatMap(kind => [`${kind} p50`, 'p95', 'p99']),
      'CPU µs each',
      'of it main thread',
      'target CPU',
      'load CPU',
    ],
    sides.map(({ name, halves }) => [
      name,
      ...kinds.flatMap(kind =>
        [0, 1, 2].map(place => median(halves.map(one => one[kind][place] ?? Number.NaN)).toFixed(2)),
      ),
      median(halves.map(one => one.cpu)).toFixed(1),
      median(halves.map(one => one.cpuMain)).toFixed(1),
      percent(median(halves.map(one => one.targetShare))),
      percent(median(halves.map(one => one.loadShare))),
    ]),
  )
}

export function saturation(report: ReportText, sides: readonly Rounds[]): void {
  for (const { name, fulls } of sides)
    if (median(fulls.map(one => one.loadShare)) >= SATURATED)
      report.void(`the load was saturated against ${name}; its throughput is the load's, not its own.`)
}

/** Ratios of the first side to the second, by round. */
export function ratios(sides: readonly Rounds[], key: 'perSecond' | 'cpu'): number[] {
  return (sides[0]?.fulls ?? []).map((one, round) => one[key] / (sides[1]?.fulls[round]?.[key] ?? Number.NaN))
}

export function figuresOf({ fulls, halves }: Rounds): Figures {
  const late = (place: number) => median(halves.map(one => one.delivery[place] ?? Number.NaN))
  return {
    perSecond: median(fulls.map(one => one.perSecond)),
    cpu: median(fulls.map(one => one.cpu)),
    p50: late(0),
    p95: late(1),
    p99: late(2),
    loadShare: median(fulls.map(one => one.loadShare)),
  }
}
