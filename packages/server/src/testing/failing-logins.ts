import { deflateSync } from 'node:zlib'
import type { RunSql } from './test-database.ts'
import { TEST_ADMIN, TEST_APP, type TestServer } from './test-server.ts'

/** What of a login or call is bad; nothing set is a good one. */
export interface Attempt {
  readonly unknownApp?: true
  readonly disabledApp?: true
  readonly keylessApp?: true
  readonly disabledAccount?: true
  readonly revokedAccount?: true
  readonly plainUser?: true
  readonly barredAddress?: true
  readonly signedForUser?: string
  readonly signedForApp?: number
  /** Seconds from now. */
  readonly issued?: number
  readonly lifetime?: number
  readonly key?: string
  readonly shape?: (ticket: string) => string
}

/** One check that fails, with the check's name in the answer's detail. */
export interface Failing {
  readonly check: string
  readonly code: number
  readonly attempt: Attempt
}

/** The checks of a ticket in the order of DESIGN-SECURITY 1, from the first on. */
export function ticketFailures(unknownApp: number): readonly Failing[] {
  return [
    { check: 'present', code: 70002, attempt: { shape: () => '' } },
    { check: 'encoding', code: 70003, attempt: { shape: ticket => `${ticket.slice(0, -8)}"${ticket}` } },
    { check: 'inflate', code: 70004, attempt: { shape: ticket => ticket.slice(0, 40) } },
    { check: 'content', code: 70005, attempt: { shape: () => packed({ 'TLS.ver': '9.9' }) } },
    { check: 'app-known', code: unknownApp, attempt: { unknownApp: true } },
    { check: 'app-enabled', code: 60016, attempt: { disabledApp: true } },
    { check: 'user-id', code: 70013, attempt: { signedForUser: 'somebody-else' } },
    { check: 'sdk-app-id', code: 70014, attempt: { signedForApp: TEST_APP + 99 } },
    { check: 'expiry', code: 70001, attempt: { issued: -100, lifetime: 60 } },
    { check: 'clock', code: 70010, attempt: { issued: 400 } },
    { check: 'key', code: 70016, attempt: { keylessApp: true } },
    { check: 'signature', code: 70009, attempt: { key: 'f'.repeat(64) } },
    { check: 'account-enabled', code: 70051, attempt: { disabledAccount: true } },
    { check: 'revoked', code: 70052, attempt: { revokedAccount: true } },
  ]
}

/** A ticket that looks like one: a JSON document, deflated, in the ticket alphabet. */
export function packed(document: object): string {
  return deflateSync(JSON.stringify(document))
    .toString('base64')
    .replaceAll('+', '*')
    .replaceAll('/', '-')
    .replaceAll('=', '_')
}

const ACCOUNT_FLAGS = ['disabledAccount', 'revokedAccount', 'plainUser', 'barredAddress'] as const
/** A mark that no ticket of a test passes. */
const FAR_MARK = 4_000_000_000

/** Apps and accounts for every mixture of bad states, in a server that does not run. */
export async function seedAttempts(server: TestServer): Promise<void> {
  for (const app of [TEST_APP, TEST_APP + 1, TEST_APP + 2, TEST_APP + 3]) {
    const users = mixtures()
      .map(nameOf)
      .filter(user => user !== TEST_ADMIN)
    if (app === TEST_APP) await addUsers(server, app, users)
    else await server.seedApp(app, users)
    await server.edit(run => setStates(run, app))
  }
}

async function setStates(run: RunSql, app: number): Promise<void> {
  const state = app - TEST_APP
  if (state & 1) await run('update app set disabled = 1 where app_id = ?', app)
  if (state & 2) await run(`update app_key set state = 'revoked' where app_id = ?`, app)
  for (const mixture of mixtures()) {
    const user = nameOf(mixture)
    await run(
      'update account set disabled = ?, valid_after = ? where app_id = ? and user_id = ?',
      mixture.disabledAccount ? 1 : 0,
      mixture.revokedAccount ? FAR_MARK : 0,
      app,
      user,
    )
    if (mixture.plainUser || user === TEST_ADMIN) continue
    await run(
      `insert into app_admin (app_id, account_id, addresses, created, created_by)
       select app_id, account_id, ?, 0, 'test' from account where app_id = ? and user_id = ?`,
      mixture.barredAddress ? '["10.0.0.0/8"]' : '[]',
      app,
      user,
    )
  }
}

/** What an attempt says about itself. */
export interface Claim {
  readonly sdkappid: number
  readonly identifier: string
  readonly usersig: string
}

export function claimOf(server: TestServer, attempt: Attempt): Claim {
  const app = TEST_APP + (attempt.disabledApp ? 1 : 0) + (attempt.keylessApp ? 2 : 0)
  const identifier = nameOf(attempt)
  const now = Math.floor(Date.now() / 1000) + (attempt.issued ?? 0)
  const usersig = server.userSig(attempt.signedForUser ?? identifier, {
    app,
    now,
    expire: attempt.lifetime ?? 3600,
    ...(attempt.key !== undefined && { key: attempt.key }),
    ...(attempt.signedForApp !== undefined && { signedFor: attempt.signedForApp }),
  })
  return {
    sdkappid: attempt.unknownApp ? 999 : app,
    identifier,
    usersig: attempt.shape?.(usersig) ?? usersig,
  }
}

type AccountState = Pick<Attempt, (typeof ACCOUNT_FLAGS)[number]>

function mixtures(): AccountState[] {
  return Array.from({ length: 1 << ACCOUNT_FLAGS.length }, (_, bits) =>
    Object.fromEntries(ACCOUNT_FLAGS.filter((_, bit) => bits & (1 << bit)).map(flag => [flag, true])),
  )
}

/** The account that is in these states, and no other. */
function nameOf(attempt: Attempt): string {
  const flags = ACCOUNT_FLAGS.map((flag, bit) => (attempt[flag] ? bit : '')).join('')
  return flags === '' ? TEST_ADMIN : `account-${flags}`
}

function addUsers(server: TestServer, app: number, users: readonly string[]): Promise<void> {
  return server.edit(async run => {
    for (const [index, user] of users.entries())
      await run(
        'insert into account (app_id, account_id, user_id, created) values (?, ?, ?, 0)',
        app,
        10_000 + index,
        user,
      )
  })
}
