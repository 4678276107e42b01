import { expect, test } from 'bun:test'
import { connect } from 'node:net'
import { startTestServer, TEST_ADMIN, TEST_APP, type TestServer, textBody } from '../testing/test-server.ts'
import { createLogger } from './logger.ts'

/** A server that logs everything, and everything that it said, in logs and in answers. */
async function watchedServer() {
  const logged: string[] = []
  const answered: string[] = []
  const out = { write: (line: string) => logged.push(line) } as unknown as NodeJS.WritableStream
  const server = await startTestServer({
    server: { log: createLogger({ level: 'trace', format: 'json' }, out), publicHosts: ['*'] },
  })
  return { server, logged, answered }
}

/** Sends bytes as they are; resolves with whatever comes back before the connection ends. */
function rawRequest(port: number, text: string): Promise<string> {
  return new Promise(resolve => {
    let answer = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(text))
    socket.setTimeout(500, () => socket.destroy())
    socket.on('data', data => {
      answer += data.toString()
    })
    socket.on('close', () => resolve(answer))
    socket.on('error', () => resolve(answer))
  })
}

/** Good and bad REST calls and requests that are no calls, with the ticket in the URL, in the header and in bodies. */
async function restCalls(server: TestServer, ticket: string): Promise<string[]> {
  const answers: string[] = []
  const say = async (response: Promise<Response>) => {
    const { headers, status } = await response
    answers.push(`${status} ${JSON.stringify([...headers])} ${await (await response).text()}`)
  }
  const kick = { UserID: 'bob', NoWait: 1 }
  for (const query of [
    { usersig: ticket },
    { usersig: ticket, identifier: 'alice' },
    { usersig: ticket, sdkappid: '7' },
    { usersig: ticket.slice(0, -3) },
    { usersig: `${ticket}x` },
    { usersig: ticket, identifier: ticket },
    { usersig: ticket, sdkappid: ticket },
  ]) {
    await say(server.fetch('im_open_login_svc/kick', { query, body: kick }))
    await say(server.fetch('im_open_login_svc/kick', { query, body: '{' }))
    await say(server.fetch('no/such_command', { query }))
  }
  await say(server.fetch('im_open_login_svc/kick', { method: 'GET', query: { usersig: ticket } }))
  const header = { authorization: `UserSig ${ticket}` }
  await say(
    server.fetch('im_open_login_svc/kick', { query: { usersig: undefined }, headers: header, body: kick }),
  )
  await say(fetch(`${server.url}/nowhere?usersig=${ticket}`))
  await say(fetch(`${server.url}/ws?usersig=${ticket}`))
  await say(fetch(`${server.url}/readyz?usersig=${ticket}`, { headers: header }))
  const { port } = server.running
  for (const host of ['a b', 'localhost', '%', '[', ''])
    for (const target of [`/v4/x/y?usersig=${ticket}`, `//?usersig=${ticket}`, `http://[/?usersig=${ticket}`])
      answers.push(
        await rawRequest(
          port,
          `POST ${target} HTTP/1.1\r\nhost: ${host}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`,
        ),
      )
  return answers
}

/** Good and bad logins, renewals and commands. Returns the answers and the secrets that the server made. */
async function socketCalls(server: TestServer, ticket: string, wrong: string) {
  const answers: string[] = []
  const secrets: string[] = []
  const login = { sdkappid: TEST_APP, identifier: 'alice' }
  const socket = await server.socket({ origin: 'https://app.example' })
  for (const usersig of [wrong, ticket.slice(1), ticket]) {
    const answer = await socket.call('session/login', { ...login, usersig })
    if (answer.ErrorCode === 0) secrets.push(String(answer.SessionToken))
    else answers.push(JSON.stringify(answer))
  }
  for (const usersig of [wrong, ticket, [ticket]])
    answers.push(JSON.stringify(await socket.call('session/renew', { usersig })))
  answers.push(JSON.stringify(await socket.call('session/renew', { usersig: ticket, x: '\ud800' })))
  answers.push(
    JSON.stringify(await socket.call('openim/sendmsg', { usersig: ticket, MsgBody: textBody(ticket) })),
  )
  socket.sendText(`{"id":1,"cmd":"${ticket}",`)
  answers.push(JSON.stringify(await socket.closed))
  const second = await server.socket()
  const stolen = { id: 'x', generation: 1, token: secrets[0] }
  answers.push(
    JSON.stringify(await second.call('session/login', { ...login, usersig: wrong, session: stolen })),
  )
  second.sendText(`{"usersig":"${ticket}"}`)
  answers.push(JSON.stringify(await second.closed))
  return { answers, secrets }
}

