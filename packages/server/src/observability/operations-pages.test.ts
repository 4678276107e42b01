import { afterAll, beforeAll, expect, test } from 'bun:test'
import { startTestServer, TEST_APP, type TestServer, textBody } from '../testing/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer({ server: { trustedProxies: [] } })
})

afterAll(() => server.stop())

/** The value of one line of the metrics; undefined when it is not there. */
async function metric(line: string): Promise<number | undefined> {
  const text = await (await fetch(`${server.url}/metrics`)).text()
  const found = text.split('\n').find(candidate => candidate.startsWith(`${line} `))
  return found === undefined ? undefined : Number(found.slice(line.length + 1))
}

test('health and readiness answer in a word', async () => {
  expect(await (await fetch(`${server.url}/healthz`)).json()).toEqual({ status: 'alive' })
  expect(await (await fetch(`${server.url}/readyz`)).json()).toEqual({ status: 'ready' })
})

test('a server that stops is not ready, while it still serves those that are there', async () => {
  await using stopping = await startTestServer({ server: { drainSeconds: 1 } })
  const device = await stopping.connect('alice')
  const { url } = stopping
  const stopped = stopping.halt()
  await device.event('drain')
  const ready = await fetch(`${url}/readyz`)
  expect(ready.status).toBe(503)
  expect(await ready.json()).toEqual({ status: 'not ready', reason: 'the server is stopping' })
  expect((await fetch(`${url}/ws`)).status).toBe(503)
  await device.ok('session/ping')
  await stopped
})

test('the metrics count logins, sockets, frames, commands, messages and closes', async () => {
  const alice = await server.connect('alice')
  const refused = await server.socket()
  await refused.call('session/login', { sdkappid: TEST_APP, identifier: 'alice', usersig: '' })
  await alice.ok('openim/sendmsg', {
    To_Account: 'bob',
    MsgSeq: 1,
    MsgRandom: 1,
    MsgClientTime: 1_700_000_000,
    MsgBody: textBody('counted'),
  })
  await server.rest('openim/sendmsg', {})
  await server.rest('no/such_thing')
  expect(await metric('rookery_logins_total{code="0"}')).toBe(1)
  expect(await metric('rookery_logins_total{code="70002"}')).toBe(1)
  expect(await metric('rookery_sockets{state="open"}')).toBe(2)
  expect(await metric('rookery_sockets{state="live"}')).toBe(1)
  expect(await metric('rookery_messages_total{outcome="stored"}')).toBe(1)
  expect(await metric('rookery_commands_total{door="socket",command="openim/sendmsg",code="0"}')).toBe(1)
  expect(await metric('rookery_commands_total{door="http",command="openim/sendmsg",code="90003"}')).toBe(1)
  expect(await metric('rookery_commands_total{door="http",command="unknown",code="60009"}')).toBe(1)
  expect(await metric('rookery_command_seconds_count{door="http"}')).toBe(2)
  expect(await metric('rookery_frames_total{direction="in"}')).toBe(3)
  expect(await metric('rookery_frames_total{direction="out"}')).toBe(3)
  alice.sendText('rubbish')
  await alice.closed
  refused.close()
  await refused.closed
  expect(await metric('rookery_socket_closes_total{reason="bad_frame"}')).toBe(1)
  expect(await metric('rookery_socket_closes_total{reason="client"}')).toBe(1)
  expect(await metric('rookery_sockets{state="open"}')).toBe(0)
  expect(await metric('rookery_sockets{state="live"}')).toBe(0)
  expect(await metric('process_resident_memory_bytes')).toBeGreaterThan(0)
})

test('made-up commands and names of users do not become names of metrics', async () => {
  for (let i = 0; i < 20; i++) await server.rest(`made_up/command_${i}`)
  const text = await (await fetch(`${server.url}/metrics`)).text()
  expect(text).not.toContain('made_up')
  expect(text).not.toContain('alice')
})

test('metrics are for this machine only, also when a proxy that nobody named passes calls on', async () => {
  const response = await fetch(`${server.url}/metrics`, { headers: { 'x-forwarded-for': '203.0.113.1' } })
  expect(response.status).toBe(403)
  expect(await response.text()).not.toContain('rookery_')
})
