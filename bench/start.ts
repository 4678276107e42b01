import { list, median, table } from './figures.ts'
import { MeasuredProcess, quiet } from './measured-process.ts'
import { keptName, type SeedConversations, seedConversations } from './message-seed.ts'
import type { BenchOptions } from './options.ts'
import { type Report, ReportText } from './report.ts'
import { Seed, type SeedOptions } from './seeded-server.ts'
import { pairNames } from './send.ts'
import { type RunningFile, SingleFile } from './single-file.ts'

/** Conversations over which the messages of a large database are spread. */
const CONVERSATIONS = 5000
const READY_AIM_MS = 400
const MEMORY_AIM_MB = 90

interface Start {
  readonly readyMs: number
  /** CPU until then, which a busy machine does not stretch. */
  readonly cpuMs: number
  /** Resident bytes some seconds later. */
  readonly standing: number
}

const SIDES = ['Rookery, single file', 'Rookery, from source', 'bare relay'] as const

/** A start on a database of ten million messages: until it accepts connections, and its memory at rest; against a bare server. */
export async function benchStart(options: BenchOptions): Promise<Report> {
  const messages = options.count ?? largeCount(options)
  const seed = await largeSeed(messages, options)
  const file = await SingleFile.compile()
  const core = options.serverCore
  const measured = SIDES.map((): Start[] => [])
  const [single, source, relay] = measured
  try {
    for (let round = 0; round < options.repeat; round++) {
      single?.push(await start(await file.start(seed.folder, { core, masterKey: seed.masterKey })))
      source?.push(await start(await seed.start(options)))
      relay?.push(await start(await MeasuredProcess.start('relay.ts', { core })))
    }
  } finally {
    file.remove()
    seed.remove()
  }
  return report(measured, messages, options)
}

export function largeCount(options: BenchOptions): number {
  return options.quick ? 200_000 : 10_000_000
}

/** A kept database with the pairs of the send load among its conversations. */
export function largeSeed(messages: number, options: BenchOptions): Promise<Seed> {
  const conversations = Math.max(options.pairs, CONVERSATIONS)
  return Seed.large(keptName(`messages-${messages}-${options.pairs}`), options, () =>
    spread(messages, conversations, options.pairs),
  )
}

/** The messages spread evenly over conversations, those of the send load first. */
export function spread(messages: number, conversations: number, sendPairs: number): SeedOptions {
  const names = pairNames(conversations)
  const pairs: SeedConversations['pairs'] = Array.from(
    { length: Math.max(conversations, sendPairs) },
    (_, index) => [`s${index}`, `r${index}`] as const,
  )
  const each = Math.max(1, Math.round(messages / pairs.length))
  return { users: names, fill: test => seedConversations(test, { pairs, each }) }
}

async function start(target: MeasuredProcess | RunningFile): Promise<Start> {
  try {
    const cpuMs = target.cpu().total * 1000
    await quiet(target)
    return { readyMs: target.startMs, cpuMs, standing: target.memory() }
  } finally {
    await target.stop()
  }
}

function report(measured: readonly (readonly Start[])[], messages: number, options: BenchOptions): Report {
  const text = new ReportText()
  const of = (index: number, key: keyof Start) => median((measured[index] ?? []).map(one => one[key]))
  const mega = (bytes: number) => bytes / 2 ** 20
  text.add(
    `a database of ${messages} messages in ${CONVERSATIONS} conversations, ${options.repeat} starts in turns, medians; its file is in the page cache. Ready: from the start of the process until it accepts connections; from source that includes the compiling of the TypeScript.`,
    table(
      ['start', 'ready, ms', 'CPU, ms', 'resident memory at rest, MB'],
      SIDES.map((name, index) => [
        name,
        of(index, 'readyMs').toFixed(0),
        of(index, 'cpuMs').toFixed(0),
        mega(of(index, 'standing')).toFixed(1),
      ]),
    ),
  )
  text.judge('ms until ready, single file', of(0, 'readyMs'), { atMost: READY_AIM_MS })
  text.judge('MB at rest, single file', mega(of(0, 'standing')), { atMost: MEMORY_AIM_MB })
  text.line(`by round: ready ${list((measured[0] ?? []).map(one => one.readyMs))}`)
  return text.done()
}
