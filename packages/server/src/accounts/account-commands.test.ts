import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readAudit, verifyAudit } from '../audit/audit-log.ts'
import { startTestServer, TEST_ADMIN, TEST_APP, type TestServer, textBody } from '../testing/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

const svc = 'im_open_login_svc'
const auditRows = async () =>
  (await readAudit(server.running.services.store.read, { app: TEST_APP, limit: 1000 })).rows

async function brief(userId: string) {
  return server.running.services.store.read
    .selectFrom('account')
    .select(['nick', 'face_url'])
    .where('app_id', '=', TEST_APP)
    .where('user_id', '=', userId)
    .where('deleted', '=', 0)
    .executeTakeFirst()
}

describe('account_import', () => {
  test('makes an account, and brings its nickname and avatar up to date when it exists', async () => {
    expect(
      await server.rest(`${svc}/account_import`, { UserID: 'ana', Nick: 'Ana', FaceUrl: 'https://x/a.png' }),
    ).toEqual({
      ActionStatus: 'OK',
      ErrorCode: 0,
      ErrorInfo: '',
    })
    await server.ok(`${svc}/account_import`, { Identifier: 'ana', Nick: 'Ana 2' })
    expect(await brief('ana')).toEqual({ nick: 'Ana 2', face_url: 'https://x/a.png' })
  })

  test('writes an audit row only when something changed', async () => {
    await server.ok(`${svc}/account_import`, { UserID: 'audited', Nick: 'x' })
    const before = (await auditRows()).length
    await server.ok(`${svc}/account_import`, { UserID: 'audited', Nick: 'x' })
    const rows = await auditRows()
    expect(rows.length).toBe(before)
    expect(rows[0]).toMatchObject({
      actor: `rest:${TEST_ADMIN}`,
      action: 'account/import',
      target: 'audited',
    })
  })

  test.each([
    ['of 32 bytes', 'x'.repeat(32)],
    ['in Chinese', '用户一二三四五六七八'],
    ['with quotes and SQL', `a'); drop table x;--`],
    ['called *', '*'],
    ['with a leading blank', ' ana'],
  ])('takes a UserID %s as it is', async (_, UserID) => {
    await server.ok(`${svc}/account_import`, { UserID })
    expect(await brief(UserID)).toBeDefined()
  })

  test.each([
    ['of 33 bytes', 'x'.repeat(33), 70402],
    ['of 11 Chinese characters', '一二三四五六七八九十甲', 70402],
    ['that is empty', '', 70402],
    ['that is missing', undefined, 70402],
    ['that is null', null, 70402],
    ['that is a number', 5, 60015],
    ['with a line feed', 'a\nb', 70402],
    ['with U+0000', 'a\u0000b', 70402],
    ['with half of a surrogate pair', '\ud800', 70402],
    ['of a robot', '@RBT#1', 70402],
    ['of an official account', '@TOA#_1', 70402],
    ['of a group', '@TGS#1', 70402],
    ['of the system', '@TIM#SYSTEM', 70402],
  ])('refuses a UserID %s', async (_, UserID, code) => {
    expect(await server.rest(`${svc}/account_import`, { UserID })).toMatchObject({
      ActionStatus: 'FAIL',
      ErrorCode: code,
    })
  })

  test('refuses a nickname or avatar of more than 500 bytes with 40601', async () => {
    await server.ok(`${svc}/account_import`, { UserID: 'long', Nick: 'x'.repeat(500) })
    for (const field of ['Nick', 'FaceUrl'])
      expect(
        (await server.rest(`${svc}/account_import`, { UserID: 'long2', [field]: 'x'.repeat(501) })).ErrorCode,
      ).toBe(40601)
    expect(await brief('long2')).toBeUndefined()
  })

  test('a name that is reserved cannot be registered by a login either', async () => {
    const socket = await server.socket()
    const answer = await socket.call('session/login', {
      sdkappid: TEST_APP,
      identifier: '@TIM#SYSTEM',
      usersig: server.userSig('@TIM#SYSTEM'),
    })
    expect(answer.ErrorCode).toBe(70402)
    socket.close()
  })
})

