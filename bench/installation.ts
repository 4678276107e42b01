import { randomBytes } from 'node:crypto'
import type { NatsServers } from '@rookery/server/bus/nats-servers'
import { TestServer } from '@rookery/server/testing/test-server'
import { loginFrame, ready } from './client-login.ts'
import type { LoadSide } from './load.ts'
import { type CpuTime, MeasuredProcess } from './measured-process.ts'
import { type BenchOptions, profileFlags } from './options.ts'
import { Pair, Tally } from './pair.ts'
import type { ServerArgument } from './server.ts'

/** As `database.connections` is by default. */
const CONNECTIONS = 16

export interface InstallationOptions {
  readonly name: string
  readonly nodes: number
  /** Left out: the nodes learn of each other's messages from the log alone. */
  readonly bus?: NatsServers
}

/** Nodes on a database of their own, and pairs whose receiver is logged in at the node after the sender's. */
export class Installation implements LoadSide {
  readonly name: string
  readonly pairs: readonly Pair[]
  readonly tally: Tally
  readonly #nodes: readonly MeasuredProcess[]
  readonly #seed: TestServer

  private constructor(
    name: string,
    parts: { pairs: readonly Pair[]; tally: Tally; nodes: readonly MeasuredProcess[]; seed: TestServer },
  ) {
    this.name = name
    this.pairs = parts.pairs
    this.tally = parts.tally
    this.#nodes = parts.nodes
    this.#seed = parts.seed
  }

  /** In the PostgreSQL of `ROOKERY_TEST_POSTGRES`. */
  static async start(
    { name, nodes: count, bus }: InstallationOptions,
    options: BenchOptions,
  ): Promise<Installation> {
    const users = Array.from({ length: options.pairs }, (_, index) => [`s${index}`, `r${index}`]).flat()
    const seed = new TestServer({ users, engine: 'postgres' })
    await seed.seed()
    // Databases of one template have its epoch, and installations of one epoch would hear each other over NATS.
    await seed.sql(`update meta set value = ? where name = 'store_epoch'`, randomBytes(12).toString('hex'))
    const { source } = seed.database
    if (source.kind !== 'postgres') throw new Error('The database of a cluster is PostgreSQL.')
    const argument: ServerArgument = {
      store: { kind: 'postgres', url: source.url, connections: CONNECTIONS },
      masterKey: seed.masterKey.toString('base64'),
      ...(bus && { bus }),
    }
    const nodes: MeasuredProcess[] = []
    try {
      for (let no = 0; no < count; no++)
        nodes.push(
          await MeasuredProcess.start('server.ts', {
            argument: JSON.stringify(argument),
            bunFlags: profileFlags(options),
            key: seed.key,
          }),
        )
      const tally = new Tally()
      const pairs = await connectPairs(nodes, tally, options.pairs)
      return new Installation(name, { pairs, tally, nodes, seed })
    } catch (error) {
      for (const node of nodes) await node.stop()
      await seed.database.remove()
      throw error
    }
  }

  /** Of all nodes together. */
  cpu(): CpuTime {
    const each = this.#nodes.map(node => node.cpu())
    return {
      total: each.reduce((sum, cpu) => sum + cpu.total, 0),
      main: each.reduce((sum, cpu) => sum + cpu.main, 0),
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#nodes.map(node => node.stop()))
    await this.#seed.database.remove()
  }
}

async function connectPairs(
  nodes: readonly MeasuredProcess[],
  tally: Tally,
  count: number,
): Promise<readonly Pair[]> {
  const pairs: Pair[] = []
  const nodeOf = (no: number) => nodes[no % nodes.length] as MeasuredProcess
  for (let index = 0; index < count; index++) {
    const [from, to] = [`s${index}`, `r${index}`]
    const [sendsAt, receivesAt] = [nodeOf(index), nodeOf(index + 1)]
    const [sender, receiver] = await Promise.all([
      ready(sendsAt, loginFrame(sendsAt, from)),
      ready(receivesAt, loginFrame(receivesAt, to)),
    ])
    pairs.push(new Pair(tally, sender, receiver, { from, to, receives: 'pull' }))
  }
  return pairs
}
