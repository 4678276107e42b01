import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import { ConsoleBrowser, passwordOf, TestConsole } from '../testing/console-client.ts'
import { startTestServer, type TestServer } from '../testing/test-server.ts'
import { setupLink } from './setup-token.ts'

let server: TestServer
let desk: TestConsole

beforeAll(async () => {
  desk = new TestConsole()
  server = await startTestServer({ server: { pages: desk.pages, trustedProxies: ['127.0.0.1'] } })
})
beforeEach(() => {
  // A fresh budget of tries for each test.
  desk.ahead = 0
  desk.open(server)
})
afterAll(() => server.stop())

const store = () => server.running.services.store
const tokenOf = (path: string | undefined) => path?.split('#setup=')[1] ?? ''

test('the first set-up link makes the owner and signs them in; afterwards there is none', async () => {
  const path = await setupLink(store())
  expect(path).toMatch(/^\/console\/#setup=[\w-]{43}$/)
  const browser = desk.browser()
  expect((await browser.call('session', {})).result).toEqual({ operator: null, needsSetup: true })
  const token = tokenOf(path)
  expect((await browser.call('link', { token })).result).toMatchObject({
    name: '',
    role: 'owner',
    reset: false,
  })
  const short = await browser.call('setup', { token, name: 'Ada', password: 'too short' })
  expect(short).toMatchObject({ status: 400, reason: 'operator-password' })
  const made = await browser.call('setup', { token, name: 'Ada', password: passwordOf('ada') })
  expect(made).toMatchObject({ status: 200, result: { name: 'ada' } })
  expect((await browser.call('session', {})).result).toMatchObject({
    operator: { name: 'ada', role: 'owner' },
  })
  expect(await setupLink(store())).toBeUndefined()
})

test('a link that somebody stole and used does not work a second time, and says what to do', async () => {
  const browser = await desk.signedIn('owner-one')
  const made = await browser.run('operator create-link', { role: 'viewer' }, passwordOf('owner-one'))
  const token = tokenOf((made.result as { path: string }).path)
  const thief = desk.browser()
  const victim = desk.browser()
  const uses = await Promise.all([
    thief.call('setup', { token, name: 'thief', password: passwordOf('thief') }),
    victim.call('setup', { token, name: 'victim', password: passwordOf('victim') }),
  ])
  expect(uses.map(use => use.status).sort()).toEqual([200, 410])
  const again = await desk.browser().call('setup', { token, name: 'third', password: passwordOf('third') })
  expect(again).toMatchObject({ status: 410, reason: 'link-used' })
  expect(again.info).toContain('rookery operator create-link')
  expect(await desk.browser().call('link', { token })).toMatchObject({ status: 410, reason: 'link-used' })
})

test('a link ends after 30 minutes, and a newer one for the same person replaces it', async () => {
  const browser = await desk.signedIn('owner-two')
  const link = async () => {
    const made = await browser.run('operator create-link', { name: 'late' }, passwordOf('owner-two'))
    return tokenOf((made.result as { path: string }).path)
  }
  const first = await link()
  const second = await link()
  expect((await desk.browser().call('link', { token: first })).reason).toBe('link-unknown')
  desk.ahead = 30 * 60 + 1
  expect((await desk.browser().call('link', { token: second })).reason).toBe('link-expired')
  expect((await desk.browser().call('link', { token: 'made up' })).reason).toBe('link-unknown')
})

test('a link made for somebody resets their password and ends their logins', async () => {
  const browser = await desk.signedIn('forgetful')
  const other = await desk.signedIn('owner-three')
  const made = await other.run('operator create-link', { name: 'Forgetful' }, passwordOf('owner-three'))
  expect(made.result).toMatchObject({ reset: true })
  const { path } = made.result as { path: string }
  const fresh = desk.browser()
  await fresh.call('setup', { token: tokenOf(path), password: 'another password' })
  expect((await browser.call('session', {})).result).toMatchObject({ operator: null })
  const old = await desk.browser().call('login', { name: 'forgetful', password: passwordOf('forgetful') })
  expect(old.reason).toBe('login-wrong')
  const login = await desk.browser().call('login', { name: 'FORGETFUL', password: 'another password' })
  expect(login.status).toBe(200)
})

test('an open link can not take over an operator by giving their name', async () => {
  const browser = await desk.signedIn('owner-four')
  const made = await browser.run('operator create-link', {}, passwordOf('owner-four'))
  const { path } = made.result as { path: string }
  const taken = await desk
    .browser()
    .call('setup', { token: tokenOf(path), name: 'owner-four', password: 'my own password' })
  expect(taken).toMatchObject({ status: 400, reason: 'operator-name' })
  const login = { name: 'owner-four', password: passwordOf('owner-four') }
  expect((await desk.browser().call('login', login)).status).toBe(200)
})

test('a wrong password a hundred times is slowed down and locks nobody out', async () => {
  await desk.signedIn('patient')
  const attacker = desk.browser('198.51.100.7')
  const reasons: string[] = []
  for (let n = 0; n < 100; n++)
    reasons.push((await attacker.call('login', { name: 'patient', password: `guess ${n}` })).reason ?? '')
  expect(reasons.filter(reason => reason === 'login-wrong')).toHaveLength(10)
  expect(reasons.filter(reason => reason === 'too-many')).toHaveLength(90)
  const right = { name: 'patient', password: passwordOf('patient') }
  const refused = await attacker.call('login', right)
  expect(refused.status).toBe(429)
  expect(refused.info).toContain('rookery operator create-link --name patient')
  expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(30)
  // From elsewhere the operator gets in at once, and from there after the wait.
  expect((await desk.browser('203.0.113.9').call('login', right)).status).toBe(200)
  desk.ahead = 31
  expect((await attacker.call('login', right)).status).toBe(200)
})

test('a hundred wrong passwords at the same moment get no more tries than one after the other', async () => {
  await desk.signedIn('rushed')
  const attacker = desk.browser('198.51.100.8')
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, n) => attacker.call('login', { name: 'rushed', password: `guess ${n}` })),
  )
  expect(answers.filter(answer => answer.reason === 'login-wrong').length).toBeLessThanOrEqual(10)
  expect(answers.every(answer => ['login-wrong', 'too-many'].includes(answer.reason ?? ''))).toBe(true)
})

