import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ConsoleBrowser, passwordOf, TestConsole } from '../testing/console-client.ts'
import { startTestServer, TEST_APP, type TestServer } from '../testing/test-server.ts'
import { consoleCommandNames } from './console-commands.ts'
import { guards } from './guards.ts'
import { ROLES, type Role } from './role.ts'

// The package has no types, and names its main file twice; Bun takes the first name, of a file that is not there.
const { Api } = createRequire(import.meta.url)('tls-sig-api-v2/TLSSigAPIv2.js') as {
  Api: new (sdkAppId: number, key: string) => { genUserSig(userId: string, expireSeconds: number): string }
}

const OTHER_APP = 1400000002

let server: TestServer
let desk: TestConsole
let dist: string
const by = {} as Record<Role, ConsoleBrowser>

beforeAll(async () => {
  dist = mkdtempSync(join(tmpdir(), 'rookery-dist-'))
  mkdirSync(join(dist, 'assets'))
  writeFileSync(
    join(dist, 'index.html'),
    '<meta name="style-nonce" content="__STYLE_NONCE__"><title>Console</title>',
  )
  writeFileSync(join(dist, 'assets', 'main-abc.js'), `export const text = '${'x'.repeat(3000)}'`)
  desk = new TestConsole()
  server = await startTestServer({ server: { pages: desk.pages } }, async seeded => {
    await seeded.seedApp(OTHER_APP, ['carol'])
  })
  desk.open(server, dist)
  for (const role of ROLES) by[role] = await desk.signedIn(role, role)
})
afterAll(async () => {
  await server.stop()
  rmSync(dist, { recursive: true, force: true })
})

const audit = async (app: number) => {
  const { result } = await by.owner.run('audit list', { appId: app, limit: 20 })
  return (result as { rows: readonly { actor: string; action: string; target: string; detail: string }[] })
    .rows
}

test('every command of the console has a row in the table of roles, and no row is left over', () => {
  expect([...consoleCommandNames].sort()).toEqual(Object.keys(guards).sort())
})

/** Arguments with which a command passes its schema or not; the role is looked at before. */
const sample = { appId: TEST_APP, userId: 'nobody', name: 'x' }

test.each(Object.keys(guards).flatMap(command => ROLES.map(role => [role, command] as const)))(
  'the role %s meets the table at "%s"',
  async (role, command) => {
    const { role: least, anybody } = guards[command] ?? { role: 'owner' }
    // Without a password nothing that needs one happens; what needs none is asked of an app that is not there.
    const harmless = guards[command]?.password ? sample : { appId: 99, limit: 'x', name: 1 }
    const answer = await by[role].run(command, harmless)
    const allowed = anybody === true || ROLES.indexOf(role) >= ROLES.indexOf(least)
    if (allowed) expect(answer.reason).not.toBe('forbidden')
    else expect(answer).toMatchObject({ status: 403, reason: 'forbidden' })
    if (allowed && guards[command]?.password) expect(answer.reason).toBe('password-needed')
  },
)

test('a role in one app opens that app and no other', async () => {
  const path = await desk.signedIn('local', 'viewer')
  const owner = passwordOf('owner')
  expect((await by.owner.run('operator set', { name: 'local', role: 'none' }, owner)).ok).toBe(true)
  expect((await path.run('app list')).result).toEqual([])
  await by.owner.run('operator set', { name: 'local', role: 'operator', app: OTHER_APP }, owner)
  const listed = (await path.run('app list')).result as readonly { appId: number }[]
  expect(listed.map(app => app.appId)).toEqual([OTHER_APP])
  expect((await path.run('user search', { appId: OTHER_APP })).ok).toBe(true)
  expect((await path.run('user kick', { appId: OTHER_APP, userId: 'carol' })).ok).toBe(true)
  expect((await path.run('user search', { appId: TEST_APP })).reason).toBe('forbidden')
  expect((await path.run('key add', { appId: OTHER_APP })).reason).toBe('forbidden')
  expect((await path.run('audit verify')).reason).toBe('forbidden')
  expect((await path.run('app create', { name: 'mine' })).reason).toBe('forbidden')
})

test('a removed operator is out at once, and the last owner stays', async () => {
  const gone = await desk.signedIn('gone', 'admin')
  const owner = passwordOf('owner')
  expect((await by.owner.run('operator remove', { name: 'gone' }, owner)).ok).toBe(true)
  expect((await gone.run('app list')).reason).toBe('signed-out')
  expect((await by.owner.run('operator remove', { name: 'owner' }, owner)).info).toContain(
    "can't remove yourself",
  )
  expect((await by.owner.run('operator set', { name: 'owner', role: 'viewer' }, owner)).info).toContain(
    'only owner',
  )
})

