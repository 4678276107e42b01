import type { LoginAnswer } from '@rookery/protocol/wire'
import { TEST_APP } from '@rookery/server/testing/test-server'
import { sign } from '@rookery/usersig'
import { table } from './figures.ts'
import { type MeasuredProcess, quiet } from './measured-process.ts'
import type { BenchOptions } from './options.ts'
import { TEXT } from './pair.ts'
import { ask, clientFrame, openWith, type RawSocket } from './raw-socket.ts'
import { type Report, ReportText } from './report.ts'
import { startSeededServer } from './seeded-server.ts'
import { connectPairs, pairNames } from './send.ts'
import type { Side } from './sides.ts'

/** People who come and go, at once and in all. */
const WIDTH = 32
const USERS = 1000
/** Pairs that talk all the time. */
const PAIRS = 16
/** Resident memory at the end, times that of the start (issue 6). */
const AIM = 1.1
const SETTLE_MS = 10_000
/** Until the server holds itself for idle and gives back its page caches (5 to 10 s), and the allocator to the system. */
const IDLE_MS = 15_000

interface Memory {
  readonly resident: number
  readonly heap: number
}

/** People log in, write, lose their connection, come back and log out, while others talk: does memory return to where it was? */
export async function benchSoak(options: BenchOptions): Promise<Report> {
  const cycles = options.count ?? (options.quick ? 500 : 20_000)
  const warmUp = Math.max(200, Math.min(5000, Math.floor(cycles / 4)))
  const users = Array.from({ length: USERS }, (_, index) => `u${index}`)
  const server = await startSeededServer([...users, ...pairNames(PAIRS)], options)
  try {
    const talk = await connectPairs('talk', server, { ...options, pairs: PAIRS })
    await comeAndGo(server, talk, users, warmUp)
    const before = await atRest(server)
    const [start, said] = [performance.now(), talk.tally.delivered]
    await comeAndGo(server, talk, users, cycles)
    const seconds = (performance.now() - start) / 1000
    const after = await atRest(server)
    return report({ before, after, cycles, warmUp, seconds, messages: talk.tally.delivered - said })
  } finally {
    await server.stop()
  }
}

async function comeAndGo(
  server: MeasuredProcess,
  talk: Side,
  users: readonly string[],
  cycles: number,
): Promise<void> {
  const usersigs = users.map(userId => sign({ sdkAppId: TEST_APP, userId, key: server.key }))
  for (const pair of talk.pairs) {
    pair.window = 1
    pair.fill()
  }
  let next = 0
  const lane = async () => {
    for (let cycle = next++; cycle < cycles; cycle = next++) {
      const place = cycle % users.length
      await visit(server, users[place] ?? '', usersigs[place] ?? '', cycle)
    }
  }
  // Fewer at once than users, so that nobody is there twice.
  await Promise.all(Array.from({ length: WIDTH }, lane))
  for (const pair of talk.pairs) pair.window = 0
  const end = Date.now() + SETTLE_MS
  while (!talk.pairs.every(pair => pair.settled) && !talk.tally.failure && Date.now() < end)
    await Bun.sleep(20)
  if (talk.tally.failure) throw new Error(talk.tally.failure)
  if (!talk.pairs.every(pair => pair.settled)) throw new Error('Messages were not delivered.')
}

/** Login, a message, a lost connection, the way back, logout. */
async function visit(server: MeasuredProcess, user: string, usersig: string, cycle: number): Promise<void> {
  const login = (session?: object) =>
    clientFrame(
      JSON.stringify({
        id: 1,
        cmd: 'session/login',
        body: { sdkappid: TEST_APP, identifier: user, usersig, ...(session && { session }) },
      }),
    )
  const first = await openWith(server.port, login())
  const { SessionId, Generation, SessionToken } = succeeded<LoginAnswer>(first.answer)
  await command(first.socket, 'openim/sendmsg', {
    To_Account: `u${(cycle + USERS / 2) % USERS}`,
    MsgSeq: 1,
    MsgRandom: cycle + 1,
    MsgClientTime: Math.floor(Date.now() / 1000),
    MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: TEXT } }],
  })
  first.socket.close()
  const second = await openWith(
    server.port,
    login({ id: SessionId, generation: Generation + 1, token: SessionToken }),
  )
  succeeded(second.answer)
  await command(second.socket, 'session/logout', {})
  second.socket.close()
}

async function command(socket: RawSocket, cmd: string, body: object): Promise<void> {
  succeeded(await ask(socket, clientFrame(JSON.stringify({ id: 2, cmd, body }))))
}

function succeeded<T>(answer: string): T {
  const { body } = JSON.parse(answer) as { body: T & { ErrorCode: number } }
  if (body.ErrorCode !== 0) throw new Error(`refused: ${answer}`)
  return body
}

async function atRest(server: MeasuredProcess): Promise<Memory> {
  await quiet(server)
  await Bun.sleep(IDLE_MS)
  const heap = await server.collect()
  return { resident: server.memory(), heap }
}

function report(found: {
  readonly before: Memory
  readonly after: Memory
  readonly cycles: number
  readonly warmUp: number
  readonly seconds: number
  readonly messages: number
}): Report {
  const { before, after } = found
  const text = new ReportText()
  const mega = (bytes: number) => (bytes / 2 ** 20).toFixed(1)
  text.add(
    `${found.cycles} times login, message, lost connection, return and logout, ${WIDTH} people at once, after ${found.warmUp} of them as a warm-up; ${PAIRS} pairs talked meanwhile, ${found.messages} messages; ${found.seconds.toFixed(0)} s, ${(found.cycles / found.seconds).toFixed(0)} a second. Memory at rest, ${IDLE_MS / 1000} s after the last of them and after a garbage collection.`,
    table(
      ['MB', 'before', 'after'],
      (['resident', 'heap'] as const).map(key => [key, mega(before[key]), mega(after[key])]),
    ),
  )
  text.judge('resident memory, times the start', after.resident / before.resident, { atMost: AIM })
  return text.done()
}
