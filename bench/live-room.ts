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
import { socketsAllowed } from './open-files.ts'
import type { BenchOptions } from './options.ts'
import { ask, clientFrame, type RawSocket } from './raw-socket.ts'
import { type Report, ReportText } from './report.ts'
import { startSeededServer } from './seeded-server.ts'
import { fullTable, halfTable, measureInTurns, type Rounds, ratios, saturation } from './sides.ts'

/** Messages under way at full load. */
const WINDOW = 16
/** People who are entering at once. */
const WIDTH = 64

interface Entering {
  readonly seconds: number
  /** CPU microseconds of the server for each, telling the others included. */
  readonly cpu: number
  /** Resident bytes of each: logged in, and for being inside. */
  readonly loginBytes: number
  readonly roomBytes: number
}

/** A live room on one node: people enter, and hear what is said; against the runtime's bare publish of the same bytes. */
export async function benchLiveRoom(options: BenchOptions): Promise<Report> {
  const wanted = options.count ?? (options.quick ? 300 : 10_000)
  // Both sides are connected at once, each with its speaker.
  const members = Math.floor(socketsAllowed(2 * (wanted + 1)) / 2) - 1
  const shape: Shape = { groups: 1, members, window: WINDOW }
  const owner = speakerOf(shape, 0)
  const server = await startSeededServer([owner, ...membersOf(shape, 0)], options, {
    settings: GROUP_SETTINGS,
    command: seed => seedGroups(seed, [{ id: groupIdOf(shape, 0), type: 'AVChatRoom', owner, members: [] }]),
  })
  const publisher = await MeasuredProcess.start('publisher.ts', { core: options.serverCore })
  try {
    const before = server.memory()
    let entering: Entering | undefined
    const room = await connectCrowds(server, shape, async (sockets, groupId) => {
      await quiet(server)
      const loginBytes = (server.memory() - before) / sockets.length
      entering = { ...(await enterAll(server, sockets, groupId)), loginBytes }
    })
    if (!entering) throw new Error('Nobody entered.')
    const sides: CrowdSide[] = [room, await connectBare(publisher, shape, room.text)]
    const rounds = await measureInTurns(sides, options)
    return report(rounds, { members, entering, dropped: room.crowds[0]?.dropped ?? 0 }, options)
  } finally {
    await server.stop()
    await publisher.stop()
  }
}

/** Resolves when everybody is inside and everybody else was told. */
async function enterAll(
  server: MeasuredProcess,
  sockets: readonly RawSocket[],
  groupId: string,
): Promise<Omit<Entering, 'loginBytes'>> {
  const frame = clientFrame(JSON.stringify({ id: 2, cmd: 'group/join', body: { GroupId: groupId } }))
  const [memory, cpu, start] = [server.memory(), server.cpu().total, performance.now()]
  let next = 0
  const lane = async () => {
    for (let socket = sockets[next++]; socket; socket = sockets[next++]) {
      const answer = await ask(socket, frame)
      if (!answer.includes('"ErrorCode":0')) throw new Error(`group/join: ${answer}`)
    }
  }
  await Promise.all(Array.from({ length: WIDTH }, lane))
  const seconds = (performance.now() - start) / 1000
  await quiet(server)
  return {
    seconds,
    cpu: ((server.cpu().total - cpu) / sockets.length) * 1e6,
    roomBytes: (server.memory() - memory) / sockets.length,
  }
}

function report(
  rounds: readonly Rounds[],
  found: { readonly members: number; readonly entering: Entering; readonly dropped: number },
  options: BenchOptions,
): Report {
  const text = new ReportText()
  const { members, entering, dropped } = found
  const kilo = (bytes: number) => (bytes / 1024).toFixed(2)
  text.add(
    `an AVChatRoom of ${members} people on one node, ${WINDOW} messages under way until all have them, ${options.seconds} s × ${options.repeat} rounds in turns, medians`,
    `Entering, ${WIDTH} people at once, each told to all inside: ${(members / entering.seconds).toFixed(0)} a second, ${entering.cpu.toFixed(0)} µs of CPU each. Resident memory each: ${kilo(entering.loginBytes)} KB for the login, ${kilo(entering.roomBytes)} KB for being inside.`,
    fullTable(rounds, 'delivery', 'deliveries'),
    halfTable(rounds, ['delivery']),
    `Messages given up under this load: ${dropped}. A connection that was cut off for reading too slowly would have ended the run.`,
  )
  const [speed, cpu] = [ratios(rounds, 'perSecond'), ratios(rounds, 'cpu')]
  text.line(
    `deliveries, share of the bare publish: ${median(speed).toFixed(2)}; CPU a delivery, times it: ${median(cpu).toFixed(2)} (no aim)`,
  )
  text.line(`by round: deliveries ${list(speed)}; CPU ${list(cpu)}`)
  saturation(text, rounds)
  return text.done()
}
