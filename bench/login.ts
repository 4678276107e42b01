import { loginFrame, PING_FRAME, readyAll } from './client-login.ts'
import { list, median, percent, percentiles, table } from './figures.ts'
import { SATURATED } from './load.ts'
import { coreBusy, MeasuredProcess, ownCpu, quiet } from './measured-process.ts'
import type { BenchOptions } from './options.ts'
import { type Report, ReportText } from './report.ts'
import { startSeededServer } from './seeded-server.ts'

/** Connections that are being opened at once. */
const WIDTH = 32
/** Rounds before the first that counts: compiling the login path takes the runtime some thousand logins. */
const WARM_UP_ROUNDS = 3

interface Login {
  readonly perSecond: number
  /** CPU microseconds a login: of the target, of its main thread, of the load. */
  readonly cpu: number
  readonly cpuMain: number
  readonly load: number
  readonly targetShare: number
  readonly loadShare: number
  readonly others: number
  /** Milliseconds from connect to ready: p50, p95, p99. */
  readonly times: readonly number[]
}

/** (b) connect + UserSig + ready, against a connection with one small frame; closing is not in the figures. */
export async function benchLogin(options: BenchOptions): Promise<Report> {
  const count = options.count ?? (options.quick ? 500 : 3000)
  const names = Array.from({ length: count }, (_, index) => `l${index}`)
  const server = await startSeededServer(names, options)
  const relay = await MeasuredProcess.start('relay.ts', { core: options.serverCore })
  try {
    const sides = [
      { name: 'Rookery', target: server, frames: () => names.map(name => loginFrame(server, name)) },
      { name: 'bare connect', target: relay, frames: () => names.map(() => PING_FRAME) },
    ] as const
    const measured = sides.map((): Login[] => [])
    for (let round = 0; round < (options.quick ? 1 : WARM_UP_ROUNDS); round++)
      for (const { target, frames } of sides) await logins(target, frames(), options)
    for (let round = 0; round < options.repeat; round++)
      for (const [index, { target, frames }] of sides.entries())
        measured[index]?.push(await logins(target, frames(), options))
    return report(
      sides.map(side => side.name),
      measured,
      count,
      options,
    )
  } finally {
    await server.stop()
    await relay.stop()
  }
}

async function logins(
  target: MeasuredProcess,
  frames: readonly Buffer[],
  options: BenchOptions,
): Promise<Login> {
  const times = new Float64Array(frames.length)
  let taken = 0
  const start = performance.now()
  const [cpu, own, core] = [target.cpu(), ownCpu(), coreBusy(options.serverCore)]
  const sockets = await readyAll(target, frames, WIDTH, took => {
    times[taken++] = took
  })
  const seconds = (performance.now() - start) / 1000
  const [cpuEnd, ownEnd, coreEnd] = [target.cpu(), ownCpu(), coreBusy(options.serverCore)]
  for (const socket of sockets) socket.close()
  await quiet(target)
  const used = cpuEnd.total - cpu.total
  return {
    perSecond: frames.length / seconds,
    cpu: (used / frames.length) * 1e6,
    cpuMain: ((cpuEnd.main - cpu.main) / frames.length) * 1e6,
    load: ((ownEnd - own) / frames.length) * 1e6,
    targetShare: used / seconds,
    loadShare: (ownEnd - own) / seconds,
    others: Math.max(0, coreEnd - core - used) / seconds,
    times: percentiles(times, [0.5, 0.95, 0.99]),
  }
}

function report(
  names: readonly string[],
  measured: readonly Login[][],
  count: number,
  options: BenchOptions,
): Report {
  const text = new ReportText()
  const of = (index: number, pick: (one: Login) => number) => median((measured[index] ?? []).map(pick))
  text.add(
    `${count} connections a measurement, ${WIDTH} at a time, ${options.repeat} rounds in turns, medians; fsync on (synchronous=FULL)`,
    table(
      [
        'connect to ready',
        'per second',
        'CPU µs each',
        'of it main thread',
        'target CPU',
        'others on its core',
        'p50 ms',
        'p95',
        'p99',
        'load µs each',
        'load CPU',
      ],
      names.map((name, index) => [
        name,
        of(index, one => one.perSecond).toFixed(0),
        of(index, one => one.cpu).toFixed(0),
        of(index, one => one.cpuMain).toFixed(0),
        percent(of(index, one => one.targetShare)),
        percent(of(index, one => one.others)),
        ...[0, 1, 2].map(place => of(index, one => one.times[place] ?? Number.NaN).toFixed(1)),
        of(index, one => one.load).toFixed(0),
        percent(of(index, one => one.loadShare)),
      ]),
    ),
  )
  const ratios = (measured[0] ?? []).map((one, round) => one.cpu / (measured[1]?.[round]?.cpu ?? Number.NaN))
  text.judge('CPU a login, times the bare connect', median(ratios), { atMost: 2 })
  text.line(`by round: ${list(ratios)}`)
  for (const [index, name] of names.entries())
    if (of(index, one => one.loadShare) >= SATURATED)
      text.void(`the load was saturated against ${name}; its rate is the load's, not its own.`)
  return text.done({
    scenario: 'login',
    sides: names.map((name, index) => ({
      name,
      figures: {
        perSecond: of(index, one => one.perSecond),
        cpu: of(index, one => one.cpu),
        p50: of(index, one => one.times[0] ?? Number.NaN),
        p95: of(index, one => one.times[1] ?? Number.NaN),
        p99: of(index, one => one.times[2] ?? Number.NaN),
        loadShare: of(index, one => one.loadShare),
      },
    })),
  })
}
