import { afterEach, beforeEach, expect, test } from 'bun:test'
import { randomBytes } from 'node:crypto'
import { defaultSettings } from '@rookery/protocol/limits'
import { importAccounts } from '../accounts/import-accounts.ts'
import { readAudit } from '../audit/audit-log.ts'
import { openSession } from '../login/open-session.ts'
import { failureOf, openTestStore, type TestStore } from '../testing/test-store.ts'
import { invalidateTickets, renameApp, setAppDisabled, setAppSetting } from './change-app.ts'
import { createApp } from './create-app.ts'
import { deleteApp } from './delete-app.ts'
import { checkMasterKey } from './master-key-check.ts'
import { SecretBox } from './secret-box.ts'

const actor = 'cli:test'
const settings = defaultSettings()
let at: TestStore

beforeEach(async () => {
  at = await openTestStore()
})
afterEach(() => at.close())

const create = (over: Partial<Parameters<typeof createApp>[2]> = {}) =>
  createApp(at.store, at.box, { name: 'Chat', actor, settings, ...over })

async function openDevice(app: number, keyId: string, userId: string, issued: number) {
  return at.store.mutate(openSession, {
    ticket: { app, userId, keyId, issued, ticketEnd: issued + 1000 },
    platform: 'Web',
    instance: 1,
    rules: { policy: 'multi', webInstances: 5, devicesPerPlatform: 1 },
    quota: 0,
    newSession: { id: `s-${userId}`, tokenHash: 'h' },
  })
}

test('a new app has a ten-digit number and one current key of 64 hexadecimal characters', async () => {
  const { appId, keyId, secret } = await create()
  expect(appId).toBeGreaterThanOrEqual(1_400_000_001)
  expect(appId).toBeLessThanOrEqual(1_999_999_999)
  expect(secret).toMatch(/^[0-9a-f]{64}$/)
  const app = await at.apps.get(appId)
  expect(app?.keys).toEqual([
    {
      id: keyId,
      kind: 'hmac',
      material: secret,
      state: 'current',
      switchedAt: null,
      acceptUntil: null,
      mayMintAdmin: true,
    },
  ])
  expect(app?.admins.size).toBe(0)
})

test('the database holds the key sealed only, and the audit log nothing of it', async () => {
  const { appId, secret } = await create()
  const row = await at.store.read.selectFrom('app_key').selectAll().executeTakeFirstOrThrow()
  expect(row.material).not.toContain(secret)
  expect(JSON.stringify((await readAudit(at.store.read, { app: appId, limit: 10 })).rows)).not.toContain(
    secret,
  )
})

test('a chosen SDKAppID is taken as it is, once', async () => {
  expect((await create({ appId: 42 })).appId).toBe(42)
  expect((await failureOf(create({ appId: 42 }))).message).toContain('42 is taken')
})

test.each([0, -1, 1.5, 4_294_967_296])('%p is no SDKAppID', async appId => {
  expect((await failureOf(create({ appId }))).code).toBe(70402)
})

test.each(['', '   ', 'a\nb', 'x'.repeat(101)])('%j is no name for an app', async name => {
  expect((await failureOf(create({ name }))).code).toBe(70402)
  const { appId } = await create()
  expect((await failureOf(at.store.mutate(renameApp, { app: appId, name, actor }))).code).toBe(70402)
})

test('the number of apps is bounded by console.appsMax', async () => {
  await create()
  const full = create({ settings: { ...settings, 'console.appsMax': 1 } })
  expect((await failureOf(full)).message).toContain('console.appsMax')
})

test('a rename and a setting hold at once and stand in the audit log with old and new values', async () => {
  const { appId } = await create()
  await at.apps.get(appId)
  await at.store.mutate(renameApp, { app: appId, name: "Robert'); drop table app;--", actor })
  await at.store.mutate(setAppSetting, { app: appId, key: 'login.policy', value: 'multi', actor })
  const app = await at.apps.get(appId)
  expect(app?.name).toBe("Robert'); drop table app;--")
  expect(app?.setting('login.policy')).toBe('multi')
  const { rows } = await readAudit(at.store.read, { app: appId, limit: 1 })
  expect(rows[0]).toMatchObject({
    actor,
    action: 'app/set',
    target: 'login.policy',
    detail: '{"old":"default","new":"multi"}',
  })
  await at.store.mutate(setAppSetting, { app: appId, key: 'login.policy', actor })
  expect((await at.apps.get(appId))?.setting('login.policy')).toBe('dual')
})

test.each([
  ['no.such', 1, 'no setting'],
  ['login.policy', 'all', 'login.policy takes'],
  ['account.max', -1, 'account.max takes'],
  ['rest.bodyBytes', 20_000, 'rookery.toml'],
])('the setting %s does not take %p', async (key, value, text) => {
  const { appId } = await create()
  const failure = await failureOf(at.store.mutate(setAppSetting, { app: appId, key, value, actor }))
  expect(failure.code).toBe(70402)
  expect(failure.message).toContain(text)
})

