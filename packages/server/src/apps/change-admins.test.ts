import { afterEach, beforeEach, expect, test } from 'bun:test'
import { defaultSettings } from '@rookery/protocol/limits'
import { setAccountBlocked } from '../accounts/block-account.ts'
import { deleteAccount } from '../accounts/delete-account.ts'
import { failureOf, openTestStore, type TestStore } from '../testing/test-store.ts'
import { type AppointAdmin, appointAdmin, dismissAdmin, listAdmins, setAdmin } from './change-admins.ts'
import { createApp } from './create-app.ts'

const APP = 1400000001
const actor = 'cli:test'
let at: TestStore

beforeEach(async () => {
  at = await openTestStore()
  await createApp(at.store, at.box, { name: 'x', appId: APP, actor, settings: defaultSettings() })
})
afterEach(() => at.close())

const appoint = (userId: string, over: Partial<AppointAdmin> = {}) =>
  at.store.mutate(appointAdmin, {
    app: APP,
    userId,
    actor,
    adminsMax: 10,
    quota: 0,
    userIdBytes: 32,
    ...over,
  })

test('an app admin is an account with a grant, which the app knows at once', async () => {
  await at.apps.get(APP)
  expect(await appoint('administrator')).toEqual({ created: true })
  const app = await at.apps.get(APP)
  expect([...(app?.admins.values() ?? [])]).toEqual([
    { disabled: false, scopes: [], addresses: [], maxTicketLifetime: 0 },
  ])
  expect(await listAdmins(at.store, APP)).toMatchObject([
    { userId: 'administrator', blocked: false, createdBy: actor },
  ])
})

test('an admin is appointed once, and at most admin.max of them', async () => {
  await appoint('a')
  expect((await failureOf(appoint('a'))).message).toContain('already')
  expect((await failureOf(appoint('b', { adminsMax: 1 }))).message).toContain('admin.max')
})

test('a grant is narrowed, switched off and taken away', async () => {
  await appoint('a', { scopes: ['openim'], addresses: ['10.0.0.0/8', 'fd00::/8'], maxTicketLifetime: 600 })
  const grant = async () => [...((await at.apps.get(APP))?.admins.values() ?? [])][0]
  expect(await grant()).toEqual({
    disabled: false,
    scopes: ['openim'],
    addresses: ['10.0.0.0/8', 'fd00::/8'],
    maxTicketLifetime: 600,
  })
  await at.store.mutate(setAdmin, { app: APP, userId: 'a', actor, disabled: true, scopes: [] })
  expect(await grant()).toMatchObject({ disabled: true, scopes: [], maxTicketLifetime: 600 })
  await at.store.mutate(dismissAdmin, { app: APP, userId: 'a', actor })
  expect(await grant()).toBeUndefined()
  expect(
    (await failureOf(at.store.mutate(dismissAdmin, { app: APP, userId: 'a', actor }))).message,
  ).toContain('no app admin')
})

test.each([
  [{ scopes: ['openimm'] }, 'no command family openimm'],
  [{ scopes: ['constructor'] }, 'no command family constructor'],
  [{ addresses: ['10.0.0.0/33'] }, '10.0.0.0/33'],
  [{ addresses: ['10.0.0.0/'] }, '10.0.0.0/'],
  [{ addresses: ['::/129'] }, '::/129'],
  [{ addresses: ['example.org'] }, 'example.org'],
  [{ maxTicketLifetime: -1 }, 'number of seconds'],
])('the grant %j is refused', async (grant, text) => {
  const failure = await failureOf(appoint('a', grant))
  expect(failure.code).toBe(70402)
  expect(failure.message).toContain(text)
  expect(await listAdmins(at.store, APP)).toEqual([])
})

test('names that no account may have become no admin', async () => {
  for (const userId of ['@TIM#SYSTEM', 'a\u0000b', 'x'.repeat(33)])
    expect((await failureOf(appoint(userId))).code).toBe(70402)
  expect((await failureOf(appoint('a', { app: 5 }))).code).toBe(70020)
})

test('an admin must be dismissed before its account is deleted, and shows as blocked when it is', async () => {
  await appoint('a')
  const deleting = () => at.store.mutate(deleteAccount, { app: APP, userId: 'a', actor })
  expect((await failureOf(deleting())).message).toContain('dismiss')
  await at.store.mutate(setAccountBlocked, { app: APP, userId: 'a', actor, blocked: true })
  expect(await listAdmins(at.store, APP)).toMatchObject([{ blocked: true }])
  await at.store.mutate(dismissAdmin, { app: APP, userId: 'a', actor })
  await deleting()
})