describe('multiaccount_import', () => {
  test('takes the new form, the old form and both, and names those that failed', async () => {
    const tooLong = 'this-name-is-far-too-long-to-be-accepted'
    expect(
      await server.rest(`${svc}/multiaccount_import`, {
        AccountList: [{ UserID: 'm1', Nick: 'M' }, { UserID: tooLong }],
        Accounts: ['m2', '@RBT#x'],
      }),
    ).toEqual({ ActionStatus: 'OK', ErrorCode: 0, ErrorInfo: '', FailAccounts: [tooLong, '@RBT#x'] })
    expect(await brief('m1')).toMatchObject({ nick: 'M' })
    expect(await brief('m2')).toBeDefined()
  })

  test('answers an empty FailAccounts when all went well', async () => {
    expect((await server.ok(`${svc}/multiaccount_import`, { Accounts: ['m2', 'm3'] })).FailAccounts).toEqual(
      [],
    )
  })

  test('fails as a whole when none of the accounts could be made', async () => {
    const answer = await server.rest(`${svc}/multiaccount_import`, { Accounts: ['@TGS#1', 'x'.repeat(40)] })
    expect(answer).toMatchObject({ ActionStatus: 'FAIL', ErrorCode: 70402 })
  })

  test.each([
    ['nothing', {}, 70402],
    ['an empty list', { AccountList: [] }, 70402],
    ['101 accounts', { Accounts: Array.from({ length: 101 }, (_, n) => `q${n}`) }, 70402],
    ['51 and 50 accounts', both(51, 50), 70402],
    ['a number as UserID', { Accounts: [1] }, 60015],
    ['a number as UserID in the new form', { AccountList: [{ UserID: 1 }] }, 60015],
    ['an item without UserID', { AccountList: [{ Nick: 'x' }] }, 70402],
  ])('refuses %s', async (_, body, code) => {
    expect((await server.rest(`${svc}/multiaccount_import`, body)).ErrorCode).toBe(code)
    expect(await brief('q0')).toBeUndefined()
  })

  test('takes 100 accounts', async () => {
    const { FailAccounts } = await server.ok(`${svc}/multiaccount_import`, both(50, 50))
    expect(FailAccounts).toEqual([])
  })
})

describe('account.max', () => {
  test('answers 70398 when the app is full, and lets existing accounts be brought up to date', async () => {
    const small = await startTestServer({ settings: { 'account.max': 5 }, users: ['alice', 'bob'] })
    try {
      await small.ok(`${svc}/account_import`, { UserID: 'c' })
      expect(
        (await small.ok(`${svc}/multiaccount_import`, { Accounts: ['alice', 'd', 'e'] })).FailAccounts,
      ).toEqual(['e'])
      expect((await small.rest(`${svc}/account_import`, { UserID: 'e' })).ErrorCode).toBe(70398)
      expect((await small.rest(`${svc}/multiaccount_import`, { Accounts: ['e', 'f'] })).ErrorCode).toBe(70398)
      await small.ok(`${svc}/account_import`, { UserID: 'alice', Nick: 'A' })
    } finally {
      await small.stop()
    }
  })
})

describe('account_check', () => {
  test('tells which accounts exist; a missing one is no error', async () => {
    const { ResultItem } = await server.ok(`${svc}/account_check`, {
      CheckItem: [{ UserID: 'alice' }, { UserID: 'ghost' }, { UserID: `' or 1=1 --` }],
    })
    const item = (UserID: string, AccountStatus: string) => ({
      UserID,
      ResultCode: 0,
      ResultInfo: '',
      AccountStatus,
    })
    expect(ResultItem).toEqual([
      item('alice', 'Imported'),
      item('ghost', 'NotImported'),
      item(`' or 1=1 --`, 'NotImported'),
    ])
  })

  test.each([
    ['no list', {}, 70402],
    ['an empty list', { CheckItem: [] }, 70402],
    ['a text', { CheckItem: 'alice' }, 70402],
    ['a number as UserID', { CheckItem: [{ UserID: 7 }] }, 60015],
    ['101 accounts', { CheckItem: Array.from({ length: 101 }, (_, n) => ({ UserID: `${n}` })) }, 70402],
  ])('refuses %s', async (_, body, code) => {
    expect((await server.rest(`${svc}/account_check`, body)).ErrorCode).toBe(code)
  })
})