test('changes of an app that does not exist are refused with 70020', async () => {
  for (const change of [
    at.store.mutate(renameApp, { app: 5, name: 'x', actor }),
    at.store.mutate(setAppSetting, { app: 5, key: 'account.max', value: 1, actor }),
    at.store.mutate(setAppDisabled, { app: 5, disabled: true, actor }),
    at.store.mutate(invalidateTickets, { app: 5, actor }),
    deleteApp(at.store, { app: 5, actor }),
  ])
    expect((await failureOf(change)).code).toBe(70020)
})

test('disabling ends every session of the app and refuses new ones with 60016, until it is enabled', async () => {
  const { appId, keyId } = await create()
  const now = Math.floor(Date.now() / 1000)
  await openDevice(appId, keyId, 'ana', now)
  await at.store.mutate(setAppDisabled, { app: appId, disabled: true, actor })
  expect(at.changes).toContainEqual(
    expect.objectContaining({ kind: 'end', app: appId, type: 'REST_API_Kick' }),
  )
  expect((await at.apps.get(appId))?.disabled).toBe(true)
  expect((await failureOf(openDevice(appId, keyId, 'bo', now))).code).toBe(60016)
  expect(
    (await failureOf(at.store.mutate(setAppDisabled, { app: appId, disabled: true, actor }))).message,
  ).toContain('disabled already')
  await at.store.mutate(setAppDisabled, { app: appId, disabled: false, actor })
  await openDevice(appId, keyId, 'bo', now)
})

test('invalidating tickets refuses all of before, also those of a signer whose clock is fast', async () => {
  const { appId, keyId } = await create()
  const ahead = Math.floor(Date.now() / 1000) + 200
  await openDevice(appId, keyId, 'ana', ahead)
  const { validAfter } = await at.store.mutate(invalidateTickets, { app: appId, actor })
  expect(validAfter).toBe(ahead)
  expect((await failureOf(openDevice(appId, keyId, 'bo', ahead))).code).toBe(70052)
  await openDevice(appId, keyId, 'bo', ahead + 1)
})

test('only a disabled app is deleted, with everything in it but its audit log', async () => {
  const { appId, keyId } = await create()
  await create({ appId: 7 })
  const users = ['ana', 'bo', 'cy']
  for (const app of [appId, 7])
    await at.store.mutate(importAccounts, { app, actor, quota: 0, items: users.map(userId => ({ userId })) })
  const accounts = await at.store.read.selectFrom('account').selectAll().execute()
  const idOf = (app: number, name: string) =>
    accounts.find(row => row.app_id === app && row.user_id === name)?.account_id ?? 0
  for (const app of [appId, 7])
    for (let n = 0; n < 3000; n += 500)
      await Promise.all(
        Array.from({ length: 500 }, (_, i) =>
          at.store.append({
            app,
            sender: idOf(app, 'ana'),
            receiver: idOf(app, i % 2 ? 'bo' : 'cy'),
            msgSeq: 1,
            random: n + i,
            clientTime: 1,
            flags: 0,
            body: '[]',
            custom: '',
            pushInfo: '',
            key: { kind: 'client', hash: '' },
            importTime: 0,
          }),
        ),
      )
  await openDevice(appId, keyId, 'ana', Math.floor(Date.now() / 1000))
  expect((await failureOf(deleteApp(at.store, { app: appId, actor }))).message).toContain('disabled')
  await at.store.mutate(setAppDisabled, { app: appId, disabled: true, actor })
  expect(await deleteApp(at.store, { app: appId, actor })).toEqual({ accounts: 3, conversations: 2 })

  const tables = ['app', 'app_key', 'account', 'conversation', 'message', 'user_conversation']
  for (const table of tables as 'app'[]) {
    const rows = await at.store.read.selectFrom(table).select('app_id').distinct().execute()
    expect([table as string, rows.map(row => row.app_id)]).toEqual([table, [7]])
  }
  expect(await at.store.read.selectFrom('session').select('app_id').execute()).toEqual([])
  const kept = await at.store.read.selectFrom('message').select('seq').execute()
  expect(kept.length).toBe(3000)
  expect((await readAudit(at.store.read, { app: appId, limit: 1 })).rows[0]?.action).toBe('app/delete')
  expect(await at.apps.get(appId)).toBeUndefined()
  expect((await create({ appId })).appId).toBe(appId)
})

test('another master key than that of the database is found out', async () => {
  await checkMasterKey(at.store, at.box)
  await checkMasterKey(at.store, at.box)
  const failure = await failureOf(checkMasterKey(at.store, new SecretBox(randomBytes(32))))
  expect(failure.message).toContain('master key that belongs to this data folder')
})
