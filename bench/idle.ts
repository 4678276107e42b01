import { loginFrame, PING_FRAME, readyAll } from './client-login.ts'
import { median, table } from './figures.ts'
import { MeasuredProcess, quiet } from './measured-process.ts'
import type { BenchOptions } from './options.ts'
import { type Report, ReportText } from './report.ts'
import { startSeededServer } from './seeded-server.ts'

const WIDTH = 32
/** Logged in first and kept: what code and pools cost once is not a connection's. */
const WARM_UP = 300

interface Idle {
  /** Bytes a connection: as it stands after the logins, after garbage collection, and of that JavaScript's heap. */
  readonly standing: number
  readonly settled: number
  readonly heap: number
  /** Resident bytes before and after. */
  readonly before: number
  readonly after: number
}

/** (c) memory of idle logged-in connections, against bare ones that sent one frame. */
export async function benchIdle(options: BenchOptions): Promise<Report> {
  const count = options.count ?? (options.quick ? 1000 : 9000)
  const names = Array.from({ length: count + WARM_UP }, (_, index) => `i${index}`)
  const measured: [Idle[], Idle[]] = [[], []]
  for (let round = 0; round < options.repeat; round++) {
    const server = await startSeededServer(names, options)
    measured[0].push(
      await idle(
        server,
        names.map(name => loginFrame(server, name)),
      ),
    )
    const relay = await MeasuredProcess.start('relay.ts', { core: options.serverCore })
    measured[1].push(
      await idle(
        relay,
        names.map(() => PING_FRAME),
      ),
    )
  }
  return report(measured, count, options)
}

async function idle(target: MeasuredProcess, frames: readonly Buffer[]): Promise<Idle> {
  try {
    const sockets = await readyAll(target, frames.slice(0, WARM_UP), WIDTH)
    await quiet(target)
    const heapBefore = await target.collect()
    const before = target.memory()
    sockets.push(...(await readyAll(target, frames.slice(WARM_UP), WIDTH)))
    await quiet(target)
    const standing = target.memory()
    const heapAfter = await target.collect()
    const after = target.memory()
    const count = frames.length - WARM_UP
    for (const socket of sockets) socket.close()
    await quiet(target)
    return {
      standing: (standing - before) / count,
      settled: (after - before) / count,
      heap: (heapAfter - heapBefore) / count,
      before,
      after,
    }
  } finally {
    await target.stop()
  }
}

function report(measured: readonly [Idle[], Idle[]], count: number, options: BenchOptions): Report {
  const text = new ReportText()
  const of = (side: readonly Idle[], key: keyof Idle) => median(side.map(one => one[key]))
  const kilo = (bytes: number) => (bytes / 1024).toFixed(2)
  const mega = (bytes: number) => (bytes / 2 ** 20).toFixed(1)
  text.add(
    `${count} connections, ${options.repeat} rounds with new processes, medians of resident memory`,
    table(
      ['idle connections', 'KB each', 'before GC', 'of it JS heap', 'process before, MB', 'after, MB'],
      (['Rookery', 'bare'] as const).map((name, index) => {
        const side = measured[index as 0 | 1]
        return [
          name,
          kilo(of(side, 'settled')),
          kilo(of(side, 'standing')),
          kilo(of(side, 'heap')),
          mega(of(side, 'before')),
          mega(of(side, 'after')),
        ]
      }),
    ),
  )
  text.judge('KB of process memory each', of(measured[0], 'settled') / 1024, { atMost: 6 })
  return text.done({
    scenario: 'idle',
    sides: (['Rookery', 'bare'] as const).map((name, index) => ({
      name,
      figures: { bytes: of(measured[index as 0 | 1], 'settled') },
    })),
  })
}
