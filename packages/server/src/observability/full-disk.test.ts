import { afterAll, expect, test } from 'bun:test'
import { readOnlyView, SmallDisk } from '../testing/small-disk.ts'
import { startTestServer, TEST_APP, TestServer, textBody } from '../testing/test-server.ts'

const disk = SmallDisk.mount(8)
afterAll(() => disk?.unmount())

const TOLD = 'The disk refused the write, so nothing was stored.'

/** Asks until the answer is as wanted; the test's own time limit ends it. */
async function until(ask: () => Promise<boolean>): Promise<void> {
  while (!(await ask())) await Bun.sleep(50)
}

if (!disk) test.skip('a full disk (skipped: mounting a small file system takes root)', () => {})
else {
  test('on a full disk nothing is acknowledged, everybody is told why, and it goes on when there is room', async () => {
    await using server = await startTestServer({ folder: disk.folder })
    const [alice, bob] = [await server.connect('alice'), await server.connect('bob')]
    const stored = new Set<string>()
    let random = 0
    const send = async () => {
      const text = `${++random} ${'x'.repeat(8000)}`
      const answer = await alice.call('openim/sendmsg', {
        To_Account: 'bob',
        MsgSeq: 1,
        MsgRandom: random,
        MsgClientTime: 1_700_000_000,
        MsgBody: textBody(text),
      })
      if (answer.ErrorCode === 0) stored.add(text)
      return answer
    }
    expect((await send()).ErrorCode).toBe(0)
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200)

    disk.fill()
    // The log of the database has room for a while.
    let refused = await send()
    while (refused.ErrorCode === 0) refused = await send()
    expect(refused).toMatchObject({ ActionStatus: 'FAIL', ErrorCode: 91000 })
    expect(refused.ErrorInfo).toStartWith(TOLD)
    expect(await server.rest('im_open_login_svc/account_import', { UserID: 'x'.repeat(20) })).toMatchObject({
      ErrorCode: 70500,
      ErrorInfo: expect.stringContaining(TOLD),
    })
    const ready = await fetch(`${server.url}/readyz`)
    expect(ready.status).toBe(503)
    expect(await ready.json()).toEqual({
      status: 'not ready',
      reason: expect.stringMatching(/^writes fail: .*(full|I\/O)/),
    })
    const socket = await server.socket()
    const login = { sdkappid: TEST_APP, identifier: 'carol', usersig: server.userSig('carol') }
    expect(await socket.call('session/login', login)).toMatchObject({
      ErrorCode: 70500,
      ErrorInfo: expect.stringContaining(TOLD),
    })
    // Reading goes on.
    const history = await bob.ok<{ MsgList: unknown[] }>('openim/get_roam_msg', {
      Peer_Account: 'alice',
      MaxCnt: 100,
    })
    expect(history.MsgList).toHaveLength(stored.size)

    disk.free()
    await until(async () => (await fetch(`${server.url}/readyz`)).status === 200)
    expect((await send()).ErrorCode).toBe(0)
    await socket.ok('session/login', login)
    const all = await bob.ok<{ MsgList: { Seq: number; MsgBody: { MsgContent: { Text: string } }[] }[] }>(
      'openim/get_roam_msg',
      { Peer_Account: 'alice', MaxCnt: 100 },
    )
    expect(all.MsgList.map(({ Seq }) => Seq)).toEqual(all.MsgList.map((_, index) => index + 1))
    expect(new Set(all.MsgList.map(({ MsgBody }) => MsgBody[0]?.MsgContent.Text ?? ''))).toEqual(stored)
  }, 30_000)

  test('a server does not start on a folder that it cannot write, and says so', async () => {
    const view = readOnlyView(disk.folder)
    const server = new TestServer(view ? { folder: view.folder } : {})
    await expect(server.start()).rejects.toThrow(/The data folder .* cannot be written \(EROFS\)/)
    view?.unmount()
  })
}
