import { afterAll, beforeAll, expect, test } from 'bun:test'
import { startTestServer, type TestServer, textBody } from '../testing/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer({ users: ['alice', 'bob', 'carol'] })
})

afterAll(() => server.stop())

let random = 0
async function sent(over: object = {}): Promise<string> {
  const answer = await server.ok<{ MsgKey: string }>('openim/sendmsg', {
    From_Account: 'alice',
    To_Account: 'bob',
    MsgRandom: ++random,
    MsgBody: textBody('hi'),
    CloudCustomData: 'v1',
    ...over,
  })
  return answer.MsgKey
}
const address = { From_Account: 'alice', To_Account: 'bob' }
const modify = (body: object) => server.rest('openim/modify_c2c_msg', { ...address, ...body })

test('an edit replaces only what is given, counts the version and tells both sides', async () => {
  const [alice, bob] = [await server.connect('alice'), await server.connect('bob')]
  const MsgKey = await sent()
  expect(await modify({ MsgKey, MsgBody: textBody('edited') })).toEqual({
    ActionStatus: 'OK',
    ErrorCode: 0,
    ErrorInfo: 'succeed',
  })
  await modify({ MsgKey, CloudCustomData: 'v2' })
  for (const client of [alice, bob]) {
    const first = await client.event('change')
    expect(first).toMatchObject({
      kind: 'modify',
      m: { MsgKey, MsgBody: textBody('edited'), CloudCustomData: 'v1', MsgVersion: 1 },
    })
    expect((await client.event('change')).m).toMatchObject({
      MsgBody: textBody('edited'),
      CloudCustomData: 'v2',
      MsgVersion: 2,
      ChangeNo: (first.m.ChangeNo ?? 0) + 1,
    })
  }
  alice.close()
  bob.close()
})

test('either participant edits over the socket; who is neither may not', async () => {
  const [bob, carol] = [await server.connect('bob'), await server.connect('carol')]
  const MsgKey = await sent()
  const request = { ...address, MsgKey, CloudCustomData: 'by bob', MsgVersion: 0 }
  expect(await carol.call('openim/modify_c2c_msg', request)).toMatchObject({ ErrorCode: 20001 })
  expect(await bob.ok('openim/modify_c2c_msg', request)).toMatchObject({ ErrorInfo: 'succeed' })
  expect((await bob.event('change')).m.CloudCustomData).toBe('by bob')
  bob.close()
  carol.close()
})

test('an edit of an older version is 2480 and brings the present message', async () => {
  const alice = await server.connect('alice')
  const MsgKey = await sent()
  const body = { ...address, MsgKey, MsgBody: textBody('one'), MsgVersion: 0 }
  await alice.ok('openim/modify_c2c_msg', body)
  expect(await alice.call('openim/modify_c2c_msg', { ...body, MsgBody: textBody('two') })).toMatchObject({
    ErrorCode: 2480,
    ErrorDetail: { message: { MsgKey, MsgVersion: 1, MsgBody: textBody('one'), From_Account: 'alice' } },
  })
  alice.close()
})

test('what the caller does not see, what was recalled and what never was cannot be edited', async () => {
  const alice = await server.connect('alice')
  const hidden = await sent({ SyncOtherMachine: 2 })
  expect(
    await alice.call('openim/modify_c2c_msg', { ...address, MsgKey: hidden, CloudCustomData: 'x' }),
  ).toMatchObject({ ErrorCode: 20026 })
  expect((await modify({ MsgKey: hidden, CloudCustomData: 'x' })).ErrorCode).toBe(0)
  const recalled = await sent()
  await server.ok('openim/admin_msgwithdraw', { ...address, MsgKey: recalled })
  expect((await modify({ MsgKey: recalled, CloudCustomData: 'x' })).ErrorCode).toBe(20022)
  expect((await modify({ MsgKey: '1_2_3', CloudCustomData: 'x' })).ErrorCode).toBe(20022)
  alice.close()
})

test('wrong requests have their codes, and the size of the whole counts', async () => {
  const MsgKey = await sent({ CloudCustomData: 'x'.repeat(12_000) })
  expect((await modify({ MsgKey })).ErrorCode).toBe(90010)
  expect((await modify({ MsgKey, MsgBody: [] })).ErrorCode).toBe(90002)
  expect((await modify({ MsgKey, MsgBody: 'x' })).ErrorCode).toBe(90007)
  expect((await modify({ MsgKey, MsgBody: [{}] })).ErrorCode).toBe(90010)
  expect((await modify({ MsgKey, CloudCustomData: 1 })).ErrorCode).toBe(90010)
  expect((await modify({ MsgKey: 'x', CloudCustomData: '' })).ErrorCode).toBe(90054)
  expect((await modify({ MsgKey, From_Account: 'ghost', CloudCustomData: '' })).ErrorCode).toBe(20003)
  expect((await modify({ MsgKey, To_Account: 'ghost', CloudCustomData: '' })).ErrorCode).toBe(90012)
  expect((await modify({ MsgKey, To_Account: undefined, CloudCustomData: '' })).ErrorCode).toBe(90003)
  expect((await modify({ MsgKey, MsgBody: textBody('y'.repeat(300)) })).ErrorCode).toBe(93000)
  expect((await modify({ MsgKey, MsgBody: textBody('y'.repeat(300)), CloudCustomData: '' })).ErrorCode).toBe(
    0,
  )
})
