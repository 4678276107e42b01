import { afterAll, beforeAll, expect, test } from 'bun:test'
import { performance } from 'node:perf_hooks'
import { type PostgresServer, startPostgres } from '../../testing/postgres-server.ts'
import { NotStoredError } from '../not-stored-error.ts'
import {
  counterOf,
  makeApp,
  message,
  NO_SERVER,
  openNode,
  raise,
  type TestNode,
  until,
  WHY_SKIPPED,
} from './test-node.ts'

/** Longer than any of the store's own deadlines together. */
const NEVER_MS = 15_000

let server: PostgresServer
let url: string
let node: TestNode

beforeAll(async () => {
  if (NO_SERVER) return
  server = await startPostgres()
  url = server.url(await server.createDatabase())
  node = await openNode(url)
  await node.store.mutate(makeApp, { accounts: 2 })
})

afterAll(async () => {
  if (NO_SERVER) return
  await node.store.close()
  await server.stop()
})

const onServer = test.skipIf(NO_SERVER)

onServer(
  `a server that is killed and comes back has all that was acknowledged${WHY_SKIPPED}`,
  async () => {
    const acknowledged = new Map<number, number>()
    let raises = 0
    let working = true
    const sending = Array.from({ length: 4 }, async (_, sender) => {
      for (let n = 0; working; n++) {
        const random = sender * 1_000_000 + n
        const result = await node.store.append(message(random)).catch(() => undefined)
        if (result && 'seq' in result) acknowledged.set(random, result.seq)
      }
    })
    const raising = (async () => {
      while (working)
        raises += await node.store.mutate(raise, { account: 1 }).then(
          () => 1,
          () => 0,
        )
    })()
    for (let round = 0; round < 2; round++) {
      const before = acknowledged.size
      await until('messages are stored', () => acknowledged.size > before + 50)
      await server.kill()
      await server.restart()
    }
    const before = acknowledged.size
    await until('messages are stored again', () => acknowledged.size > before + 50)
    working = false
    await Promise.all([...sending, raising])

    const rows = await node.store.read
      .selectFrom('message')
      .select(['seq', 'random'])
      .orderBy('seq')
      .execute()
    expect(rows.map(row => row.seq)).toEqual(rows.map((_, index) => index + 1))
    expect(new Set(rows.map(row => row.random)).size).toBe(rows.length)
    const stored = new Map(rows.map(row => [row.random, row.seq]))
    for (const [random, seq] of acknowledged) expect(stored.get(random)).toBe(seq)
    expect(await counterOf(node.store, 1)).toBeGreaterThanOrEqual(raises)
    expect(node.fences).toEqual([])
  },
  60_000,
)

onServer(
  `while the server stands still every call fails in time, and it goes on by itself${WHY_SKIPPED}`,
  async () => {
    const before = await counterOf(node.store, 2)
    await server.pause()
    const started = performance.now()
    const calls = await Promise.race([
      Promise.allSettled([
        node.store.mutate(raise, { account: 2 }),
        node.store.append(message(-1)),
        ...Array.from({ length: 20 }, () => node.store.read.selectFrom('app').selectAll().execute()),
      ]),
      Bun.sleep(NEVER_MS).then(() => []),
    ])
    expect(calls).toHaveLength(22)
    for (const call of calls) {
      expect(call.status).toBe('rejected')
      if (call.status === 'rejected') expect(call.reason).toBeInstanceOf(NotStoredError)
    }
    expect(performance.now() - started).toBeLessThan(NEVER_MS)
    expect(node.store.storageError).toBeDefined()
    expect(node.store.behind).toBeDefined()

    server.resume()
    let raised = 0
    await until('writes succeed', async () => {
      raised += await node.store.mutate(raise, { account: 2 }).then(
        () => 1,
        () => 0,
      )
      return raised > 0
    })
    await until('the log is read', () => node.store.behind === undefined)
    expect(node.store.storageError).toBeUndefined()
    expect(await counterOf(node.store, 2)).toBe(before + raised)
    expect((await node.store.append(message(-1))).outcome).toMatch(/stored|duplicate/)
  },
  60_000,
)

onServer(
  `a process that stood still knows that it is behind before it reads anything${WHY_SKIPPED}`,
  async () => {
    const script = `
    const { openNode } = await import('${import.meta.dir}/test-node.ts')
    const node = await openNode('${url}')
    let last = performance.now()
    let looks = 0
    setInterval(() => {
      // Ready once it counts: a stop before the first look would be seen by none.
      if (looks++ === 1) console.log('ready')
      // The first thing that this process does on waking.
      if (performance.now() - last > 1500) console.log(node.store.behind === undefined ? 'up to date' : 'behind')
      last = performance.now()
    }, 20)`
    const child = Bun.spawn([process.execPath, '-e', script], { stdout: 'pipe', stderr: 'inherit' })
    let said = ''
    const listening = (async () => {
      for await (const piece of child.stdout) said += new TextDecoder().decode(piece)
    })()
    await until('it is ready', () => said.includes('ready'))
    child.kill('SIGSTOP')
    await Bun.sleep(2000)
    child.kill('SIGCONT')
    await until('it looked', () => said.includes('behind') || said.includes('up to date'))
    expect(said.split('\n')[1]).toBe('behind')
    child.kill('SIGKILL')
    await listening
  },
)