test('nothing happens to keys, admins and by deletion without the password', async () => {
  const { admin } = by
  expect(await admin.run('key add', { appId: TEST_APP })).toMatchObject({
    status: 403,
    reason: 'password-needed',
  })
  const wrong = await admin.run('admin appoint', { appId: TEST_APP, userId: 'bob' }, 'not the password')
  expect(wrong.reason).toBe('password-wrong')
  expect(JSON.stringify((await admin.run('admin list', { appId: TEST_APP })).result)).not.toContain('bob')
  const done = await admin.run('admin appoint', { appId: TEST_APP, userId: 'bob' }, passwordOf('admin'))
  expect(done.ok).toBe(true)
  expect((await audit(TEST_APP))[0]).toMatchObject({
    actor: 'console:admin',
    action: 'admin/appoint',
    target: 'bob',
  })
})

test('a key is told once, when it is made, and never again', async () => {
  const { owner } = by
  const made = (await owner.run('app create', { name: 'Secrets' })).result as {
    appId: number
    secret: string
  }
  const added = (await owner.run('key rotate', { appId: made.appId }, passwordOf('owner'))).result as {
    secret: string
  }
  expect(added.secret).toMatch(/^[0-9a-f]{64}$/)
  const { appId } = made
  const answers = await Promise.all([
    owner.run('app list'),
    owner.run('app show', { appId }),
    owner.run('app settings', { appId }),
    owner.run('key list', { appId }),
    owner.run('admin list', { appId }),
    owner.run('user search', { appId }),
    owner.run('audit list', { appId }),
    owner.run('operator list'),
    owner.run('operator log'),
    owner.run('usersig sign', { appId, userId: 'someone' }),
    owner.run('server info'),
    owner.call('session', {}),
  ])
  for (const answer of answers) {
    expect(answer.ok).toBe(true)
    expect(answer.text).not.toContain(made.secret)
    expect(answer.text).not.toContain(added.secret)
    expect(answer.text).not.toContain('argon2')
  }
})

test('accounts are found by the beginning of their name, with their online state, a page at a time', async () => {
  const { owner } = by
  for (const userId of ['dora', 'dorb', "do'; drop table account;--", 'do_rc'])
    await owner.run('user import', { appId: TEST_APP, userId })
  const device = await server.connect('dora')
  const found = await owner.run('user search', { appId: TEST_APP, text: 'dor' })
  expect(found.result).toMatchObject({
    users: [
      { userId: 'dora', state: 'Online', platforms: [{ platform: 'Web', state: 'Online' }] },
      { userId: 'dorb', state: 'Offline', platforms: [] },
    ],
    next: null,
  })
  const quoted = await owner.run('user search', { appId: TEST_APP, text: "do'; drop" })
  expect((quoted.result as { users: unknown[] }).users).toHaveLength(1)
  const several = await owner.run('user search', { appId: TEST_APP, text: 'dorb, alice,nobody' })
  expect((several.result as { users: { userId: string }[] }).users.map(user => user.userId)).toEqual([
    'alice',
    'dorb',
  ])
  const admins = await owner.run('user search', { appId: TEST_APP, only: 'admins' })
  expect((admins.result as { users: { admin: boolean }[] }).users.every(user => user.admin)).toBe(true)
  const first = (await owner.run('user search', { appId: TEST_APP, limit: 2 })).result as {
    users: { userId: string }[]
    next: string
  }
  expect(first.users).toHaveLength(2)
  expect(first.next).toBe(first.users[1]?.userId ?? '')
  const second = (await owner.run('user search', { appId: TEST_APP, limit: 2, after: first.next }))
    .result as {
    users: { userId: string }[]
  }
  expect(second.users[0]?.userId).not.toBe(first.users[1]?.userId)
  device.close()
})

