import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { randomBytes } from 'node:crypto'
import { kickAndRecord, setAccountBlocked } from '../accounts/block-account.ts'
import { deleteAccount } from '../accounts/delete-account.ts'
import { importAccounts } from '../accounts/import-accounts.ts'
import { appointAdmin } from '../apps/change-admins.ts'
import { setAppDisabled } from '../apps/change-app.ts'
import { revokeKey } from '../apps/change-keys.ts'
import { verifyAudit } from '../audit/audit-log.ts'
import { recordAudit } from '../audit/audit-row.ts'
import type { Store } from '../store/store.ts'
import { findPostgres, NO_POSTGRES } from '../testing/postgres-server.ts'
import { openTwoNodes, ROUNDS, race, SIDE_APP, succeeded, type TwoNodes } from '../testing/two-nodes.ts'
import { openSession } from './open-session.ts'

const app = SIDE_APP
const actor = 'cli:test'
const now = () => Math.floor(Date.now() / 1000)

let nodes: TwoNodes

describe.skipIf(!findPostgres())(
  `two nodes decide at once${findPostgres() ? '' : `: ${NO_POSTGRES}`}`,
  () => {
    beforeAll(async () => {
      nodes = await openTwoNodes()
    })
    afterAll(() => nodes.close())

    function login(
      store: Store,
      userId: string,
      options: { keyId?: string; quota?: number; issued?: number; webInstances?: number } = {},
    ) {
      return store.mutate(openSession, {
        ticket: {
          app,
          userId,
          keyId: options.keyId ?? 'k1',
          issued: options.issued ?? now(),
          ticketEnd: now() + 600 + Math.floor(Math.random() * 100),
        },
        platform: 'Web',
        instance: 255,
        rules: { policy: 'multi', webInstances: options.webInstances ?? 10, devicesPerPlatform: 1 },
        quota: options.quota ?? 0,
        newSession: { id: randomBytes(8).toString('hex'), tokenHash: 'hash' },
      })
    }

    const liveSessions = async (where: string, ...values: (string | number)[]) =>
      nodes.rows<{ session_id: string }>(
        `select session_id from session where ended = '' and ${where}`,
        ...values,
      )

    test('no session of a revoked key lives on, whenever its login came', async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const keyId = `k-${round}`
        await nodes.edit(run =>
          run(
            `insert into app_key (app_id, key_id, kind, state, material, created) values (?, ?, 'hmac', 'accepted', '', 0)`,
            app,
            keyId,
          ),
        )
        const outcomes = await race<unknown>(
          () => login(nodes.a, 'u1', { keyId }),
          () => login(nodes.b, 'u2', { keyId }),
          () => nodes.b.mutate(revokeKey, { app, actor, keyId }),
          () => login(nodes.a, 'u3', { keyId }),
        )
        expect('ok' in (outcomes[2] ?? {})).toBe(true)
        expect(await liveSessions('key_id = ?', keyId)).toEqual([])
      }
    })

    test('no session of before a kick, a block or a deletion lives on', async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const userId = `w${round}`
        await nodes.a.mutate(importAccounts, { app, actor, quota: 0, items: [{ userId }] })
        const end = [
          () => nodes.b.mutate(kickAndRecord, { app, actor, userId }),
          () => nodes.b.mutate(setAccountBlocked, { app, actor, userId, blocked: true }),
          () => nodes.b.mutate(deleteAccount, { app, actor, userId }),
        ][round % 3]
        if (!end) throw new Error('unreachable')
        const issued = now()
        const outcomes = await race<unknown>(
          () => login(nodes.a, userId, { issued }),
          end,
          () => login(nodes.b, userId, { issued }),
          () => login(nodes.a, userId, { issued }),
        )
        expect('ok' in (outcomes[1] ?? {})).toBe(true)
        const living = await liveSessions(
          'account_id in (select account_id from account where user_id = ?)',
          userId,
        )
        expect(living).toEqual([])
      }
    })

    test('a disabled app has no live session', async () => {
      for (let round = 0; round < ROUNDS; round++) {
        await race<unknown>(
          () => login(nodes.a, 'u4'),
          () => nodes.b.mutate(setAppDisabled, { app, actor, disabled: true }),
          () => login(nodes.b, 'u5'),
          () => login(nodes.a, `new-${round}`),
        )
        expect(await liveSessions('app_id = ?', app)).toEqual([])
        await nodes.a.mutate(setAppDisabled, { app, actor, disabled: false })
      }
    })

    test('logins at once leave as many devices as the policy allows', async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const outcomes = await race(
          () => login(nodes.a, 'u6', { webInstances: 1 }),
          () => login(nodes.b, 'u6', { webInstances: 1 }),
          () => login(nodes.a, 'u6', { webInstances: 1 }),
        )
        expect(succeeded(outcomes)).toHaveLength(3)
        expect(await liveSessions('account_id = 6')).toHaveLength(1)
      }
    })

    async function living(): Promise<{ readonly all: number; readonly names: number }> {
      const [row] = await nodes.rows<{ all: number; names: number }>(
        'select count(*) as all, count(distinct user_id) as names from account where app_id = ? and deleted = 0',
        app,
      )
      return row ?? { all: 0, names: 0 }
    }

    test('a name is registered once', async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const userId = `same-${round}`
        const before = await living()
        const outcomes = await race<unknown>(
          () => login(nodes.a, userId),
          () => login(nodes.b, userId),
          () => nodes.b.mutate(importAccounts, { app, actor, quota: 0, items: [{ userId, nick: 'S' }] }),
        )
        expect(succeeded(outcomes)).toHaveLength(3)
        expect(await living()).toEqual({ all: before.all + 1, names: before.names + 1 })
      }
    })

    test('no more accounts are registered than the quota', async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const quota = (await living()).all + 1
        const outcomes = await race<unknown>(
          () => login(nodes.a, `one-${round}`, { quota }),
          () => login(nodes.b, `two-${round}`, { quota }),
        )
        expect(succeeded(outcomes)).toHaveLength(1)
        expect((await living()).all).toBe(quota)
      }
    })

    test('nobody is an app admin and deleted at once', async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const userId = `admin-${round}`
        await nodes.a.mutate(importAccounts, { app, actor, quota: 0, items: [{ userId }] })
        const grant = { adminsMax: 1000, quota: 0, userIdBytes: 32 }
        await race<unknown>(
          () => nodes.a.mutate(appointAdmin, { app, actor, userId, ...grant }),
          () => nodes.b.mutate(deleteAccount, { app, actor, userId }),
        )
        const ghosts = await nodes.rows(
          `select account.user_id from app_admin join account on account.account_id = app_admin.account_id
         where account.deleted = 1`,
        )
        expect(ghosts).toEqual([])
      }
    })

    test('no more app admins are appointed than there may be', async () => {
      const grant = { quota: 0, userIdBytes: 32 }
      for (let round = 0; round < ROUNDS; round++) {
        const admins = () => nodes.rows('select account_id from app_admin where app_id = ?', app)
        const adminsMax = (await admins()).length + 1
        await race<unknown>(
          () => nodes.a.mutate(appointAdmin, { app, actor, userId: `x-${round}`, adminsMax, ...grant }),
          () => nodes.b.mutate(appointAdmin, { app, actor, userId: `y-${round}`, adminsMax, ...grant }),
        )
        expect(await admins()).toHaveLength(adminsMax)
      }
    })

    test('a key remembers the latest end of all tickets', async () => {
      const ends = await race(
        ...Array.from({ length: ROUNDS }, (_, n) => async () => {
          const accepted = await login(n % 2 ? nodes.a : nodes.b, `u${1 + (n % 9)}`)
          return accepted.expires
        }),
      )
      const [key] = await nodes.rows<{ end: number }>(
        `select latest_ticket_end as end from app_key where key_id = 'k1'`,
      )
      expect(key?.end).toBeGreaterThanOrEqual(Math.max(...succeeded(ends)))
    })

    test('a key is revoked while logins never pause', async () => {
      await nodes.edit(run =>
        run(
          `insert into app_key (app_id, key_id, kind, state, material, created) values (?, 'spare', 'hmac', 'accepted', '', 0)`,
          app,
        ),
      )
      const stop = new AbortController()
      const loggingIn = [nodes.a, nodes.b].flatMap((store, node) =>
        Array.from({ length: 16 }, async (_, n) => {
          while (!stop.signal.aborted) await login(store, `u${1 + ((node + n) % 9)}`)
        }),
      )
      try {
        await nodes.a.mutate(revokeKey, { app, actor, keyId: 'spare' })
        await login(nodes.b, 'newcomer')
      } finally {
        stop.abort()
        await Promise.all(loggingIn)
      }
    })

    test('the audit rows of both are one chain', async () => {
      const entry = { app, actor, action: 'history/read', target: '' }
      await Promise.all(
        Array.from({ length: 100 }, (_, n) => (n % 2 ? nodes.a : nodes.b).mutate(recordAudit, entry)),
      )
      const state = await verifyAudit(nodes.a.read, app)
      expect(state.broken).toBeUndefined()
      expect(state.rows).toBeGreaterThan(100)
    })
  },
)
