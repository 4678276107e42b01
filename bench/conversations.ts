import { TEST_ADMIN, TEST_APP } from '@rookery/server/testing/test-server'
import { sign } from '@rookery/usersig'
import { Asker } from './asker.ts'
import { loginFrame, ready } from './client-login.ts'
import { list, median } from './figures.ts'
import type { MeasuredProcess } from './measured-process.ts'
import { seedConversations } from './message-seed.ts'
import { NumberedFrame } from './numbered-frame.ts'
import type { BenchOptions } from './options.ts'
import { Tally } from './pair.ts'
import { ask, clientFrame } from './raw-socket.ts'
import { type Report, ReportText } from './report.ts'
import { RestSender } from './rest-sender.ts'
import { startSeededServer } from './seeded-server.ts'
import { fullTable, halfTable, measureInTurns, type Rounds, type Side, saturation } from './sides.ts'

const USERS = 64
const CONVERSATIONS = 100
const MESSAGES = 10
/** Most CPU microseconds of a list (issue 6). */
const CPU_AIM = 400

/** Lists of a hundred conversations: as a new device takes them, and as the app's server does. */
export async function benchConversations(options: BenchOptions): Promise<Report> {
  const users = Array.from({ length: USERS }, (_, index) => `u${index}`)
  const peers = Array.from({ length: CONVERSATIONS }, (_, index) => `p${index}`)
  const server = await startSeededServer([...users, ...peers], options, {
    settings: { 'rate.rest.default': 0 },
    fill: test =>
      seedConversations(test, {
        pairs: users.flatMap(user => peers.map(peer => [user, peer] as const)),
        each: MESSAGES,
      }),
  })
  try {
    const sides = [await connectDevices(server, users), await connectApp(server, users)]
    return report(await measureInTurns(sides, options), options)
  } finally {
    await server.stop()
  }
}

async function connectDevices(target: MeasuredProcess, users: readonly string[]): Promise<Side> {
  const tally = new Tally()
  const pairs: Asker[] = []
  const textOf = (id: string) => `{"id":${id},"cmd":"sync/snapshot","body":{}}`
  for (const user of users) {
    const socket = await ready(target, loginFrame(target, user))
    const answer = await ask(socket, clientFrame(textOf('2')))
    const { Items } = (JSON.parse(answer) as { body: { Items?: unknown[] } }).body
    if (Items?.length !== CONVERSATIONS) throw new Error(`The list has ${Items?.length} conversations.`)
    const frame = new NumberedFrame(textOf('#########N'))
    pairs.push(new Asker(tally, socket, number => frame.with(number)))
  }
  return { name: 'sync/snapshot', target, pairs, tally, window: 1 }
}

async function connectApp(target: MeasuredProcess, users: readonly string[]): Promise<Side> {
  const tally = new Tally()
  const usersig = sign({ sdkAppId: TEST_APP, userId: TEST_ADMIN, key: target.key })
  const path = `/v4/recentcontact/get_list?sdkappid=${TEST_APP}&identifier=${TEST_ADMIN}&usersig=${encodeURIComponent(usersig)}&random=1&contenttype=json`
  const pairs = await Promise.all(
    users.map(user =>
      RestSender.open(
        target.port,
        path,
        `{"From_Account":"${user}","TimeStamp":0,"StartIndex":0,"TopTimeStamp":0,"TopStartIndex":0,"AssistFlags":7}`,
        { tally, first: 0 },
      ),
    ),
  )
  return { name: 'recentcontact/get_list', target, pairs, tally, window: 1 }
}

function report(rounds: readonly Rounds[], options: BenchOptions): Report {
  const text = new ReportText()
  text.add(
    `${USERS} users with ${CONVERSATIONS} conversations each, one list under way for each of them, ${options.seconds} s × ${options.repeat} rounds in turns, medians`,
    fullTable(rounds, 'list'),
    halfTable(rounds, ['ack']),
  )
  for (const { name, fulls } of rounds) {
    const cpu = fulls.map(one => one.cpu)
    text.judge(`CPU µs a list, ${name}`, median(cpu), { atMost: CPU_AIM })
    text.line(`by round: ${list(cpu)}`)
  }
  saturation(text, rounds)
  return text.done()
}
