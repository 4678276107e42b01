import { expect, test } from 'bun:test'
import type { LoginAnswer } from '@rookery/protocol/wire'
import type { SocketClient } from '../../testing/socket-client.ts'
import { startTestServer, TEST_APP } from '../../testing/test-server.ts'

const DEVICES = 500

test('500 devices that come back at once after a restart all get their sessions again, and none twice', async () => {
  await using server = await startTestServer()
  const users = Array.from({ length: DEVICES }, (_, i) => `user-${i}`)
  const login = (user: string, session?: object) => ({
    sdkappid: TEST_APP,
    identifier: user,
    usersig: server.userSig(user),
    ...(session && { session }),
  })
  const open = async (bodies: readonly object[]) => {
    const sockets = await Promise.all(bodies.map(() => server.socket()))
    const answers = await Promise.all(
      sockets.map((socket, index) => socket.call('session/login', bodies[index])),
    )
    return sockets.map((socket, index) => ({ socket, answer: answers[index] }))
  }
  const first = await open(users.map(user => login(user)))
  for (const { answer } of first) expect(answer?.ErrorCode).toBe(0)
  await server.halt()
  for (const { socket } of first) expect((await socket.closed).code).toBe(4000)
  await server.start()
  const back = await open(
    users.map((user, index) => {
      const answer = first[index]?.answer as LoginAnswer | undefined
      const session = { id: answer?.SessionId, generation: answer?.Generation, token: answer?.SessionToken }
      return login(user, session)
    }),
  )
  for (const [index, { answer }] of back.entries())
    expect(answer).toMatchObject({
      ErrorCode: 0,
      Resumed: 1,
      Generation: 2,
      SessionId: first[index]?.answer?.SessionId,
    })
  const rows = await server.running.services.store.read
    .selectFrom('session')
    .select(['session_id', 'connected', 'ended'])
    .execute()
  expect(rows).toHaveLength(DEVICES)
  expect(rows.every(row => row.connected === 1 && row.ended === '')).toBe(true)
  await Promise.all(back.map(({ socket }: { socket: SocketClient }) => socket.ok('session/ping')))
  for (const { socket } of back) socket.close()
}, 60_000)