describe('account_delete', () => {
  test('gives each account its own result, in order', async () => {
    await server.ok(`${svc}/account_import`, { UserID: 'gone1' })
    const answer = await server.rest(`${svc}/account_delete`, {
      DeleteItem: [{ UserID: 'gone1' }, { UserID: 'ghost' }, { UserID: TEST_ADMIN }, { UserID: 'gone1' }],
    })
    expect(answer).toMatchObject({ ActionStatus: 'OK', ErrorCode: 0 })
    const notThere = (UserID: string) => ({
      UserID,
      ResultCode: 70107,
      ResultInfo: 'Err_TLS_PT_Open_Login_Account_Not_Exist',
    })
    expect(answer.ResultItem).toEqual([
      { UserID: 'gone1', ResultCode: 0, ResultInfo: '' },
      notThere('ghost'),
      { UserID: TEST_ADMIN, ResultCode: 70402, ResultInfo: expect.stringContaining('app admin') },
      notThere('gone1'),
    ])
    expect(await auditRows()).toContainEqual(
      expect.objectContaining({ action: 'account/delete', target: 'gone1' }),
    )
  })

  test('ends the logins, frees the name, and old UserSigs do not open the new account of that name', async () => {
    await server.ok(`${svc}/account_import`, { UserID: 'dora', Nick: 'Dora' })
    const oldSig = server.userSig('dora')
    const device = await server.connect('dora', { usersig: oldSig })
    await server.ok(`${svc}/account_delete`, { DeleteItem: [{ UserID: 'dora' }] })
    expect((await device.event('kicked')).Type).toBe('REST_API_Kick')
    expect((await device.closed).code).toBe(4500)

    const again = await server.socket()
    const login = { sdkappid: TEST_APP, identifier: 'dora' }
    expect((await again.call('session/login', { ...login, usersig: oldSig })).ErrorCode).toBe(70052)
    await again.ok('session/login', { ...login, usersig: server.userSig('dora') })
    expect(await brief('dora')).toEqual({ nick: '', face_url: '' })
    again.close()
  })

  test('the other side keeps its history, and nobody can send to the deleted account', async () => {
    await server.ok(`${svc}/account_import`, { UserID: 'erin' })
    const send = { From_Account: 'erin', To_Account: 'alice', MsgRandom: 1, MsgBody: textBody('hello') }
    await server.ok('openim/sendmsg', send)
    await server.ok(`${svc}/account_delete`, { DeleteItem: [{ UserID: 'erin' }], NoWait: 1 })
    const { n } = await server.running.services.store.read
      .selectFrom('message')
      .innerJoin('account', 'account.account_id', 'message.sender_id')
      .select(eb => eb.fn.countAll<number>().as('n'))
      .where('account.user_id', '=', 'erin')
      .executeTakeFirstOrThrow()
    expect(n).toBe(1)
    const back = await server.rest('openim/sendmsg', {
      ...send,
      From_Account: 'alice',
      To_Account: 'erin',
      MsgRandom: 2,
    })
    expect(back.ErrorCode).toBe(90012)
  })

  test('answers 71000 when the operator switched deleting off', async () => {
    const strict = await startTestServer({ settings: { 'account.deleteAllowed': false } })
    try {
      const answer = await strict.rest(`${svc}/account_delete`, { DeleteItem: [{ UserID: 'alice' }] })
      expect(answer.ErrorCode).toBe(71000)
    } finally {
      await strict.stop()
    }
  })

  test.each([
    ['no list', {}, 70402],
    ['an empty list', { DeleteItem: [] }, 70402],
    ['101 accounts', { DeleteItem: Array.from({ length: 101 }, (_, n) => ({ UserID: `${n}` })) }, 70402],
    ['a number as UserID', { DeleteItem: [{ UserID: 1 }] }, 60015],
  ])('refuses %s', async (_, body, code) => {
    expect((await server.rest(`${svc}/account_delete`, body)).ErrorCode).toBe(code)
  })
})

describe('kick', () => {
  test('ends the login with REST_API_Kick; a UserSig of before is refused, one signed after the answer works', async () => {
    const oldSig = server.userSig('bob')
    const device = await server.connect('bob', { usersig: oldSig })
    const answer = await server.ok<{ ValidAfter: number }>(`${svc}/kick`, { Identifier: 'bob' })
    expect((await device.event('kicked')).Type).toBe('REST_API_Kick')
    expect(Math.floor(Date.now() / 1000)).toBeGreaterThan(answer.ValidAfter)
    const socket = await server.socket()
    const login = { sdkappid: TEST_APP, identifier: 'bob' }
    expect((await socket.call('session/login', { ...login, usersig: oldSig })).ErrorCode).toBe(70052)
    await socket.ok('session/login', { ...login, usersig: server.userSig('bob') })
    socket.close()
    expect(await auditRows()).toContainEqual(
      expect.objectContaining({ action: 'account/kick', target: 'bob' }),
    )
  })

  test('with NoWait answers at once with the mark', async () => {
    const answer = await server.ok<{ ValidAfter: number }>(`${svc}/kick`, { UserID: 'bob', NoWait: 1 })
    expect(answer.ValidAfter).toBeGreaterThan(Math.floor(Date.now() / 1000) - 3)
  })

  test.each([
    [{ UserID: 'ghost' }, 70107],
    [{}, 70402],
    [{ UserID: '' }, 70402],
    [{ UserID: 5 }, 60015],
    [{ UserID: 'bob', NoWait: 'yes' }, 70402],
  ])('answers %j with %i', async (body, code) => {
    expect((await server.rest(`${svc}/kick`, body)).ErrorCode).toBe(code)
  })
})

