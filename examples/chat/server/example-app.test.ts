import { afterEach, beforeEach, expect, test } from 'bun:test'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { verify } from '@rookery/usersig'
import { createExampleApp, type ExampleApp } from './example-app.ts'

const SDKAPPID = 1400000001
const KEY = '0'.repeat(64)
const HERE = 'http://localhost:8080'

let folder: string
let app: ExampleApp

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rookery-example-'))
  app = await open()
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const open = (options: Partial<Parameters<typeof createExampleApp>[0]> = {}) =>
  createExampleApp({ sdkAppId: SDKAPPID, secretKey: KEY, dataFolder: folder, rookeryUrl: NOBODY, ...options })

/** Port 1: an import of users is refused at once, as when Rookery is away. */
const NOBODY = 'http://127.0.0.1:1'

async function get(path: string, origin = HERE, address = '127.0.0.1', init: RequestInit = {}) {
  const url = new URL(path, origin)
  const answer = await app.pages(new Request(url, init), url, address)
  if (!answer) throw new Error(`nobody answered ${path}`)
  return answer
}

async function call(name: string, body: unknown, token = '', address = '127.0.0.1') {
  const text = JSON.stringify(body)
  const answer = await get(`/example/api/${name}`, HERE, address, {
    method: 'POST',
    body: text,
    headers: {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(text)),
      authorization: `Bearer ${token}`,
    },
  })
  return {
    status: answer.status,
    headers: answer.headers,
    body: (await answer.json()) as Record<string, unknown>,
  }
}

function password(user: string): string {
  return app.demoUsers.find(it => it.userID === user)?.password ?? ''
}

async function signIn(user: string): Promise<string> {
  const { body } = await call('login', { user, password: password(user) })
  return String(body.token)
}

test('a demo user who gives the printed password gets a UserSig for exactly that user, for one day', async () => {
  const { status, body } = await call('usersig', { userID: 'mira' }, await signIn('lin'))
  expect(status).toBe(200)
  expect(body).toMatchObject({ userID: 'lin', sdkAppId: SDKAPPID, serverUrl: NOBODY })
  const check = (now: number) =>
    verify(String(body.userSig), {
      userId: 'lin',
      sdkAppId: SDKAPPID,
      keys: [{ id: 'k', kind: 'hmac', key: KEY }],
      now,
    })
  const now = Math.floor(Date.now() / 1000)
  expect(check(now).ok).toBe(true)
  expect(check(Number(body.expiresAt) + 2).ok).toBe(false)
  expect(Number(body.expiresAt) - now).toBeWithin(86_398, 86_401)
})

test('a wrong password, an unknown user and no session get no ticket', async () => {
  expect((await call('login', { user: 'lin', password: 'wrong' })).status).toBe(401)
  expect((await call('login', { user: 'nobody', password: password('lin') })).status).toBe(401)
  expect((await call('usersig', {})).status).toBe(401)
  expect((await call('usersig', {}, 'x'.repeat(43))).status).toBe(401)
})

test('after signing out the token is worth nothing', async () => {
  const token = await signIn('lin')
  await call('logout', {}, token)
  expect((await call('usersig', {}, token)).status).toBe(401)
})

test('after five tries a minute one user has to wait, even with the right password; others and other addresses do not', async () => {
  for (let i = 0; i < 5; i++) await call('login', { user: 'lin', password: 'wrong' })
  const late = await call('login', { user: 'lin', password: password('lin') })
  expect(late.status).toBe(429)
  expect(Number(late.headers.get('retry-after'))).toBeWithin(1, 61)
  expect((await call('login', { user: 'mira', password: password('mira') })).status).toBe(200)
  expect((await call('login', { user: 'lin', password: password('lin') }, '', '::1')).status).toBe(200)
})

test('the passwords stay the same over a restart and only the owner can read them', async () => {
  const before = app.demoUsers
  app = await open()
  expect(app.demoUsers).toEqual(before)
  expect(new Set(before.map(it => it.password)).size).toBe(2)
  expect((await stat(join(folder, 'users.json'))).mode & 0o777).toBe(0o600)
})

test('a new user signs up, is listed for the others, and is known after a restart without the password being kept', async () => {
  expect((await call('signup', { user: 'ana', password: 'seven77' })).status).toBe(400)
  expect((await call('signup', { user: 'ana', password: 'correct horse' })).status).toBe(200)
  expect((await call('signup', { user: 'ana', password: 'correct horse' })).body.error).toContain('taken')
  const people = await get('/example/api/people', HERE, '127.0.0.1', {
    headers: { authorization: `Bearer ${await signIn('lin')}` },
  })
  expect(await people.json()).toEqual({
    people: [
      { userID: 'lin', name: 'Lin' },
      { userID: 'mira', name: 'Mira' },
      { userID: 'ana', name: 'ana' },
    ],
  })
  app = await open()
  expect((await call('login', { user: 'ana', password: 'correct horse' })).status).toBe(200)
  expect(await Bun.file(join(folder, 'users.json')).text()).not.toContain('correct horse')
})

