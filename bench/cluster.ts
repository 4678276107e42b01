import { CONNECTION_LIMITS, PgConnection } from '@rookery/server/store/postgres/connection'
import { startNats } from '@rookery/server/testing/nats-server'
import { startPostgres } from '@rookery/server/testing/postgres-server'
import { BareInsert } from './bare-insert.ts'
import { type ClusterFigures, type Full, reportCluster } from './cluster-report.ts'
import { median } from './figures.ts'
import { Installation } from './installation.ts'
import { fullLoad, type Half, loadAt, WARM_UP_MS } from './load.ts'
import { coreBusy, familyCpu, ownCpu, ownWait, processCpu } from './measured-process.ts'
import type { BenchOptions } from './options.ts'
import type { Report } from './report.ts'

/** Rows a commit of the bare insert; the first is what the aim is about. */
const BATCHES = [128, 512] as const
/** What is not PostgreSQL's default, beside the addresses. */
const SIZES = { shared_buffers: '512MB', max_wal_size: '4GB' } as const
/** A checkpoint writes all that the measurement before has changed. */
const CHECKPOINT_MS = 60_000

/**
 * (d) messages of nodes on PostgreSQL and NATS, the receiver at another node than the sender, against a bare insert of such rows into the
 * same PostgreSQL.
 */
export async function benchCluster(options: BenchOptions): Promise<Report> {
  const postgres = await startPostgres({ settings: SIZES })
  // The databases of the test servers are made there.
  process.env.ROOKERY_TEST_POSTGRES = postgres.url('postgres')
  const nats = await startNats()
  const bus = { urls: [nats.url] }
  const installations: Installation[] = []
  try {
    const bare = await BareInsert.open(postgres.url(await postgres.createDatabase()), options.pairs)
    const limits = { ...CONNECTION_LIMITS, answerMs: CHECKPOINT_MS, statementMs: CHECKPOINT_MS }
    const admin = await PgConnection.open({ url: postgres.url('postgres'), limits })
    for (const nodes of options.nodes)
      installations.push(
        await Installation.start({ name: `${nodes} ${nodes === 1 ? 'node' : 'nodes'}`, nodes, bus }, options),
      )
    const meter = new Meter(postgres.pid, nats.pid)
    const figures: ClusterFigures = {
      bares: BATCHES.map(batch => ({ name: `bare insert, ${batch} a batch`, fulls: [] })),
      nodes: installations.map(({ name }) => ({ name, fulls: [], halves: [] })),
      logOnly: undefined,
    }
    // Compiling the nodes' code takes the runtime some ten thousand messages each.
    if (!options.quick)
      for (const installation of installations) {
        await full(installation, meter, options)
        installation.tally.takeRefused()
      }
    for (let round = 0; round < options.repeat; round++) {
      for (const [index, batch] of BATCHES.entries()) {
        await admin.run('checkpoint')
        figures.bares[index]?.fulls.push(await fullInsert(bare, batch, meter, options))
      }
      for (const [index, installation] of installations.entries()) {
        await admin.run('checkpoint')
        const measured = await full(installation, meter, options)
        figures.nodes[index]?.fulls.push(measured)
        figures.nodes[index]?.halves.push(await loadAt(installation, measured.perSecond / 2, options))
      }
    }
    for (const installation of installations.splice(0)) await installation.stop()
    const most = Math.max(...options.nodes)
    if (most > 1) {
      const logOnly = await Installation.start({ name: `${most} nodes, log only`, nodes: most }, options)
      installations.push(logOnly)
      const place = options.nodes.indexOf(most)
      const perSecond = median((figures.nodes[place]?.fulls ?? []).map(one => one.perSecond)) / 2
      figures.logOnly = { name: logOnly.name, halves: await halves(logOnly, perSecond, options) }
    }
    bare.close()
    admin.drop('The bench is done.')
    return reportCluster(figures, describe(options), options)
  } finally {
    for (const installation of installations) await installation.stop()
    await nats.stop()
    await postgres.stop()
  }
}

function describe(options: BenchOptions): string {
  const sizes = Object.entries(SIZES).map(([name, value]) => `${name} ${value}`)
  return `PostgreSQL with fsync on, ${sizes.join(', ')}, and NATS, nodes and load share all cores of this machine, nothing is pinned. ${
    options.pairs
  } pairs, ${options.window} messages under way in each, ${options.seconds} s × ${
    options.repeat
  } rounds in turns, a checkpoint before each, medians. Of several nodes the receiver is at another one than the sender.`
}

async function halves(
  installation: Installation,
  perSecond: number,
  options: BenchOptions,
): Promise<readonly Half[]> {
  if (!options.quick) await fullLoad(installation, options, () => undefined)
  installation.tally.takeRefused()
  const measured: Half[] = []
  for (let round = 0; round < options.repeat; round++)
    measured.push(await loadAt(installation, perSecond, options))
  return measured
}

async function fullInsert(
  bare: BareInsert,
  batch: number,
  meter: Meter,
  options: BenchOptions,
): Promise<Full> {
  bare.start(batch)
  await Bun.sleep(WARM_UP_MS)
  const before = meter.sample(bare.rows)
  await Bun.sleep(options.seconds * 1000)
  const after = meter.sample(bare.rows)
  await bare.stop()
  return between(before, after)
}

async function full(installation: Installation, meter: Meter, options: BenchOptions): Promise<Full> {
  const { tally } = installation
  const [before, after] = await fullLoad(installation, options, () =>
    meter.sample(Math.min(tally.acked, tally.delivered), installation),
  )
  return between(before, after)
}

interface Sample {
  readonly time: number
  readonly messages: number
  /** CPU seconds. */
  readonly nodes: number
  readonly nodesMain: number
  readonly postgres: number
  readonly nats: number
  readonly load: number
  readonly loadWait: number
  /** Of all cores, by all processes. */
  readonly machine: number
}

/** Reads the clocks of all that takes part. */
class Meter {
  readonly #postgres: number
  readonly #nats: number

  /** @param postgres id of the postmaster */
  constructor(postgres: number, nats: number) {
    this.#postgres = postgres
    this.#nats = nats
  }

  sample(messages: number, installation?: Installation): Sample {
    const nodes = installation?.cpu() ?? { total: 0, main: 0 }
    return {
      time: performance.now() / 1000,
      messages,
      nodes: nodes.total,
      nodesMain: nodes.main,
      postgres: familyCpu(this.#postgres),
      nats: processCpu(this.#nats),
      load: ownCpu(),
      loadWait: ownWait(),
      machine: coreBusy('all'),
    }
  }
}

function between(before: Sample, after: Sample): Full {
  const spent = (key: keyof Sample) => after[key] - before[key]
  const [seconds, messages] = [spent('time'), spent('messages')]
  const each = (key: keyof Sample) => (spent(key) / messages) * 1e6
  const ours = spent('nodes') + spent('postgres') + spent('nats') + spent('load')
  return {
    perSecond: messages / seconds,
    nodes: each('nodes'),
    nodesMain: each('nodesMain'),
    postgres: each('postgres'),
    nats: each('nats'),
    load: each('load'),
    loadShare: spent('load') / seconds,
    loadWait: spent('loadWait') / seconds,
    others: Math.max(0, spent('machine') - ours) / seconds,
  }
}
