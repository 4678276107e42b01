import { Asker } from './asker.ts'
import { loginFrame, ready } from './client-login.ts'
import { list, median } from './figures.ts'
import type { MeasuredProcess } from './measured-process.ts'
import { keptName, seedConversations, timeOf } from './message-seed.ts'
import { NumberedFrame } from './numbered-frame.ts'
import type { BenchOptions } from './options.ts'
import { Tally } from './pair.ts'
import { ask, clientFrame } from './raw-socket.ts'
import { type Report, ReportText } from './report.ts'
import { Seed } from './seeded-server.ts'
import { fullTable, halfTable, measureInTurns, type Rounds, type Side, saturation } from './sides.ts'

const PAGE = 15
const USERS = ['alice', 'bob'] as const
/** Pages under way on each of both sockets. */
const WINDOW = 4
/** Places in the conversation, in turn. */
const PLACES = 512
/** Most CPU microseconds of a page (issue 6). */
const CPU_AIM = 150

/** Pages of history at random places of one long conversation. */
export async function benchHistory(options: BenchOptions): Promise<Report> {
  const length = options.count ?? (options.quick ? 50_000 : 1_000_000)
  const seed = await Seed.large(keptName(`history-${length}`), options, () => ({
    users: USERS,
    fill: test => seedConversations(test, { pairs: [USERS], each: length }),
  }))
  // What a page costs the server is measured, not how long the disk of this machine takes for places that nobody read lately.
  await seed.readThrough()
  const server = await seed.start(options, { settings: { 'history.days': 0 } })
  try {
    const rounds = await measureInTurns([await connect(server, length)], options)
    return report(rounds, length, options)
  } finally {
    await server.stop()
    seed.remove()
  }
}

async function connect(target: MeasuredProcess, length: number): Promise<Side> {
  const tally = new Tally()
  const pairs: Asker[] = []
  for (const [index, name] of USERS.entries()) {
    const socket = await ready(target, loginFrame(target, name))
    const peer = USERS[1 - index]
    const textOf = (id: string, seq: number) =>
      `{"id":${id},"cmd":"openim/get_roam_msg","body":{"Peer_Account":"${peer}","MaxCnt":${PAGE},"Anchor":{"MsgTimeStamp":${timeOf(seq)},"Seq":${seq}}}}`
    requireWholePage(await ask(socket, clientFrame(textOf('2', length))), length)
    const frames = Array.from(
      { length: PLACES },
      () => new NumberedFrame(textOf('#########N', PAGE + 1 + Math.floor(Math.random() * (length - PAGE)))),
    )
    pairs.push(
      new Asker(tally, socket, number => {
        const frame = frames[number % PLACES]
        if (!frame) throw new Error('There is a frame for every place.')
        return frame.with(number)
      }),
    )
  }
  return { name: `page of ${PAGE}`, target, pairs, tally, window: WINDOW }
}

function requireWholePage(answer: string, length: number): void {
  const { MsgList } = (JSON.parse(answer) as { body: { MsgList?: { Seq: number }[] } }).body
  if (MsgList?.length !== PAGE || MsgList.at(-1)?.Seq !== length - 1)
    throw new Error(`The page before message ${length} is not the ${PAGE} before it: ${answer.slice(0, 300)}`)
}

function report(rounds: readonly Rounds[], length: number, options: BenchOptions): Report {
  const text = new ReportText()
  text.add(
    `openim/get_roam_msg, ${PAGE} messages at ${PLACES} random places of a conversation of ${length}; ${USERS.length} sockets with ${WINDOW} pages under way each, ${options.seconds} s × ${options.repeat} rounds, medians`,
    fullTable(rounds, 'page'),
    halfTable(rounds, ['ack']),
  )
  const cpu = (rounds[0]?.fulls ?? []).map(one => one.cpu)
  text.judge('CPU µs a page', median(cpu), { atMost: CPU_AIM })
  text.line(`by round: ${list(cpu)}`)
  saturation(text, rounds)
  return text.done()
}
