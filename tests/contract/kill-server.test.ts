import { afterEach, beforeEach, expect, test } from 'bun:test'
import { SocketClient } from '@rookery/server/testing/socket-client'
import { TEST_APP, TestServer, textBody } from '@rookery/server/testing/test-server'
import { ServerProcess } from './server-process.ts'

const ROUNDS = 5
const WINDOW = 16
/** The budgets of a session are not what is tested here. */
const ENVIRONMENT = {
  ROOKERY_SETTINGS_LOGIN_WEB_INSTANCES: '10',
  ROOKERY_SETTINGS_SESSION_COMMANDS_PER_SEC: '10000',
}
const PAIRS = [
  ['alice', 'bob'],
  ['bob', 'alice'],
  ['carol', 'alice'],
  ['dave', 'carol'],
] as const

let seed: TestServer
let server: ServerProcess | undefined

beforeEach(async () => {
  seed = new TestServer({ users: ['alice', 'bob', 'carol', 'dave'] })
  await seed.seed()
})

afterEach(async () => {
  await server?.kill()
  await seed.stop()
})

interface Acknowledged {
  readonly text: string
  readonly seq: number
}

interface Stored {
  readonly Seq: number
  readonly MsgBody: readonly { readonly MsgContent: { readonly Text: string } }[]
}

async function login(url: string, user: string): Promise<SocketClient> {
  const client = await SocketClient.open(`${url}/ws`)
  await client.ok('session/login', { sdkappid: TEST_APP, identifier: user, usersig: seed.userSig(user) })
  return client
}

/** One sender with several sends in flight until the server dies; collects what was acknowledged. */
async function sendUntilDeath(
  client: SocketClient,
  from: string,
  to: string,
  round: number,
  acknowledged: Acknowledged[],
  attempted: Set<string>,
): Promise<void> {
  let alive = true
  let n = 0
  const closed = client.closed.then(() => {
    alive = false
  })
  const lane = async () => {
    while (alive) {
      const random = round * 1_000_000 + ++n
      const text = `${from}>${to} ${random}`
      attempted.add(text)
      const answer = await Promise.race([client.call('openim/sendmsg', sendBody(to, random, text)), closed])
      if (answer?.ErrorCode === 0) acknowledged.push({ text, seq: Number(answer.Seq) })
    }
  }
  await Promise.all(Array.from({ length: WINDOW }, lane))
}

async function readAll(url: string, me: string, peer: string): Promise<Stored[]> {
  const client = await login(url, me)
  const snapshot = await client.ok<{ Items: { To_Account: string; ConvId: number; HeadSeq: number }[] }>(
    'sync/snapshot',
  )
  const conversation = snapshot.Items.find(item => item.To_Account === peer)
  const messages: Stored[] = []
  let after = 0
  for (let more = conversation ? 1 : 0; more; ) {
    const page = await client.ok<{ Messages: Stored[]; CoverSeq: number; More: number }>('sync/pull', {
      To_Account: peer,
      ConvId: conversation?.ConvId,
      AfterSeq: after,
      AfterChangeNo: 0,
      Limit: 100,
    })
    messages.push(...page.Messages)
    after = page.CoverSeq
    more = page.More
  }
  client.close()
  return messages
}

/** What a client does with sends whose outcome it never learned: the same request, with the same key. */
async function resendUnknown(
  url: string,
  acknowledged: ReadonlyMap<string, readonly Acknowledged[]>,
  attempted: ReadonlySet<string>,
): Promise<void> {
  for (const [from, to] of PAIRS) {
    const known = new Set(acknowledged.get([from, to].join())?.map(({ text }) => text))
    const client = await login(url, from)
    for (const text of attempted) {
      if (!text.startsWith(`${from}>${to} `) || known.has(text)) continue
      await client.ok('openim/sendmsg', sendBody(to, Number(text.split(' ')[1]), text))
    }
    client.close()
  }
}

function sendBody(to: string, random: number, text: string): object {
  return {
    To_Account: to,
    MsgSeq: random,
    MsgRandom: random,
    MsgClientTime: 1_700_000_000,
    MsgBody: textBody(text),
  }
}

test('kill -9 under load, again and again: no acknowledged message is lost, none doubled by resending, numbers are dense', async () => {
  const acknowledged = new Map<string, Acknowledged[]>(PAIRS.map(pair => [pair.join(), []]))
  const attempted = new Set<string>()
  for (let round = 1; round <= ROUNDS; round++) {
    server = await ServerProcess.start(seed.folder, seed.masterKey, { env: ENVIRONMENT })
    const clients = await Promise.all(PAIRS.map(([from]) => login(server?.url ?? '', from)))
    const before = [...acknowledged.values()].flat().length
    const sending = PAIRS.map(([from, to], index) =>
      sendUntilDeath(
        clients[index] as SocketClient,
        from,
        to,
        round,
        acknowledged.get([from, to].join()) ?? [],
        attempted,
      ),
    )
    // The moment of death is a number of acknowledgements, so every round dies in the middle of work.
    while ([...acknowledged.values()].flat().length < before + 150 * round) await Bun.sleep(1)
    await server.kill()
    await Promise.all(sending)
  }
  server = await ServerProcess.start(seed.folder, seed.masterKey, { env: ENVIRONMENT })
  await resendUnknown(server.url, acknowledged, attempted)
  for (const [me, peer] of [
    ['alice', 'bob'],
    ['alice', 'carol'],
    ['carol', 'dave'],
  ] as const) {
    const mine = await readAll(server.url, me, peer)
    const theirs = await readAll(server.url, peer, me)
    expect(mine.map(message => message.Seq)).toEqual(mine.map((_, index) => index + 1))
    expect(theirs).toEqual(mine)
    const texts = mine.map(message => message.MsgBody[0]?.MsgContent.Text ?? '')
    expect(new Set(texts).size).toBe(texts.length)
    for (const text of texts) expect(attempted.has(text)).toBe(true)
    for (const text of attempted)
      if (text.startsWith(`${me}>${peer} `) || text.startsWith(`${peer}>${me} `))
        expect(texts).toContain(text)
    const bySeq = new Map(mine.map(message => [message.Seq, message.MsgBody[0]?.MsgContent.Text]))
    const sent = PAIRS.filter(pair => pair.includes(me as never) && pair.includes(peer as never))
    for (const pair of sent)
      for (const { seq, text } of acknowledged.get(pair.join()) ?? []) expect(bySeq.get(seq)).toBe(text)
  }
  expect(await server.stop()).toBe(0)
}, 120_000)