test('the tool shows each check of a UserSig that the public generator made', async () => {
  const { viewer } = by
  const inspected = async (userSig: string, userId?: string) => {
    const { result } = await viewer.run('usersig inspect', {
      appId: TEST_APP,
      userSig,
      ...(userId && { userId }),
    })
    const { ok, code, checks } = result as {
      ok: boolean
      code?: number
      checks: { check: string; outcome: string; code?: number }[]
    }
    return {
      ok,
      code,
      failed: checks.filter(check => check.outcome === 'failed').map(check => check.check),
      checks,
    }
  }
  const good = await inspected(new Api(TEST_APP, server.key).genUserSig('alice', 600), 'alice')
  expect(good.ok).toBe(true)
  expect(good.checks).toHaveLength(15)
  expect(good.checks.every(check => check.outcome === 'passed')).toBe(true)
  const forged = await inspected(new Api(TEST_APP, 'f'.repeat(64)).genUserSig('alice', 600), 'alice')
  expect(forged).toMatchObject({ ok: false, code: 70009, failed: ['signature'] })
  const stranger = await inspected(new Api(OTHER_APP, server.key).genUserSig('alice', 600), 'bob')
  expect(stranger).toMatchObject({ code: 70013, failed: ['user-id', 'sdk-app-id'] })
  expect((await inspected('no ticket at all')).code).toBe(70004)
  expect((await inspected('')).code).toBe(70002)
  const before = new Api(TEST_APP, server.key).genUserSig('alice', 600)
  await by.operator.run('user kick', { appId: TEST_APP, userId: 'alice' })
  expect(await inspected(before)).toMatchObject({ code: 70052, failed: ['revoked'] })
  await by.operator.run('user block', { appId: TEST_APP, userId: 'alice' })
  expect((await inspected(new Api(TEST_APP, server.key).genUserSig('alice', 600))).code).toBe(70051)
  await by.operator.run('user unblock', { appId: TEST_APP, userId: 'alice' })
})

test('a UserSig that the console signs logs in, one for an app admin needs the password, and both are audited', async () => {
  const { admin } = by
  const signed = (await admin.run('usersig sign', { appId: TEST_APP, userId: 'erin', expire: 600 }))
    .result as {
    userSig: string
    keyId: string
  }
  expect(signed.keyId).toBe('k1')
  const device = await server.connect('erin', { usersig: signed.userSig })
  expect(device.login).toBeDefined()
  device.close()
  const forAdmin = { appId: TEST_APP, userId: 'administrator' }
  expect((await admin.run('usersig sign', forAdmin)).reason).toBe('password-needed')
  expect((await admin.run('usersig sign', forAdmin, passwordOf('admin'))).ok).toBe(true)
  const [last] = await audit(TEST_APP)
  expect(last).toMatchObject({ actor: 'console:admin', action: 'usersig/sign', target: 'administrator' })
})

test('what the operator typed wrong is said with the code of the command', async () => {
  const { owner } = by
  const unknown = await owner.run('app show', { appId: 5 })
  expect(unknown).toMatchObject({ status: 400, reason: 'refused', code: 70020 })
  const setting = await owner.run('app set', { appId: TEST_APP, key: 'login.webInstances', value: '99' })
  expect(setting.info).toContain('login.webInstances takes an integer')
  expect((await owner.run('no such', {})).reason).toBe('unknown-command')
  expect((await owner.run('constructor', {})).reason).toBe('unknown-command')
})

test('the page has a strict policy with a nonce of its own, its files are cached, others do not exist', async () => {
  const open = () => fetch(`${server.url}/console/apps/1`, { headers: { 'accept-encoding': 'gzip' } })
  const [one, two] = await Promise.all([open(), open()])
  const policy = one.headers.get('content-security-policy') ?? ''
  const nonce = /'nonce-([^']+)'/.exec(policy)?.[1]
  expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self' 'nonce-")
  expect(policy).not.toContain('unsafe')
  expect(policy).toContain("frame-ancestors 'none'")
  expect(await one.text()).toContain(`content="${nonce}"`)
  expect(two.headers.get('content-security-policy')).not.toBe(policy)
  expect(one.headers.get('cache-control')).toBe('no-store')
  expect(one.headers.get('x-content-type-options')).toBe('nosniff')
  const script = await fetch(`${server.url}/console/assets/main-abc.js`)
  expect(script.headers.get('cache-control')).toContain('immutable')
  expect(script.headers.get('content-encoding')).toBe('gzip')
  expect(await script.text()).toContain('export const text')
  for (const path of ['assets/other.js', '..%2f..%2fpackage.json', 'assets/../index.html.js'])
    expect((await fetch(`${server.url}/console/${path}`)).status).toBe(404)
  expect((await fetch(`${server.url}/console`, { redirect: 'manual' })).headers.get('location')).toBe(
    '/console/',
  )
})
