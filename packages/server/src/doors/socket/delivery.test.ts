import { afterEach, expect, test } from 'bun:test'
import { LocalBus, type Push } from '../../bus/bus.ts'
import { type AudienceParts, GroupAudiences } from '../../groups/audience/group-audiences.ts'
import { Topics } from '../../groups/audience/topics.ts'
import { startTestServer, type TestServer, textBody } from '../../testing/test-server.ts'
import { Delivery } from './delivery.ts'
import { SocketHub } from './socket-hub.ts'

const push = (frame: string): Push => ({ app: 1, to: [1], frame })

/** Of groups nothing is asked here. */
const noStore: AudienceParts['store'] = {
  vitals: undefined,
  hurry: () => undefined,
  get read(): never {
    throw new Error('nothing is read here')
  },
}

let delivery: Delivery | undefined
afterEach(() => delivery?.stop())

/** A delivery whose node is behind at first, and what its hub was given. */
function behindNode() {
  const node = { behind: 'the log was not read' as string | undefined, overflows: 0 }
  const given: string[] = []
  class Hub extends SocketHub {
    override push(push: Push): void {
      given.push(push.frame)
    }
  }
  const bus = new LocalBus()
  const hub = new Hub(bus)
  const onOverflow = () => node.overflows++
  delivery = new Delivery({
    hub,
    audiences: new GroupAudiences({
      store: noStore,
      hub,
      bus,
      topics: new Topics({ in: 0, out: 0 }),
      onOverflow,
    }),
    deviceOf: () => undefined,
    isShared: true,
    behind: () => node.behind,
    onOverflow,
  })
  return { node, given, delivery }
}

/** The test's own time limit ends it. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await Bun.sleep(5)
}

test('a node that is behind delivers nothing; later everything, in order', async () => {
  const { node, given, delivery } = behindNode()
  delivery.push(push('1'))
  delivery.take([{ kind: 'push', app: 1, to: [1], frame: '2' }], 'here')
  await Bun.sleep(120)
  expect(given).toEqual([])
  node.behind = undefined
  delivery.push(push('3'))
  expect(given).toEqual(['1', '2', '3'])
  node.behind = 'again'
  delivery.push(push('4'))
  node.behind = undefined
  await until(() => given.length === 4)
  expect(node.overflows).toBe(0)
})

test('when more waits than is kept, the devices are told to fetch it, once, and later frames go out again', () => {
  const { node, given, delivery } = behindNode()
  for (let i = 0; i < 25_000; i++) delivery.push(push(String(i)))
  expect(node.overflows).toBe(1)
  node.behind = undefined
  delivery.push(push('after'))
  expect(given).toEqual(['after'])
  node.behind = 'again'
  delivery.push(push('x'.repeat(9 << 20)))
  expect(node.overflows).toBe(2)
})

/** Makes the store of a running server say that it does not know what others decided. */
function setBehind(server: TestServer, behind: string | undefined): void {
  Object.defineProperty(server.running.services.store, 'behind', { value: behind, configurable: true })
}

test('a node that is behind answers both doors with 60022 and a delay, says so, and goes on where it stopped', async () => {
  await using server = await startTestServer()
  const [alice, bob] = [await server.connect('alice'), await server.connect('bob')]
  setBehind(server, 'the log could not be read for a second')
  const refusal = {
    ErrorCode: 60022,
    ErrorDetail: { check: 'behind', retryAfterMs: expect.any(Number) },
  }
  expect(await alice.call('session/ping')).toMatchObject(refusal)
  expect(await server.rest('im_open_login_svc/account_check', {})).toMatchObject(refusal)
  const ready = await fetch(`${server.url}/readyz`)
  expect([ready.status, await ready.json()]).toEqual([
    503,
    { status: 'not ready', reason: 'the log could not be read for a second' },
  ])
  // A refused login of this kind is no failed one: the socket stays, however often.
  const waiting = await server.socket()
  const login = { sdkappid: 1400000001, identifier: 'alice', usersig: server.userSig('alice') }
  for (let i = 0; i < 5; i++) expect(await waiting.call('session/login', login)).toMatchObject(refusal)
  setBehind(server, undefined)
  await waiting.ok('session/login', login)
  await alice.ok('openim/sendmsg', {
    To_Account: 'bob',
    MsgSeq: 1,
    MsgRandom: 1,
    MsgClientTime: 1_700_000_000,
    MsgBody: textBody('after'),
  })
  expect((await bob.event('message')).m.MsgBody).toEqual(textBody('after') as never)
})
