import { describe, expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { openDatabase } from '@rookery/server/store/sqlite/open-database'
import { findNats } from '@rookery/server/testing/nats-server'
import { findPostgres } from '@rookery/server/testing/postgres-server'
import { judge } from './judge/judge.ts'
import { faultsOf, type RunOptions } from './options.ts'
import { type RunHooks, run } from './run.ts'
import { SEEDS } from './seeds.ts'
import type { World } from './world.ts'

const RUN_MS = 120_000
const DATABASE_FILE = 'rookery.db'

/** Without them the seeds of `postgres` are skipped. */
const hasServers = findPostgres() !== undefined && findNats() !== undefined

describe('the delivery contract', () => {
  for (const { found, ...options } of SEEDS)
    test.skipIf(options.engine === 'postgres' && !hasServers)(
      `is kept with seed ${options.seed} on ${options.engine} (once found: ${found})`,
      async () => {
        const entries = await run(options, { say: () => undefined })
        expect(judge(entries)).toEqual([])
        // A run in which nothing happened would be clean too.
        const count = (t: string) => entries.filter(it => it.t === t).length
        expect(count('return')).toBeGreaterThan(50)
        expect(count('received')).toBeGreaterThan(50)
        expect(count('fault')).toBeGreaterThan(3)
        expect(count('screen')).toBeGreaterThan(options.users)
      },
      RUN_MS,
    )
})

const CALM: RunOptions = {
  seed: 77,
  minutes: 0.05,
  nodes: 1,
  engine: 'embedded',
  faults: faultsOf('none', 'embedded'),
  rate: 20,
  users: 2,
  devices: 2,
  groups: 0,
}

/** The rules that a short run with a planted defect breaks. */
async function brokenBy(hooks: Omit<RunHooks, 'say'>): Promise<Set<string>> {
  const entries = await run(CALM, { say: () => undefined, ...hooks })
  return new Set(judge(entries).map(it => it.rule))
}

/** The chosen one of the sends that pass the relays. */
function sendNumber(chosen: number): (direction: 'up' | 'down', text: string) => boolean {
  let seen = 0
  return (direction, text) => direction === 'up' && text.includes('"openim/sendmsg"') && ++seen === chosen
}

/** Changes the database behind the server's back. */
async function inDatabase(world: World, statements: readonly string[]): Promise<void> {
  const { dataFolder, nodes } = world.cluster
  const [node] = nodes
  if (!dataFolder || !node) throw new Error('There is no embedded database.')
  await node.kill()
  const database = openDatabase(dataFolder, 'write')
  for (const statement of statements) database.run(statement)
  database.close()
  await node.restart()
}

describe('a defect that is planted in a live run is found:', () => {
  test(
    'a message that is acknowledged and thrown away',
    async () => {
      const isChosen = sendNumber(5)
      const rules = await brokenBy({
        tamper: (direction, text) => {
          if (!isChosen(direction, text)) return undefined
          const { id } = JSON.parse(text) as { id: number }
          const body = { ActionStatus: 'OK', ErrorCode: 0, ErrorInfo: '', MsgTime: 1, ConvId: 1, Seq: 1 }
          return [{ to: 'down', text: JSON.stringify({ id, body }) }]
        },
      })
      expect(rules).toContain('lost')
    },
    RUN_MS,
  )

  test(
    'a message that is stored twice',
    async () => {
      const isChosen = sendNumber(5)
      const rules = await brokenBy({
        tamper: (direction, text) => {
          if (!isChosen(direction, text)) return undefined
          const again = JSON.parse(text) as { id: number; body: { MsgRandom: number } }
          again.id += 1_000_000
          again.body.MsgRandom += 1
          return [
            { to: 'up', text },
            { to: 'up', text: JSON.stringify(again) },
          ]
        },
      })
      expect(rules).toContain('doubled')
    },
    RUN_MS,
  )

  test(
    'two messages that change places in the database',
    async () => {
      const rules = await brokenBy({
        beforeFinals: world =>
          inDatabase(world, [
            'update message set seq = -2 where seq = 2',
            'update message set seq = 2 where seq = 1',
            'update message set seq = 1 where seq = -2',
          ]),
      })
      expect([...rules]).toEqual(expect.arrayContaining(['lost', 'order']))
    },
    RUN_MS,
  )

  test(
    'a message that vanishes from the database and leaves a hole',
    async () => {
      const rules = await brokenBy({
        beforeFinals: world => inDatabase(world, ['delete from message where seq = 2']),
      })
      expect([...rules]).toEqual(expect.arrayContaining(['lost', 'dense']))
    },
    RUN_MS,
  )

  test(
    'an event that a relay invents',
    async () => {
      let isDone = false
      const rules = await brokenBy({
        tamper: (direction, text) => {
          if (isDone || direction !== 'down' || !text.startsWith('{"ev":"message"')) return undefined
          isDone = true
          const event = JSON.parse(text) as { m: { MsgRandom: number } }
          event.m.MsgRandom += 1
          return [{ to: 'down', text: JSON.stringify(event) }]
        },
      })
      expect([...rules]).toContain('delivery')
    },
    RUN_MS,
  )
})

test(
  'a run leaves no process and no file behind',
  async () => {
    let folder = ''
    let url = ''
    await run(CALM, {
      say: () => undefined,
      beforeFinals: async ({ cluster }) => {
        folder = cluster.dataFolder ?? ''
        url = cluster.nodes[0]?.url ?? ''
        expect(existsSync(join(folder, DATABASE_FILE))).toBe(true)
      },
    })
    expect(existsSync(folder)).toBe(false)
    expect(await fetch(url).catch(() => 'nobody is there')).toBe('nobody is there')
  },
  RUN_MS,
)