describe('query_online_status', () => {
  interface Status {
    readonly QueryResult: readonly object[]
    readonly ErrorList?: readonly object[]
  }

  test('tells Online by platform, Offline, and unknown accounts with 70107', async () => {
    await server.ok(`${svc}/multiaccount_import`, { Accounts: ['on', 'off'] })
    const web = await server.connect('on')
    const windows = await server.connect('on', { platform: 'Windows' })
    const { QueryResult, ErrorList } = await server.ok<Status>('openim/query_online_status', {
      IsNeedDetail: 1,
      To_Account: ['on', 'off', 'ghost'],
    })
    expect(QueryResult).toEqual([
      {
        To_Account: 'on',
        Status: 'Online',
        Detail: [
          { Platform: 'Web', Status: 'Online' },
          { Platform: 'PC', Status: 'Online' },
        ],
      },
      { To_Account: 'off', Status: 'Offline' },
    ])
    expect(ErrorList).toEqual([{ To_Account: 'ghost', ErrorCode: 70107 }])
    web.close()
    windows.close()
  })

  test('a phone that lost its connection is PushOnline; after a kick it is Offline', async () => {
    await server.ok(`${svc}/account_import`, { UserID: 'phone' })
    const device = await server.connect('phone', { platform: 'Android' })
    device.terminate()
    const status = async () => {
      const answer = await server.ok<Status>('openim/query_online_status', { To_Account: ['phone'] })
      return (answer.QueryResult[0] as { Status: string }).Status
    }
    const until = Date.now() + 5000
    while ((await status()) === 'Online' && Date.now() < until) await Bun.sleep(20)
    expect(await status()).toBe('PushOnline')
    await server.ok(`${svc}/kick`, { UserID: 'phone', NoWait: 1 })
    expect(await status()).toBe('Offline')
  })

  test('the older command answers State besides Status', async () => {
    const { QueryResult } = await server.ok<Status>('openim/querystate', { To_Account: ['alice'] })
    expect(QueryResult).toEqual([{ To_Account: 'alice', Status: 'Offline', State: 'Offline' }])
  })

  test('fails with 70107 when none of the accounts exists', async () => {
    expect(await server.rest('openim/query_online_status', { To_Account: ['ghost'] })).toEqual({
      ActionStatus: 'FAIL',
      ErrorCode: 70107,
      ErrorInfo: expect.any(String),
      QueryResult: [],
      ErrorList: [{ To_Account: 'ghost', ErrorCode: 70107 }],
    })
  })

  test.each([
    ['no list', {}, 90001],
    ['an empty list', { To_Account: [] }, 90001],
    ['a text', { To_Account: 'alice' }, 90001],
    ['a number in the list', { To_Account: [1] }, 90003],
    ['501 accounts', { To_Account: Array.from({ length: 501 }, (_, n) => `${n}`) }, 90011],
  ])('refuses %s', async (_, body, code) => {
    expect((await server.rest('openim/query_online_status', body)).ErrorCode).toBe(code)
  })

  test('takes 500 accounts', async () => {
    const names = Array.from({ length: 500 }, (_, n) => (n ? `nobody${n}` : 'alice'))
    const { ErrorList } = await server.ok<Status>('openim/query_online_status', { To_Account: names })
    expect(ErrorList?.length).toBe(499)
  })
})

test('a user who is no app admin gets 60010 for every account command', async () => {
  for (const command of ['account_import', 'multiaccount_import', 'account_delete', 'account_check', 'kick'])
    expect((await server.rest(`${svc}/${command}`, { UserID: 'alice' }, 'alice')).ErrorCode).toBe(60010)
})

test('no account command is open to the WebSocket door', async () => {
  const device = await server.connect('alice')
  for (const command of [`${svc}/kick`, `${svc}/account_import`, 'openim/query_online_status'])
    expect((await device.call(command, { UserID: 'bob' })).ErrorCode).not.toBe(0)
  device.close()
})

test('after all of this the audit chain is whole', async () => {
  const state = await verifyAudit(server.running.services.store.read, TEST_APP)
  expect(state.broken).toBeUndefined()
  expect(state.rows).toBeGreaterThan(5)
})

function both(newForm: number, oldForm: number) {
  return {
    AccountList: Array.from({ length: newForm }, (_, n) => ({ UserID: `b${n}` })),
    Accounts: Array.from({ length: oldForm }, (_, n) => `c${n}`),
  }
}
