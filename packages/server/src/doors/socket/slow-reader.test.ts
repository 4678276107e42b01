import { expect, test } from 'bun:test'
import { BareClient } from '../../testing/bare-client.ts'
import { startTestServer, TEST_APP, textBody } from '../../testing/test-server.ts'

const MESSAGES = 1500
/** Fewer bytes than the bound: who reads takes each round before the next. */
const ROUND = 5
const TEXT = 'x'.repeat(8000)

test('a device that does not read is cut off at the bound, the others go on, and nothing is lost for it', async () => {
  await using server = await startTestServer({
    settings: {
      'session.outboundBytes': 65_536,
      'session.inFlightMax': 1000,
      'session.commandsPerSec': 10_000,
    },
  })
  const slow = await BareClient.open(server.running.port)
  const answer = await slow.send(
    JSON.stringify({
      id: 1,
      cmd: 'session/login',
      body: { sdkappid: TEST_APP, identifier: 'bob', usersig: server.userSig('bob') },
    }),
    '"Resumed":0}',
  )
  slow.pause()
  const { body: login } = JSON.parse(answer.slice(answer.indexOf('{'))) as {
    body: { SessionId: string; Generation: number; SessionToken: string; StoreEpoch: string }
  }
  const [alice, other] = [await server.connect('alice'), await server.connect('bob')]
  const { sockets } = server.running.services.metrics
  const live = async () => (await sockets.get()).values.find(({ labels }) => labels.state === 'live')?.value
  expect(await live()).toBe(3)
  for (let sent = 0; sent < MESSAGES; sent += ROUND) {
    await Promise.all(
      Array.from({ length: ROUND }, (_, i) =>
        alice.ok('openim/sendmsg', {
          To_Account: 'bob',
          MsgSeq: sent + i,
          MsgRandom: sent + i,
          MsgClientTime: 1_700_000_000,
          MsgBody: textBody(TEXT),
        }),
      ),
    )
    await other.event('message', ({ m }) => m.Seq === sent + ROUND)
  }
  expect(await live()).toBe(2)
  slow.resume()
  await slow.closed

  const session = { id: login.SessionId, generation: login.Generation, token: login.SessionToken }
  const back = await server.connect('bob', { session })
  expect(back.login).toMatchObject({ Resumed: 1, Generation: 2 })
  const resumed = await back.ok<{ Items: { ConvId: number; HeadSeq: number }[] }>('sync/resume', {
    Epoch: login.StoreEpoch,
    LogNo: 0,
    Marks: [],
  })
  expect(resumed.Items).toMatchObject([{ HeadSeq: MESSAGES }])
  const seqs: number[] = []
  for (let AfterSeq = 0; AfterSeq < MESSAGES; ) {
    const page = await back.ok<{ Messages: { Seq: number }[]; CoverSeq: number }>('sync/pull', {
      To_Account: 'alice',
      ConvId: resumed.Items[0]?.ConvId,
      AfterSeq,
      AfterChangeNo: 0,
      Limit: 100,
    })
    seqs.push(...page.Messages.map(({ Seq }) => Seq))
    expect(page.CoverSeq).toBeGreaterThan(AfterSeq)
    AfterSeq = page.CoverSeq
  }
  expect(seqs).toEqual(Array.from({ length: MESSAGES }, (_, i) => i + 1))
  for (const client of [alice, other, back]) client.close()
}, 60_000)
