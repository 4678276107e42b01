import { TEST_ADMIN, TEST_APP } from '@rookery/server/testing/test-server'
import { sign } from '@rookery/usersig'
import { list, median } from './figures.ts'
import { MeasuredProcess } from './measured-process.ts'
import type { BenchOptions } from './options.ts'
import { Tally, TEXT } from './pair.ts'
import { type Report, ReportText } from './report.ts'
import { RestSender } from './rest-sender.ts'
import { startSeededServer } from './seeded-server.ts'
import { pairNames } from './send.ts'
import { fullTable, halfTable, measureInTurns, type Rounds, ratios, type Side, saturation } from './sides.ts'

/** Numbers that each connection has for itself. */
const NUMBERS = 10_000_000

/** `openim/sendmsg` of an app's server over HTTP, durable and acknowledged; against an HTTP server that parses JSON and answers. */
export async function benchRest(options: BenchOptions): Promise<Report> {
  const server = await startSeededServer(pairNames(options.pairs), options, {
    settings: { 'rate.rest.default': 0 },
  })
  const echo = await MeasuredProcess.start('http-echo.ts', { core: options.serverCore })
  try {
    const sides = [await connect('Rookery', server, options), await connect('bare HTTP', echo, options)]
    return report(await measureInTurns(sides, options), options)
  } finally {
    await server.stop()
    await echo.stop()
  }
}

async function connect(name: string, target: MeasuredProcess, options: BenchOptions): Promise<Side> {
  const tally = new Tally()
  const usersig =
    target.key === '' ? 'none' : sign({ sdkAppId: TEST_APP, userId: TEST_ADMIN, key: target.key })
  const path = `/v4/openim/sendmsg?sdkappid=${TEST_APP}&identifier=${TEST_ADMIN}&usersig=${encodeURIComponent(usersig)}&random=1&contenttype=json`
  const pairs = await Promise.all(
    Array.from({ length: options.pairs }, (_, index) => {
      const body = `{"From_Account":"s${index}","To_Account":"r${index}","MsgRandom":#########N,"MsgBody":[{"MsgType":"TIMTextElem","MsgContent":{"Text":"${TEXT}"}}]}`
      return RestSender.open(target.port, path, body, { tally, first: (index % 300) * NUMBERS })
    }),
  )
  return { name, target, pairs, tally }
}

function report(sides: readonly Rounds[], options: BenchOptions): Report {
  const text = new ReportText()
  text.add(
    `${options.pairs} connections, one request under way on each, ${options.seconds} s × ${options.repeat} rounds in turns, medians; fsync on (synchronous=FULL)`,
    fullTable(sides, 'request'),
    halfTable(sides, ['ack']),
  )
  const [cpu, speed] = [ratios(sides, 'cpu'), ratios(sides, 'perSecond')]
  text.line(
    `CPU a request, times bare HTTP: ${median(cpu).toFixed(2)}; throughput, share of it: ${median(speed).toFixed(2)} (no aim)`,
  )
  text.line(`by round: CPU ${list(cpu)}; throughput ${list(speed)}`)
  saturation(text, sides)
  return text.done()
}
