import { list, median } from './figures.ts'
import { type Half, loadAt } from './load.ts'
import type { BenchOptions } from './options.ts'
import { type Report, ReportText } from './report.ts'
import { Seed } from './seeded-server.ts'
import { connectPairs } from './send.ts'
import {
  type Full,
  fullTable,
  halfTable,
  measureFull,
  type Rounds,
  ratios,
  type Side,
  saturation,
} from './sides.ts'
import { largeCount, largeSeed, spread } from './start.ts'

const SMALL = 10_000
/** Most of CPU and latency, times those on the small database (issue 6). */
const AIM = 1.3
const PLACES = ['p50', 'p95', 'p99'] as const

/** One-to-one messages on a database of ten million messages, against one of ten thousand. */
export async function benchGrowth(options: BenchOptions): Promise<Report> {
  const large = options.count ?? largeCount(options)
  const seeds = [
    await largeSeed(large, options),
    await Seed.make(spread(SMALL, options.pairs, options.pairs)),
  ] as const
  const servers = await Promise.all(seeds.map(seed => seed.start(options)))
  try {
    const sides: Side[] = []
    for (const [index, server] of servers.entries())
      sides.push(await connectPairs(`${index === 0 ? large : SMALL} stored`, server, options, 'following'))
    return report(await measure(sides, options), options)
  } finally {
    for (const server of servers) await server.stop()
    for (const seed of seeds) seed.remove()
  }
}

/** Latencies of both at the same rate, half of what the slower one reaches. */
async function measure(sides: readonly Side[], options: BenchOptions): Promise<Rounds[]> {
  const rounds = sides.map(({ name }) => ({ name, fulls: [] as Full[], halves: [] as Half[] }))
  for (let round = 0; round < options.repeat; round++) {
    const fulls: Full[] = []
    for (const side of sides) fulls.push(await measureFull(side, options))
    const rate = Math.min(...fulls.map(one => one.perSecond)) / 2
    for (const [index, side] of sides.entries()) {
      const full = fulls[index]
      if (full) rounds[index]?.fulls.push(full)
      rounds[index]?.halves.push(await loadAt(side, rate, options))
    }
  }
  return rounds
}

function report(sides: readonly Rounds[], options: BenchOptions): Report {
  const text = new ReportText()
  text.add(
    `${options.pairs} pairs, ${options.window} messages under way in each, ${options.seconds} s × ${options.repeat} rounds in turns, medians; fsync on (synchronous=FULL); half load is the same rate for both`,
    fullTable(sides, 'message'),
    halfTable(sides, ['ack', 'delivery']),
  )
  const cpu = ratios(sides, 'cpu')
  text.judge('CPU a message, times the small database', median(cpu), { atMost: AIM })
  for (const [place, name] of PLACES.entries()) {
    const late = (sides[0]?.halves ?? []).map(
      (half, round) => (half.ack[place] ?? Number.NaN) / (sides[1]?.halves[round]?.ack[place] ?? Number.NaN),
    )
    text.judge(`ack ${name}, times the small database`, median(late), { atMost: AIM })
  }
  text.line(`by round: CPU ${list(cpu)}`)
  saturation(text, sides)
  return text.done()
}
