import { loginFrame, ready } from './client-login.ts'
import { list, median } from './figures.ts'
import { MeasuredProcess } from './measured-process.ts'
import type { BenchOptions } from './options.ts'
import { Pair, type PairOptions, Tally } from './pair.ts'
import { type Report, ReportText } from './report.ts'
import { startSeededServer } from './seeded-server.ts'
import {
  figuresOf,
  fullTable,
  halfTable,
  measureInTurns,
  type Rounds,
  ratios,
  type Side,
  saturation,
} from './sides.ts'

/** (a) one-to-one messages: durable, acked, delivered; against a relay that only acks and forwards. */
export async function benchSend(options: BenchOptions): Promise<Report> {
  const server = await startSeededServer(pairNames(options.pairs), options)
  const relay = await MeasuredProcess.start('relay.ts', { core: options.serverCore })
  try {
    const sides = [
      await connectPairs('Rookery', server, options),
      await connectPairs('bare relay', relay, options),
    ]
    return report(await measureInTurns(sides, options), options)
  } finally {
    await server.stop()
    await relay.stop()
  }
}

/** The accounts of {@link connectPairs}. */
export function pairNames(pairs: number): string[] {
  return Array.from({ length: pairs }, (_, index) => [`s${index}`, `r${index}`]).flat()
}

export async function connectPairs(
  name: string,
  target: MeasuredProcess,
  options: BenchOptions,
  receives: PairOptions['receives'] = 'next',
): Promise<Side> {
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
        receives: target.key === '' ? 'count' : receives,
      }),
    )
  }
  return { name, target, pairs, tally }
}

function report(sides: readonly Rounds[], options: BenchOptions): Report {
  const text = new ReportText()
  text.add(
    `${options.pairs} pairs, ${options.window} messages under way in each, ${options.seconds} s × ${options.repeat} rounds in turns, medians; fsync on (synchronous=FULL)`,
    fullTable(sides, 'message'),
    halfTable(sides, ['ack', 'delivery']),
  )
  const [cpu, speed] = [ratios(sides, 'cpu'), ratios(sides, 'perSecond')]
  text.judge('CPU a message, times the relay', median(cpu), { atMost: 2 })
  text.judge('throughput, share of the relay', median(speed), { atLeast: 0.5 })
  const late = (sides[0]?.halves ?? []).map(half => half.ack[2] ?? Number.NaN)
  text.judge('ack p99 ms at half load', median(late), { atMost: 25 })
  text.line(`by round: CPU ${list(cpu)}; throughput ${list(speed)}`)
  saturation(text, sides)
  return text.done({
    scenario: 'send',
    sides: sides.map(side => ({ name: side.name, figures: figuresOf(side) })),
  })
}
