import { auditRow } from '../audit/audit-row.ts'
import { defineMutation } from '../store/mutation.ts'
import type { Store } from '../store/store.ts'
import type { Role } from './role.ts'
import { newToken, tokenHash } from './secret-token.ts'
import { SERVER_CHAIN } from './setup-token.ts'

/** Own choices: a working day, and an hour away from the desk. */
export const SESSION_SECONDS = 12 * 3600
export const IDLE_SECONDS = 3600
/** `seen` is written at most this often. */
const SEEN_RESOLUTION_SECONDS = 60
/** Logins of one operator; the oldest goes. */
const SESSIONS_MAX = 20
/** Ended logins are kept so long: their networks count as familiar. */
const REMEMBERED_SECONDS = 30 * 86_400

/** Who sends a request, as their session's row says now. */
export interface SignedIn {
  readonly operatorId: number
  readonly name: string
  readonly passwordHash: string
  readonly role: Role | ''
  /** Roles in single apps. */
  readonly apps: ReadonlyMap<number, Role>
  readonly hash: string
  readonly seen: number
}

const openSession = defineMutation<{ hash: string; operatorId: number; network: string }, null>(
  'operators/open-session',
  async (tx, { hash, operatorId, network }) => {
    const operator = await tx.db
      .selectFrom('operator')
      .select('name')
      .where('operator_id', '=', operatorId)
      .executeTakeFirstOrThrow()
    await tx.db
      .deleteFrom('operator_session')
      .where('expires', '<', tx.now - REMEMBERED_SECONDS)
      .execute()
    const older = await tx.db
      .selectFrom('operator_session')
      .select('token_hash')
      .where('operator_id', '=', operatorId)
      .orderBy('created', 'desc')
      .offset(SESSIONS_MAX - 1)
      .limit(SESSIONS_MAX)
      .execute()
    for (const { token_hash } of older)
      await tx.db.deleteFrom('operator_session').where('token_hash', '=', token_hash).execute()
    await tx.db
      .insertInto('operator_session')
      .values({
        token_hash: hash,
        operator_id: operatorId,
        network,
        created: tx.now,
        seen: tx.now,
        expires: tx.now + SESSION_SECONDS,
      })
      .execute()
    await tx.db
      .updateTable('operator')
      .set({ last_login: tx.now })
      .where('operator_id', '=', operatorId)
      .execute()
    await auditRow(tx, {
      app: SERVER_CHAIN,
      actor: `console:${operator.name}`,
      action: 'operator/login',
      target: operator.name,
      detail: { network },
    })
    return null
  },
  { keepsHeads: true },
)

const touchSession = defineMutation<{ hash: string }, null>(
  'operators/touch-session',
  async (tx, { hash }) => {
    await tx.db.updateTable('operator_session').set({ seen: tx.now }).where('token_hash', '=', hash).execute()
    return null
  },
  { keepsHeads: true, locks: () => [] },
)

export const closeSession = defineMutation<{ hash: string }, null>(
  'operators/close-session',
  async (tx, { hash }) => {
    await tx.db
      .updateTable('operator_session')
      .set({ expires: tx.now })
      .where('token_hash', '=', hash)
      .execute()
    return null
  },
  { keepsHeads: true, locks: () => [] },
)

/** Opens a login; returns the token for the cookie. */
export async function beginSession(store: Store, operatorId: number, network: string): Promise<string> {
  const token = newToken()
  await store.mutate(openSession, { hash: tokenHash(token), operatorId, network })
  return token
}

/** The operator of a cookie's token; undefined when the login ended, ran out, or never was. */
export async function signedIn(store: Store, token: string, now: number): Promise<SignedIn | undefined> {
  const hash = tokenHash(token)
  const row = await store.read
    .selectFrom('operator_session')
    .innerJoin('operator', 'operator.operator_id', 'operator_session.operator_id')
    .selectAll('operator')
    .select(['operator_session.seen', 'operator_session.expires'])
    .where('operator_session.token_hash', '=', hash)
    .executeTakeFirst()
  if (!row || row.expires <= now || row.seen + IDLE_SECONDS <= now) return undefined
  const apps = await store.read
    .selectFrom('operator_app')
    .select(['app_id', 'role'])
    .where('operator_id', '=', row.operator_id)
    .execute()
  if (row.seen + SEEN_RESOLUTION_SECONDS <= now) await store.mutate(touchSession, { hash })
  return {
    operatorId: row.operator_id,
    name: row.name,
    passwordHash: row.password_hash,
    role: row.role as Role | '',
    apps: new Map(apps.map(({ app_id, role }) => [app_id, role as Role])),
    hash,
    seen: row.seen,
  }
}

/** Whether the operator has logged in from this network within the last weeks. */
export async function isFamiliar(store: Store, operatorId: number, network: string): Promise<boolean> {
  const row = await store.read
    .selectFrom('operator_session')
    .select('created')
    .where('operator_id', '=', operatorId)
    .where('network', '=', network)
    .executeTakeFirst()
  return row !== undefined
}
