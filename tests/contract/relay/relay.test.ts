import { afterEach, describe, expect, test } from 'bun:test'
import { Random } from '../random.ts'
import { FAIR, Relay, type RelayOptions, type Weather } from './relay.ts'

const open: { stop(): unknown }[] = []

afterEach(async () => {
  for (const it of open.splice(0).toReversed()) await it.stop()
})

/** A node that sends back each text, and a client that reaches it through a relay. */
async function house(weather: Partial<Weather> = {}, options: Partial<RelayOptions> = {}) {
  const node = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: (request, server) => (server.upgrade(request) ? undefined : new Response('no')),
    websocket: { perMessageDeflate: true, message: (socket, text) => void socket.send(text) },
  })
  open.push({ stop: () => node.stop(true) })
  const relay = await Relay.open({
    random: new Random(7),
    route: () => `http://127.0.0.1:${node.port}`,
    observe: () => undefined,
    ...options,
  })
  open.push({ stop: () => relay.close() })
  relay.weather = { ...FAIR, heldMs: 20, ...weather }
  const client = new WebSocket(`${relay.url}/ws`)
  const heard: string[] = []
  client.onmessage = event => heard.push(String(event.data))
  const closed = new Promise<number>(resolve => {
    client.onclose = event => resolve(event.code)
  })
  await new Promise<void>(resolve => {
    client.onopen = () => resolve()
  })
  return { relay, client, heard, closed }
}

async function until(holds: () => boolean): Promise<void> {
  for (const end = Date.now() + 5_000; !holds(); await Bun.sleep(2))
    if (Date.now() > end) throw new Error(`did not come true: ${holds}`)
}

const NUMBERS = Array.from({ length: 200 }, (_, i) => String(i))

describe('a relay', () => {
  test('in fair weather carries everything both ways, in order, and is seen by its observer', async () => {
    const observed: string[] = []
    const { client, heard } = await house({}, { observe: (way, text) => observed.push(`${way} ${text}`) })
    for (const text of NUMBERS) client.send(text)
    await until(() => heard.length === NUMBERS.length)
    expect(heard).toEqual(NUMBERS)
    expect(observed.filter(it => it.startsWith('up'))).toEqual(NUMBERS.map(it => `up ${it}`))
  })

  test('loses some frames', async () => {
    const { client, heard } = await house({ drop: 0.2 })
    for (const text of NUMBERS) client.send(text)
    await until(() => heard.length > 50)
    expect(heard.length).toBeLessThan(NUMBERS.length)
    expect(heard).toEqual(NUMBERS.filter(it => heard.includes(it)))
  })

  test('doubles some frames, beside each other', async () => {
    const { client, heard } = await house({ double: 0.2 })
    for (const text of NUMBERS) client.send(text)
    await until(() => heard.at(-1) === NUMBERS.at(-1) && heard.length > NUMBERS.length)
    expect(heard.filter((it, at) => heard[at - 1] !== it)).toEqual(NUMBERS)
  })

  test('holds frames without changing their order', async () => {
    const { client, heard } = await house({ hold: 0.2 })
    for (const text of NUMBERS) client.send(text)
    await until(() => heard.length === NUMBERS.length)
    expect(heard).toEqual(NUMBERS)
  })

  test('lets frames overtake each other and loses none', async () => {
    const { client, heard } = await house({ overtake: 0.2 })
    for (const text of NUMBERS) client.send(text)
    await until(() => heard.length === NUMBERS.length)
    expect(heard).not.toEqual(NUMBERS)
    expect(heard.toSorted((a, b) => Number(a) - Number(b))).toEqual(NUMBERS)
  })

  test('cuts connections', async () => {
    const { relay, closed } = await house()
    relay.cut()
    expect(await closed).toBe(1006)
  })

  test('freezes what is open and lets in what is new', async () => {
    const { relay, client, heard } = await house()
    client.send('before')
    await until(() => heard.length === 1)
    relay.freeze()
    client.send('after')
    const other = new WebSocket(`${relay.url}/ws`)
    const answered = new Promise<string>(resolve => {
      other.onopen = () => other.send('new')
      other.onmessage = event => resolve(String(event.data))
    })
    expect(await answered).toBe('new')
    expect(heard).toEqual(['before'])
    expect(client.readyState).toBe(WebSocket.OPEN)
  })

  test('refuses a connection when there is no node', async () => {
    const { relay } = await house()
    const lonely = await Relay.open({
      random: new Random(1),
      route: () => undefined,
      observe: () => undefined,
    })
    open.push({ stop: () => lonely.close() })
    const client = new WebSocket(`${lonely.url}/ws`)
    const code = await new Promise<number>(resolve => {
      client.onclose = event => resolve(event.code)
    })
    expect(code).toBe(1006)
    expect(relay.url).not.toBe(lonely.url)
  })

  test('can tell either side something else', async () => {
    const { client, heard } = await house(
      {},
      {
        tamper: (way, text) => (way === 'up' && text === 'lie' ? [{ to: 'down', text: 'a lie' }] : undefined),
      },
    )
    client.send('lie')
    client.send('truth')
    await until(() => heard.length === 2)
    expect(heard).toEqual(['a lie', 'truth'])
  })
})
