import type { LoginAnswer } from '@rookery/protocol/wire'
import { TEST_APP } from '@rookery/server/testing/test-server'
import { sign } from '@rookery/usersig'
import { list, median } from './figures.ts'
import type { MeasuredProcess } from './measured-process.ts'
import { seedConversations } from './message-seed.ts'
import { allowSockets } from './open-files.ts'
import type { BenchOptions } from './options.ts'
import { ask, clientFrame, openWith, type RawSocket } from './raw-socket.ts'
import { type Report, ReportText } from './report.ts'
import { Seed } from './seeded-server.ts'
import { pairNames } from './send.ts'

/** Connections that are being opened at once; the kernel keeps a queue of a few hundred. */
const WIDTH = 256
const MESSAGES = 10
/** Most seconds from the start of the new process until all are back (issue 6). */
const AIM_SECONDS = 3

/** A device, as it stood when its server went away. */
interface Device {
  readonly name: string
  readonly usersig: string
  readonly conv: number
  login: LoginAnswer
  socket: RawSocket
}

interface Round {
  readonly startMs: number
  readonly seconds: number
  /** CPU microseconds of the server for each device. */
  readonly cpu: number
}

/** A server that is killed and started again: until every client is logged in as the same session and has resumed. */
export async function benchReconnect(options: BenchOptions): Promise<Report> {
  const count = 2 * Math.ceil((options.count ?? (options.quick ? 500 : 5000)) / 2)
  allowSockets(count)
  const names = pairNames(count / 2)
  const seed = await Seed.make({
    users: names,
    fill: test =>
      seedConversations(test, {
        pairs: Array.from({ length: count / 2 }, (_, index) => [`s${index}`, `r${index}`] as const),
        each: MESSAGES,
      }),
  })
  let server = await seed.start(options)
  try {
    const { port } = server
    const devices = await all(names, (name, index) => firstLogin(server, name, 1 + (index >> 1)))
    const rounds: Round[] = []
    for (let round = 0; round < options.repeat; round++) {
      await server.kill()
      const start = performance.now()
      server = await seed.start(options, { port })
      await all(devices, device => comeBack(server, device))
      rounds.push({
        startMs: server.startMs,
        seconds: (performance.now() - start) / 1000,
        cpu: (server.cpu().total / count) * 1e6,
      })
    }
    for (const { socket } of devices) socket.close()
    return report(rounds, count, options)
  } finally {
    await server.stop()
    seed.remove()
  }
}

/** Does it for each, `WIDTH` at a time. */
async function all<T, R>(items: readonly T[], act: (item: T, index: number) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  let next = 0
  const lane = async () => {
    for (let index = next++; index < items.length; index = next++)
      results[index] = await act(items[index] as T, index)
  }
  await Promise.all(Array.from({ length: WIDTH }, lane))
  return results
}

function loginText(name: string, usersig: string, session?: object): string {
  return JSON.stringify({
    id: 1,
    cmd: 'session/login',
    body: { sdkappid: TEST_APP, identifier: name, usersig, ...(session && { session }) },
  })
}

async function firstLogin(server: MeasuredProcess, name: string, conv: number): Promise<Device> {
  const usersig = sign({ sdkAppId: TEST_APP, userId: name, key: server.key })
  const { socket, answer } = await openWith(server.port, clientFrame(loginText(name, usersig)))
  return { name, usersig, conv, login: succeeded<LoginAnswer>(answer), socket }
}

/** Logs in as the same session, and asks what moved since. */
async function comeBack(server: MeasuredProcess, device: Device): Promise<void> {
  const { name, usersig, conv, login } = device
  const session = { id: login.SessionId, generation: login.Generation + 1, token: login.SessionToken }
  const { socket, answer } = await openWith(server.port, clientFrame(loginText(name, usersig, session)))
  const back = succeeded<LoginAnswer>(answer)
  if (back.Resumed !== 1) throw new Error(`${name} came back as a new session: ${answer}`)
  const marks = { Epoch: back.StoreEpoch, LogNo: login.LogNo, Marks: [[conv, MESSAGES, 0]] }
  const resumed = succeeded<{ Snapshot?: 1; Items?: unknown[] }>(
    await ask(socket, clientFrame(JSON.stringify({ id: 2, cmd: 'sync/resume', body: marks }))),
  )
  if (resumed.Snapshot || resumed.Items?.length !== 0)
    throw new Error(`${name} missed nothing and was told ${JSON.stringify(resumed)}`)
  device.login = back
  device.socket = socket
}

function succeeded<T>(answer: string): T {
  const { body } = JSON.parse(answer) as { body: T & { ErrorCode: number } }
  if (body.ErrorCode !== 0) throw new Error(`refused: ${answer}`)
  return body
}

function report(rounds: readonly Round[], count: number, options: BenchOptions): Report {
  const text = new ReportText()
  const of = (key: keyof Round) => median(rounds.map(one => one[key]))
  text.add(
    `${count} clients, ${WIDTH} at a time; the server is killed and started again on the same port; ${options.repeat} rounds, medians. A client is ready when it is logged in as the same session and sync/resume was answered; seconds count from the start of the new process.`,
    `New process accepted connections after ${of('startMs').toFixed(0)} ms; CPU of the server, its start included, ${of('cpu').toFixed(0)} µs a client.`,
  )
  text.judge('seconds until all are ready', of('seconds'), { atMost: AIM_SECONDS })
  text.line(`by round: ${list(rounds.map(one => one.seconds))}`)
  return text.done()
}
