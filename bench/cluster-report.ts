import { cpus } from 'node:os'
import { list, median, percent, table } from './figures.ts'
import { type Half, SATURATED } from './load.ts'
import type { BenchOptions } from './options.ts'
import { type Report, ReportText } from './report.ts'

/** Share of the bare insert's rate that nodes are to reach (docs/decisions/0007-several-nodes.md). */
const AIM = 0.3
/** More of the machine than this that others take makes the run say little. */
const NOISY = 0.1

export interface Full {
  readonly perSecond: number
  /** CPU microseconds a message (or row): of all nodes, of their main threads, of PostgreSQL with all its backends, of NATS, of the load. */
  readonly nodes: number
  readonly nodesMain: number
  readonly postgres: number
  readonly nats: number
  readonly load: number
  /** Shares of a second: on a core, and waiting for one. */
  readonly loadShare: number
  readonly loadWait: number
  /** Cores that processes outside the bench took. */
  readonly others: number
}

export interface ClusterFigures {
  /** The first is what the aim is about. */
  readonly bares: readonly { readonly name: string; readonly fulls: Full[] }[]
  readonly nodes: readonly { readonly name: string; readonly fulls: Full[]; readonly halves: Half[] }[]
  logOnly: { readonly name: string; readonly halves: readonly Half[] } | undefined
}

export function reportCluster(figures: ClusterFigures, setup: string, options: BenchOptions): Report {
  const sides = [...figures.bares, ...figures.nodes]
  const text = new ReportText()
  text.add(setup, fullTable(sides), halfTable(figures))
  const [bare] = figures.bares
  for (const { name, fulls } of figures.nodes) {
    const ratios = fulls.map((one, round) => one.perSecond / (bare?.fulls[round]?.perSecond ?? Number.NaN))
    text.judge(`${name}, share of the ${bare?.name}`, median(ratios), { atLeast: AIM })
    text.line(`by round: ${list(ratios)}`)
  }
  for (const { name, fulls } of sides) {
    const of = (key: keyof Full) => median(fulls.map(one => one[key]))
    if (of('loadShare') >= SATURATED)
      text.void(`the load was saturated against ${name}; its throughput is the load's, not its own.`)
    const others = of('others') / cpus().length
    if (others > NOISY)
      text.void(`others took ${percent(others)} of the machine during ${name}; repeat it on a quiet one.`)
  }
  if (options.quick || options.profile !== undefined)
    text.void('a quick or profiled run shows that it works and nothing else.')
  return text.done()
}

function fullTable(sides: readonly { readonly name: string; readonly fulls: readonly Full[] }[]): string {
  return table(
    [
      'full load',
      'messages/s',
      'CPU µs/msg: nodes',
      'of it main threads',
      'PostgreSQL',
      'NATS',
      'load',
      'load CPU',
      'load waited for a core',
      'others, cores',
    ],
    sides.map(({ name, fulls }) => {
      const of = (key: keyof Full) => median(fulls.map(one => one[key]))
      return [
        name,
        of('perSecond').toFixed(0),
        ...(['nodes', 'nodesMain', 'postgres', 'nats', 'load'] as const).map(key => of(key).toFixed(1)),
        percent(of('loadShare')),
        percent(of('loadWait')),
        of('others').toFixed(2),
      ]
    }),
  )
}

function halfTable({ nodes, logOnly }: ClusterFigures): string {
  return table(
    [
      'half load, ms',
      'ack p50',
      'p95',
      'p99',
      'delivery p50',
      'p95',
      'p99',
      'fetched',
      'refused',
      'load CPU',
    ],
    [...nodes, ...(logOnly ? [logOnly] : [])].map(({ name, halves }) => [
      name,
      ...(['ack', 'delivery'] as const).flatMap(key =>
        [0, 1, 2].map(place => median(halves.map(one => one[key][place] ?? Number.NaN)).toFixed(2)),
      ),
      percent(median(halves.map(one => one.pulled))),
      String(halves.reduce((sum, one) => sum + one.refused, 0)),
      percent(median(halves.map(one => one.loadShare))),
    ]),
  )
}
