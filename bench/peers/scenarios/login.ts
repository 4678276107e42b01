import { median, percentiles } from '../../figures.ts'
import { coreBusy, ownCpu, quiet } from '../../measured-process.ts'
import { allowSockets } from '../../open-files.ts'
import type { BenchOptions } from '../../options.ts'
import type { Figures } from '../../peer.ts'
import { connectAll } from '../connect-all.ts'
import type { PeerDefinition, PeerServer } from '../peer-definition.ts'
import { type Shares, voidNotes } from './void-notes.ts'

/** Rounds before the first that counts, as for Rookery. */
const WARM_UP_ROUNDS = 3

interface Login extends Shares {
  readonly perSecond: number
  readonly cpu: number
  readonly times: readonly number[]
}

/** From connect to ready; closing is not in the figures. */
export async function login(definition: PeerDefinition, options: BenchOptions): Promise<Figures> {
  const count = options.count ?? (options.quick ? 500 : 3000)
  const names = Array.from({ length: count }, (_, index) => `l${index}`)
  allowSockets(2 * count)
  const server = await definition.start(options.serverCore, names)
  try {
    for (let round = 0; round < (options.quick ? 1 : WARM_UP_ROUNDS); round++)
      await logins(server, names, options)
    const measured: Login[] = []
    for (let round = 0; round < options.repeat; round++) measured.push(await logins(server, names, options))
    const of = (pick: (one: Login) => number) => median(measured.map(pick))
    const late = (place: number) => of(one => one.times[place] ?? Number.NaN)
    const notes = voidNotes({ fulls: measured })
    return {
      perSecond: of(one => one.perSecond),
      cpu: of(one => one.cpu),
      p50: late(0),
      p95: late(1),
      p99: late(2),
      loadShare: of(one => one.loadShare),
      ...(notes.length > 0 && { note: notes.join('; ') }),
    }
  } finally {
    await server.process.stop()
  }
}

async function logins(server: PeerServer, names: readonly string[], options: BenchOptions): Promise<Login> {
  const times = new Float64Array(names.length)
  let taken = 0
  const start = performance.now()
  const [cpu, own, core] = [server.process.cpu(), ownCpu(), coreBusy(options.serverCore)]
  const clients = await connectAll(server, names, took => {
    times[taken++] = took
  })
  const seconds = (performance.now() - start) / 1000
  const [cpuEnd, ownEnd, coreEnd] = [server.process.cpu(), ownCpu(), coreBusy(options.serverCore)]
  for (const client of clients) client.close()
  await quiet(server.process)
  const used = cpuEnd.total - cpu.total
  return {
    perSecond: names.length / seconds,
    cpu: (used / names.length) * 1e6,
    loadShare: (ownEnd - own) / seconds,
    others: Math.max(0, coreEnd - core - used) / seconds,
    times: percentiles(times, [0.5, 0.95, 0.99]),
  }
}
