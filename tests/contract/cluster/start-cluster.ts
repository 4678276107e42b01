import { randomBytes } from 'node:crypto'
import { GuardedFolder } from '@rookery/server/testing/guarded-process'
import { type NatsServer, startNats } from '@rookery/server/testing/nats-server'
import { type PostgresServer, startPostgres } from '@rookery/server/testing/postgres-server'
import type { RunOptions } from '../options.ts'
import { type Cluster, ENVIRONMENT, type Part } from './cluster.ts'
import { NodeProcess } from './node.ts'

export interface RunningCluster extends Cluster {
  readonly nodes: readonly NodeProcess[]
}

/** Starts servers of their own on free ports of 127.0.0.1. They end with this process at the latest. */
export async function startCluster(options: Pick<RunOptions, 'engine' | 'nodes'>): Promise<RunningCluster> {
  const folder = new GuardedFolder('rookery-contract-')
  const ending: (() => Promise<unknown>)[] = [() => folder.remove()]
  const stop = async () => {
    for (const end of ending.toReversed()) await end()
  }
  try {
    const env: Record<string, string> = { ...ENVIRONMENT }
    const parts: { database?: Part; bus?: Part } = {}
    if (options.engine === 'postgres') {
      const postgres = await startPostgres()
      ending.push(() => postgres.stop())
      const nats = await startNats()
      ending.push(() => nats.stop())
      env.ROOKERY_DATABASE_URL = postgres.url(await postgres.createDatabase())
      env.ROOKERY_NATS_SERVERS = nats.url
      parts.database = partOf('PostgreSQL', postgres)
      parts.bus = partOf('NATS', nats)
    }
    const masterKey = randomBytes(32)
    const nodes = Array.from(
      { length: options.nodes },
      (_, i) => new NodeProcess({ name: `node${i + 1}`, folder: folder.path, masterKey, env }),
    )
    const [first, ...others] = nodes
    if (!first) throw new Error('A cluster has at least one node.')
    ending.push(async () => {
      await Promise.all(nodes.map(node => node.kill()))
    })
    const app = appOf(await first.start())
    await Promise.all(others.map(node => node.start()))
    return { app, nodes, ...parts, dataFolder: first.dataFolder, stop }
  } catch (cause) {
    await stop()
    throw cause
  }
}

function partOf(name: string, server: NatsServer | PostgresServer): Part {
  return {
    name,
    kill: () => server.kill(),
    restart: () => server.restart(),
    pause: () => server.pause(),
    resume: async () => server.resume(),
  }
}

/** The first start on an empty database makes an app and says its key once. */
function appOf(welcome: string): Cluster['app'] {
  const id = Number(/SDKAppID\s+(\d+)/.exec(welcome)?.[1])
  const secret = /secret key\s+(\S+)/.exec(welcome)?.[1]
  if (!id || !secret) throw new Error('The first node did not say the key of the first app.')
  return { id, secret }
}
