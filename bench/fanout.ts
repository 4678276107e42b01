import {
  type CrowdSide,
  connectBare,
  connectCrowds,
  groupIdOf,
  membersOf,
  type Shape,
  speakerOf,
} from './crowds.ts'
import { list, median } from './figures.ts'
import { GROUP_SETTINGS, seedGroups } from './group-seed.ts'
import { MeasuredProcess, quiet } from './measured-process.ts'
import { allowSockets } from './open-files.ts'
import type { BenchOptions } from './options.ts'
import { type Report, ReportText } from './report.ts'
import { startSeededServer } from './seeded-server.ts'
import { figuresOf, fullTable, halfTable, newRounds, type Rounds, ratios, saturation } from './sides.ts'

/** Least share of the bare publish's deliveries, and most CPU of each (issue 5). */
const SPEED_AIM = 0.7
const CPU_AIM = 1.5

/** Messages to groups whose members are online: stored, acknowledged, delivered; against the runtime's bare publish of the same bytes. */
export async function benchFanout(options: BenchOptions): Promise<Report> {
  const shapes: readonly Shape[] = options.quick
    ? [
        { groups: 1, members: 200, window: 32 },
        { groups: 10, members: 30, window: 4 },
      ]
    : [
        { groups: 1, members: 1000, window: 32 },
        { groups: 100, members: 100, window: 4 },
      ]
  allowSockets(Math.max(...shapes.map(({ groups, members }) => groups * (members + 1))))
  const groups = shapes.flatMap(shape =>
    Array.from({ length: shape.groups }, (_, group) => ({ shape, group })),
  )
  const server = await startSeededServer(
    groups.flatMap(({ shape, group }) => [speakerOf(shape, group), ...membersOf(shape, group)]),
    options,
    {
      settings: GROUP_SETTINGS,
      command: seed =>
        seedGroups(
          seed,
          groups.map(({ shape, group }) => ({
            id: groupIdOf(shape, group),
            type: 'Public' as const,
            owner: speakerOf(shape, group),
            members: membersOf(shape, group),
          })),
        ),
    },
  )
  const publisher = await MeasuredProcess.start('publisher.ts', { core: options.serverCore })
  try {
    const measured: { readonly shape: Shape; readonly rounds: readonly Rounds[] }[] = []
    for (const shape of shapes)
      measured.push({ shape, rounds: await measureShape(server, publisher, shape, options) })
    return report(measured, options)
  } finally {
    await server.stop()
    await publisher.stop()
  }
}

/** In turns; a side's sockets are there in its turn only, for there are very many. */
async function measureShape(
  server: MeasuredProcess,
  publisher: MeasuredProcess,
  shape: Shape,
  options: BenchOptions,
): Promise<readonly Rounds[]> {
  const [ours, bare] = [newRounds('Rookery'), newRounds('bare publish')]
  for (let round = 0; round < options.repeat; round++) {
    const rookery = await connectCrowds(server, shape)
    await ours.measure(rookery, options)
    await disconnect(rookery)
    const publish = await connectBare(publisher, shape, rookery.text)
    await bare.measure(publish, options)
    await disconnect(publish)
  }
  return [ours, bare]
}

async function disconnect({ sockets, target }: CrowdSide): Promise<void> {
  for (const socket of sockets) socket.close()
  await quiet(target)
}

function report(
  measured: readonly { readonly shape: Shape; readonly rounds: readonly Rounds[] }[],
  options: BenchOptions,
): Report {
  const text = new ReportText()
  for (const { shape, rounds } of measured) {
    const { groups, members, window } = shape
    const name = `${groups} × ${members}`
    text.add(
      `${groups} ${groups === 1 ? 'group' : 'groups'} of ${members} online members, ${window} messages under way in each until all members have them, ${options.seconds} s × ${options.repeat} rounds in turns, medians; fsync on (synchronous=FULL)`,
      fullTable(rounds, 'delivery', 'deliveries'),
      halfTable(rounds, ['delivery']),
    )
    const [speed, cpu] = [ratios(rounds, 'perSecond'), ratios(rounds, 'cpu')]
    text.judge(`${name}: deliveries, share of the bare publish`, median(speed), { atLeast: SPEED_AIM })
    text.judge(`${name}: CPU a delivery, times the bare publish`, median(cpu), { atMost: CPU_AIM })
    text.line(`by round: deliveries ${list(speed)}; CPU ${list(cpu)}`)
    saturation(text, rounds)
    text.line('')
  }
  const [first] = measured
  return text.done({
    scenario: 'fanout',
    sides: (first?.rounds ?? []).map(side => ({ name: side.name, figures: figuresOf(side) })),
  })
}
