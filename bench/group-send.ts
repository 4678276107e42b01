import { loginFrame, readyAll } from './client-login.ts'
import { list, median } from './figures.ts'
import { GROUP_SETTINGS, seedGroups } from './group-seed.ts'
import { GroupTalk } from './group-talk.ts'
import type { MeasuredProcess } from './measured-process.ts'
import type { BenchOptions } from './options.ts'
import { Tally } from './pair.ts'
import { type Report, ReportText } from './report.ts'
import { startSeededServer } from './seeded-server.ts'
import { connectPairs, pairNames } from './send.ts'
import { fullTable, halfTable, measureInTurns, type Rounds, ratios, type Side, saturation } from './sides.ts'

const GROUP = 'big'
const ONLINE = 10
/** Most CPU of a message, times a one-to-one message (issue 5). */
const CPU_AIM = 2

/** Messages into a large group of which few are online, against one-to-one messages through the same process. */
export async function benchGroupSend(options: BenchOptions): Promise<Report> {
  const size = options.count ?? (options.quick ? 1000 : 10_000)
  const members = Array.from({ length: size }, (_, index) => `g${index}`)
  const [owner = '', ...rest] = members
  const server = await startSeededServer([...pairNames(options.pairs), ...members], options, {
    settings: GROUP_SETTINGS,
    command: seed => seedGroups(seed, [{ id: GROUP, type: 'Public', owner, members: rest }]),
  })
  try {
    const sides = [
      await connectGroup(server, members.slice(0, ONLINE), options),
      await connectPairs('one-to-one', server, options),
    ]
    return report(await measureInTurns(sides, options), size, options)
  } finally {
    await server.stop()
  }
}

async function connectGroup(
  target: MeasuredProcess,
  online: readonly string[],
  options: BenchOptions,
): Promise<Side> {
  const sockets = await readyAll(
    target,
    online.map(name => loginFrame(target, name)),
    ONLINE,
  )
  const tally = new Tally()
  return {
    name: 'group',
    target,
    tally,
    pairs: new GroupTalk(tally, GROUP, sockets).members,
    // As many under way in all as between the pairs.
    window: Math.max(1, Math.round((options.pairs * options.window) / ONLINE)),
  }
}

function report(sides: readonly Rounds[], size: number, options: BenchOptions): Report {
  const text = new ReportText()
  text.add(
    `a group of ${size} members, ${ONLINE} of them online, who all write and all read; ${options.pairs} pairs; ${options.pairs * options.window} messages under way in each case; ${options.seconds} s × ${options.repeat} rounds in turns, medians; fsync on (synchronous=FULL). A group's message is delivered when the last of the other ${ONLINE - 1} has it.`,
    fullTable(sides, 'message'),
    halfTable(sides, ['ack', 'delivery']),
  )
  const [cpu, speed] = [ratios(sides, 'cpu'), ratios(sides, 'perSecond')]
  text.judge('CPU a group message, times a one-to-one message', median(cpu), { atMost: CPU_AIM })
  text.line(`by round: CPU ${list(cpu)}; throughput ${list(speed)}`)
  saturation(text, sides)
  return text.done()
}