test('no ticket, key or session token stands in a log line, an error answer, a page or a metric', async () => {
  const { server, logged } = await watchedServer()
  await using running = server
  const admin = running.userSig(TEST_ADMIN)
  const user = running.userSig('alice')
  const forged = running.userSig('alice', { key: 'e'.repeat(64) })
  const answers = await restCalls(running, admin)
  const sockets = await socketCalls(running, user, forged)
  answers.push(...sockets.answers)
  for (const path of ['/metrics', '/healthz', '/docs', '/openapi.json'])
    answers.push(await (await fetch(`${running.url}${path}`)).text())
  await running.halt()

  expect(logged.length).toBeGreaterThan(20)
  expect(sockets.secrets).toHaveLength(1)
  // Whole, encoded, and the part that no other ticket shares.
  const tickets = [admin, user, forged].flatMap(ticket => [encodeURIComponent(ticket), ticket.slice(-24)])
  const master = running.masterKey
  const secrets = [
    ...tickets,
    ...sockets.secrets,
    running.key,
    master.toString('hex'),
    master.toString('base64'),
  ]
  for (const secret of secrets) {
    expect(logged.filter(line => line.includes(secret))).toEqual([])
    expect(answers.filter(answer => answer.includes(secret))).toEqual([])
  }
})

test('a logger hides fields that are named like secrets, whatever a caller puts in', () => {
  const lines: string[] = []
  const out = { write: (line: string) => lines.push(line) } as unknown as NodeJS.WritableStream
  for (const format of ['json', 'text'] as const) {
    const log = createLogger({ level: 'info', format }, out)
    log.info(
      { usersig: 'S3CRET', query: { usersig: 'S3CRET' }, headers: { authorization: 'S3CRET' } },
      'called',
    )
    log.info({ key: 'S3CRET', password: 'S3CRET', session: { token: 'S3CRET' } }, 'called')
  }
  expect(lines).toHaveLength(4)
  for (const line of lines) {
    expect(line).not.toContain('S3CRET')
    expect(line).toContain('called')
  }
})

test('the log tells of refused logins, calls with their ids, and ended sessions', async () => {
  const { server, logged } = await watchedServer()
  await using running = server
  const lines = () => logged.map(line => JSON.parse(line) as Record<string, unknown>)
  const socket = await running.socket()
  await socket.call('session/login', { sdkappid: TEST_APP, identifier: 'alice', usersig: 'x' })
  expect(lines()).toContainEqual(
    expect.objectContaining({ level: 20, msg: 'A login was refused.', code: 70003, address: '127.0.0.1' }),
  )
  const response = await running.fetch('im_open_login_svc/kick', { body: { UserID: 'bob', NoWait: 1 } })
  expect(lines()).toContainEqual(
    expect.objectContaining({
      level: 20,
      msg: 'A REST call.',
      command: 'im_open_login_svc/kick',
      code: 0,
      requestId: response.headers.get('x-request-id'),
    }),
  )
  expect(lines()).toContainEqual(
    expect.objectContaining({ level: 30, msg: 'Sessions were ended.', app: TEST_APP, account: 3 }),
  )
})