test('nobody becomes an app admin through the example', async () => {
  for (const user of ['administrator', 'Administrator', '@TIM#SYSTEM'])
    expect((await call('signup', { user, password: 'correct horse' })).status).toBe(400)
  app = await open({ admin: 'lin' })
  expect((await call('login', { user: 'lin', password: password('lin') })).status).toBe(401)
})

test('the example answers on this machine only, and only under a name of this machine', async () => {
  expect((await get('/example/')).status).toBe(200)
  expect((await get('/example/', 'http://127.0.0.1:8080', '::1')).status).toBe(200)
  expect((await get('/example/', HERE, '192.0.2.7')).status).toBe(403)
  expect((await get('/example/', 'http://chat.example.org')).status).toBe(403)
})

test('a form of another web site cannot sign anybody in', async () => {
  const answer = await get('/example/api/login', HERE, '127.0.0.1', {
    method: 'POST',
    body: JSON.stringify({ user: 'lin', password: password('lin') }),
    headers: { 'content-type': 'text/plain', 'content-length': '60' },
  })
  expect(answer.status).toBe(400)
})

test('the page forbids scripts, styles and connections of others, and brings its own', async () => {
  const page = await get('/example/')
  const policy = page.headers.get('content-security-policy') ?? ''
  expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'")
  expect(policy).toContain("connect-src 'self' ws://127.0.0.1:1;")
  const html = await page.text()
  expect(html).not.toMatch(/<script(?![^>]* src=)|<style|\son\w+=|style=/)
  for (const name of ['main.js', 'style.css', 'icon.svg']) {
    expect(html).toContain(`"${name}"`)
    expect((await get(`/example/${name}`)).status).toBe(200)
  }
  expect((await get('/example')).headers.get('location')).toBe('/example/')
})

test('a rotated key signs from the next ticket on', async () => {
  let key = KEY
  app = await open({ secretKey: () => key })
  const token = await signIn('lin')
  key = '1'.repeat(64)
  const { body } = await call('usersig', {}, token)
  const keys = [{ id: 'new', kind: 'hmac' as const, key }]
  expect(
    verify(String(body.userSig), { userId: 'lin', sdkAppId: SDKAPPID, keys, now: Date.now() / 1000 }).ok,
  ).toBe(true)
})

test('who is online is told to signed-in users only; when Rookery is away the page learns that', async () => {
  const presence = (token: string) =>
    get('/example/api/presence', HERE, '127.0.0.1', { headers: { authorization: `Bearer ${token}` } })
  expect((await presence('')).status).toBe(401)
  const answer = await presence(await signIn('lin'))
  expect(answer.status).toBe(503)
  expect(await answer.json()).toEqual({ error: 'Rookery does not tell who is online just now.' })
})

test('all users are imported with their names, and many pages ask Rookery once who is online', async () => {
  const calls: { readonly command: string; readonly url: string; readonly body: unknown }[] = []
  const rookery = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      const command = new URL(request.url).pathname.slice('/v4/'.length)
      calls.push({ command, url: request.url, body: await request.json() })
      const QueryResult = [{ To_Account: 'lin', Status: 'Online' }]
      const ErrorList = [{ To_Account: 'mira', ErrorCode: 70107 }]
      return Response.json({ ActionStatus: 'OK', ErrorInfo: '', ErrorCode: 0, QueryResult, ErrorList })
    },
  })
  try {
    app = await open({ rookeryUrl: rookery.url.origin })
    const authorization = `Bearer ${await signIn('lin')}`
    for (let page = 0; page < 3; page++) {
      const answer = await get('/example/api/presence', HERE, '127.0.0.1', { headers: { authorization } })
      expect(await answer.json()).toEqual({ presence: { lin: 'Online' } })
    }
  } finally {
    rookery.stop(true)
  }
  expect(calls.map(({ command, body }) => ({ command, body }))).toEqual([
    {
      command: 'im_open_login_svc/multiaccount_import',
      body: {
        AccountList: [
          { UserID: 'lin', Nick: 'Lin' },
          { UserID: 'mira', Nick: 'Mira' },
        ],
      },
    },
    { command: 'openim/query_online_status', body: { To_Account: ['lin', 'mira'] } },
  ])
  for (const { url } of calls) expect(url).not.toContain('usersig')
})

test('pictures and sound are loaded from this server and from the origins that the operator names', async () => {
  const policy = async () => (await get('/example/')).headers.get('content-security-policy')
  expect(await policy()).toContain("img-src 'self'; media-src 'self';")
  app = await open({ mediaOrigins: ['https://files.example.org/some/path'] })
  expect(await policy()).toContain(
    "img-src 'self' https://files.example.org; media-src 'self' https://files.example.org;",
  )
})

test('a UserSig ends when the app server wants it to', async () => {
  app = await open({ userSigSeconds: 30 })
  const { body } = await call('usersig', {}, await signIn('lin'))
  expect(Number(body.expiresAt) - Date.now() / 1000).toBeWithin(28, 31)
})