test('an unknown name is answered like a wrong password', async () => {
  const known = await desk.browser('192.0.2.1').call('login', { name: 'patient', password: 'wrong wrong' })
  const unknown = await desk.browser('192.0.2.2').call('login', { name: 'nobody', password: 'wrong wrong' })
  expect(unknown.text).toBe(known.text)
  expect(unknown.status).toBe(401)
})

test.each([
  ['without the header of the page', { 'x-rookery-console': undefined }],
  ['from a page of another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
  ['from another port of the same machine', { origin: 'http://127.0.0.1:1', 'sec-fetch-site': 'same-site' }],
  ['with an origin of null', { origin: 'null' }],
  ['without an origin', { origin: undefined }],
  ['as a form', { 'content-type': 'application/x-www-form-urlencoded' }],
  ['as plain text', { 'content-type': 'text/plain' }],
])('a forged request %s is refused, though it brings the cookie', async (_, headers) => {
  const browser = await desk.signedIn(`forged-${Bun.hash(JSON.stringify(headers))}`)
  const answer = await browser.call('run', { command: 'app create', args: { name: 'forged' } }, headers)
  expect(answer.reason).toBe('forged')
  expect([403, 415]).toContain(answer.status)
  const { result } = await browser.run('app list')
  expect(JSON.stringify(result)).not.toContain('forged')
})

test('a GET, a body that is no JSON, a deep one and a large one are refused', async () => {
  const browser = await desk.signedIn('bodies')
  const got = await fetch(`${server.url}/console/api/run`, { headers: { cookie: browser.cookie } })
  expect(got.status).toBe(405)
  expect((await browser.call('run', 'not json')).reason).toBe('request')
  expect((await browser.call('run', '[1]')).reason).toBe('request')
  expect((await browser.call('run', `${'['.repeat(100)}${']'.repeat(100)}`)).reason).toBe('request')
  expect((await browser.call('run', { command: 'app list', args: 'x' })).reason).toBe('request')
  expect((await browser.call('run', { command: 'x'.repeat(70_000), args: {} })).status).toBe(413)
})

test('a login ends with the log-out, after an idle hour, and after twelve hours in any case', async () => {
  const browser = await desk.signedIn('leaving')
  const copied = browser.cookie
  await browser.call('logout', {})
  expect(browser.cookie).toBe('rookery_console=')
  const stale = desk.browser()
  stale.cookie = copied
  expect((await stale.run('app list')).reason).toBe('signed-out')

  const idle = await desk.signedIn('idle')
  desk.ahead = 59 * 60
  expect((await idle.run('app list')).ok).toBe(true)
  desk.ahead = 61 * 60
  expect((await idle.run('app list')).reason).toBe('signed-out')
  desk.ahead = 13 * 3600
  expect((await idle.run('app list')).reason).toBe('signed-out')
})

test('the cookie is for our own pages only, and over TLS never leaves it', async () => {
  const path = await desk.signedIn('cookies')
  expect(path.cookie).toMatch(/^rookery_console=[\w-]{43}$/)
  const plain = await desk.browser().call('login', { name: 'cookies', password: passwordOf('cookies') })
  expect(plain.headers.get('set-cookie')).toMatch(
    /^rookery_console=[\w-]{43}; Path=\/console; HttpOnly; SameSite=Strict; Max-Age=43200$/,
  )
  const tls = await desk
    .browser()
    .call('login', { name: 'cookies', password: passwordOf('cookies') }, { 'x-forwarded-proto': 'https' })
  expect(tls.headers.get('set-cookie')).toMatch(
    /^__Secure-rookery_console=[\w-]{43}; Path=\/console; HttpOnly; SameSite=Strict; Max-Age=43200; Secure$/,
  )
  expect(plain.headers.get('cache-control')).toBe('no-store')
})

test("a new password of one's own needs the old one and ends the other logins", async () => {
  const here = await desk.signedIn('changing')
  const there = new ConsoleBrowser(server.url)
  await there.call('login', { name: 'changing', password: passwordOf('changing') })
  const wrong = await here.call('password', { password: 'not it at all', next: 'brand new password' })
  expect(wrong.reason).toBe('password-wrong')
  const done = await here.call('password', { password: passwordOf('changing'), next: 'brand new password' })
  expect(done.ok).toBe(true)
  expect((await here.run('app list')).ok).toBe(true)
  expect((await there.run('app list')).reason).toBe('signed-out')
})

test('neither the password, the link nor the cookie is in the database as it is', async () => {
  const browser = await desk.signedIn('stored')
  const rows = JSON.stringify([
    await store().read.selectFrom('operator').selectAll().execute(),
    await store().read.selectFrom('operator_session').selectAll().execute(),
    await store().read.selectFrom('setup_token').selectAll().execute(),
    await store().read.selectFrom('audit').selectAll().execute(),
  ])
  expect(rows).toContain('$argon2id$')
  expect(rows).not.toContain(passwordOf('stored'))
  expect(rows).not.toContain(browser.cookie.split('=')[1] ?? 'x')
})
