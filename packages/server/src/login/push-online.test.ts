import { afterAll, beforeAll, expect, test } from 'bun:test'
import { startTestServer, type TestServer } from '../testing/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer({ settings: { 'login.policy': 'multi' } })
})

afterAll(() => server.stop())

interface Status {
  readonly QueryResult: readonly {
    readonly Detail?: readonly { readonly Platform: string; readonly Status: string }[]
  }[]
}

/** The platforms of alice with their state, once it is what is wanted; a lost socket is noted after the fact. */
async function until(wanted: Record<string, string>): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const { QueryResult } = await server.ok<Status>('openim/query_online_status', {
      To_Account: ['alice'],
      IsNeedDetail: 1,
    })
    const seen = Object.fromEntries((QueryResult[0]?.Detail ?? []).map(it => [it.Platform, it.Status]))
    if (Bun.deepEquals(seen, wanted)) return
    if (tries === 199) expect(seen).toEqual(wanted)
    await Bun.sleep(10)
  }
}

test('two phones that lost their sockets are both reachable by push, until each logs out', async () => {
  const android = await server.connect('alice', { platform: 'Android' })
  const iphone = await server.connect('alice', { platform: 'iPhone' })
  await until({ Android: 'Online', iPhone: 'Online' })
  android.close()
  iphone.close()
  await until({ Android: 'PushOnline', iPhone: 'PushOnline' })
  const again = await server.connect('alice', { platform: 'Android' })
  await again.ok('session/logout')
  await until({ iPhone: 'PushOnline' })
})
