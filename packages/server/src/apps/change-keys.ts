import { auditRow } from '../audit/audit-row.ts'
import { defineMutation, type Transaction } from '../store/mutation.ts'
import type { AppKeyTable } from '../store/schema.ts'
import type { Store } from '../store/store.ts'
import { SWITCH_GRACE_SECONDS } from './app.ts'
import { appLock } from './app-lock.ts'
import { newSecret } from './create-app.ts'
import { type NewKeyMaterial, newKeyId, storedMaterial } from './key-material.ts'
import { appRow, refuse } from './refuse.ts'
import type { SecretBox } from './secret-box.ts'

/** Keys beside the current ones that still verify (DESIGN-SECURITY 3); each is tried on each ticket. */
export const ACCEPTED_KEYS_MAX = 5

export interface KeyChange {
  readonly app: number
  readonly actor: string
}

/** Without material a secret is made. */
export interface AddKey extends KeyChange {
  readonly material?: NewKeyMaterial
  /** True unless given: may sign for app admins. */
  readonly mayMintAdmin?: boolean
}

export interface AddedKey {
  readonly keyId: string
  readonly state: 'current' | 'accepted'
  /** The text of a secret that was made here; the only time that it is shown. */
  readonly secret?: string
}

export interface RotateKey extends AddKey {
  /** Unix seconds until which the old key verifies; by default the latest end of a ticket seen under it. */
  readonly acceptUntil?: number
}

export interface RotatedKey extends AddedKey {
  /** The key that was current, when there was one. */
  readonly old?: { readonly keyId: string; readonly acceptUntil: number }
}

/** Registers a further key: the current one where there is none of its kind, else one that verifies too. */
export async function addKey(store: Store, box: SecretBox, args: AddKey): Promise<AddedKey> {
  const { row, secret } = newKeyRow(box, args)
  const { state } = await store.mutate(insertKey, { app: args.app, actor: args.actor, row })
  return { keyId: row.id, state, ...(secret !== undefined && { secret }) }
}

/** Makes a new current key; the one before verifies for a while, so that nobody is logged out (DESIGN-SECURITY 3). */
export async function rotateKey(store: Store, box: SecretBox, args: RotateKey): Promise<RotatedKey> {
  const { row, secret } = newKeyRow(box, args)
  const { app, actor, acceptUntil } = args
  const { old } = await store.mutate(switchKey, {
    app,
    actor,
    row,
    ...(acceptUntil !== undefined && { acceptUntil }),
  })
  return { keyId: row.id, state: 'current', ...(secret !== undefined && { secret }), ...(old && { old }) }
}

/** A key on its way to the writer: a secret in it is sealed. */
interface NewKeyRow {
  readonly id: string
  readonly kind: 'hmac' | 'ecdsa'
  readonly material: string
  readonly mayMintAdmin: boolean
  readonly imported: boolean
}

function newKeyRow(box: SecretBox, args: AddKey): { row: NewKeyRow; secret?: string } {
  const id = newKeyId()
  const secret = args.material ? undefined : newSecret()
  const material: NewKeyMaterial = args.material ?? { kind: 'hmac', secret: secret ?? '' }
  const row = {
    id,
    kind: material.kind,
    material: storedMaterial(box, args.app, id, material),
    mayMintAdmin: args.mayMintAdmin ?? true,
    imported: args.material !== undefined,
  }
  return { row, ...(secret !== undefined && { secret }) }
}

const insertKey = defineMutation<KeyChange & { readonly row: NewKeyRow }, { state: 'current' | 'accepted' }>(
  'apps/add-key',
  async (tx, { app, actor, row }) => {
    await appRow(tx, app)
    const keys = await keysOf(tx, app)
    const state = currentKey(keys, row.kind) ? 'accepted' : 'current'
    if (state === 'accepted') refuseTooMany(keys, tx.now)
    await insertRow(tx, app, row, state)
    await auditRow(tx, { app, actor, action: 'key/add', target: row.id, detail: auditDetail(row, { state }) })
    tx.changed({ kind: 'app', app })
    return { state }
  },
  { keepsHeads: true, locks: appLock },
)

const switchKey = defineMutation<
  KeyChange & { readonly row: NewKeyRow; readonly acceptUntil?: number },
  { old: { keyId: string; acceptUntil: number } | null }
>(
  'apps/rotate-key',
  async (tx, { app, actor, row, acceptUntil: wanted }) => {
    await appRow(tx, app)
    const keys = await keysOf(tx, app)
    const previous = currentKey(keys, row.kind)
    if (!previous) {
      await insertRow(tx, app, row, 'current')
      await auditRow(tx, { app, actor, action: 'key/rotate', target: row.id, detail: auditDetail(row, {}) })
      tx.changed({ kind: 'app', app })
      return { old: null }
    }
    refuseTooMany(keys, tx.now)
    if (wanted !== undefined && wanted < tx.now)
      throw refuse(
        'accept-until',
        'The old key can\'t be accepted until a moment that is over; to end it at once use "rookery key revoke" after the rotation.',
      )
    // App servers sign with the old key until they have the new one, for as long as the grace allows.
    const acceptUntil = wanted ?? Math.max(previous.latest_ticket_end, tx.now + SWITCH_GRACE_SECONDS)
    await tx.db
      .updateTable('app_key')
      .set({ state: 'accepted', switched_at: tx.now, accept_until: acceptUntil })
      .where('app_id', '=', app)
      .where('key_id', '=', previous.key_id)
      .execute()
    await tx.db
      .updateTable('session')
      .set({ expires: acceptUntil })
      .where('app_id', '=', app)
      .where('key_id', '=', previous.key_id)
      .where('expires', '>', acceptUntil)
      .execute()
    await insertRow(tx, app, row, 'current')
    await auditRow(tx, {
      app,
      actor,
      action: 'key/rotate',
      target: row.id,
      detail: auditDetail(row, { old: previous.key_id, acceptUntil }),
    })
    tx.changed({ kind: 'app', app })
    tx.changed({ kind: 'expiry', app, key: previous.key_id, at: acceptUntil })
    return { old: { keyId: previous.key_id, acceptUntil } }
  },
  { keepsHeads: true, locks: appLock },
)

/** Ends a key at once, with every session that was opened under it. Its secret is erased. */
export const revokeKey = defineMutation<
  KeyChange & { readonly keyId: string },
  { readonly endedSessions: number; readonly currentLeft: boolean }
>(
  'apps/revoke-key',
  async (tx, { app, actor, keyId }) => {
    await appRow(tx, app)
    const key = await oneKey(tx, app, keyId)
    if (key.state === 'revoked') throw refuse('key', `The key ${keyId} is revoked already.`)
    await tx.db
      .updateTable('app_key')
      .set({ state: 'revoked', material: '', switched_at: key.switched_at ?? tx.now, accept_until: tx.now })
      .where('app_id', '=', app)
      .where('key_id', '=', keyId)
      .execute()
    const endedSessions = await endSessionsOfKey(tx, app, keyId)
    await auditRow(tx, { app, actor, action: 'key/revoke', target: keyId, detail: { endedSessions } })
    tx.changed({ kind: 'app', app })
    const left = await keysOf(tx, app)
    return { endedSessions, currentLeft: currentKey(left, key.kind) !== undefined }
  },
  { keepsHeads: true, locks: appLock },
)

/** Whether UserSigs of app admins that this key signed are taken over REST. */
export const setKeyMayMintAdmin = defineMutation<
  KeyChange & { readonly keyId: string; readonly allowed: boolean },
  null
>(
  'apps/set-key-may-mint-admin',
  async (tx, { app, actor, keyId, allowed }) => {
    await appRow(tx, app)
    await oneKey(tx, app, keyId)
    await tx.db
      .updateTable('app_key')
      .set({ may_mint_admin: allowed ? 1 : 0 })
      .where('app_id', '=', app)
      .where('key_id', '=', keyId)
      .execute()
    await auditRow(tx, { app, actor, action: 'key/set', target: keyId, detail: { mayMintAdmin: allowed } })
    tx.changed({ kind: 'app', app })
    return null
  },
  { keepsHeads: true, locks: appLock },
)

async function endSessionsOfKey(tx: Transaction, app: number, keyId: string): Promise<number> {
  const rows = await tx.db
    .selectFrom('session')
    .select('session_id')
    .where('app_id', '=', app)
    .where('key_id', '=', keyId)
    .where('ended', '=', '')
    .execute()
  if (rows.length === 0) return 0
  await tx.db
    .updateTable('session')
    .set({ ended: 'userSigExpired', connected: 0, seen: tx.now })
    .where('app_id', '=', app)
    .where('key_id', '=', keyId)
    .where('ended', '=', '')
    .execute()
  tx.changed({
    kind: 'end',
    app,
    sessions: rows.map(row => row.session_id),
    upToRank: 0,
    type: 'userSigExpired',
    info: 'The key that signed the UserSig was revoked; get a new UserSig from the app server.',
  })
  return rows.length
}

function keysOf(tx: Transaction, app: number): Promise<AppKeyTable[]> {
  return tx.db.selectFrom('app_key').selectAll().where('app_id', '=', app).execute()
}

async function oneKey(tx: Transaction, app: number, keyId: string): Promise<AppKeyTable> {
  const key = (await keysOf(tx, app)).find(candidate => candidate.key_id === keyId)
  if (!key)
    throw refuse('key', `The app ${app} has no key ${keyId}; "rookery key list ${app}" shows its keys.`)
  return key
}

function currentKey(keys: readonly AppKeyTable[], kind: AppKeyTable['kind']): AppKeyTable | undefined {
  return keys.find(key => key.state === 'current' && key.kind === kind)
}

function refuseTooMany(keys: readonly AppKeyTable[], now: number): void {
  const accepted = keys.filter(
    key => key.state === 'accepted' && (key.accept_until === null || key.accept_until >= now),
  )
  if (accepted.length >= ACCEPTED_KEYS_MAX)
    throw refuse(
      'accepted-keys',
      `The app has ${accepted.length} older keys that are still accepted, the most there may be; revoke one first: ` +
        `${accepted.map(key => key.key_id).join(', ')}.`,
    )
}

async function insertRow(
  tx: Transaction,
  app: number,
  row: NewKeyRow,
  state: 'current' | 'accepted',
): Promise<void> {
  await tx.db
    .insertInto('app_key')
    .values({
      app_id: app,
      key_id: row.id,
      kind: row.kind,
      state,
      material: row.material,
      created: tx.now,
      switched_at: null,
      accept_until: null,
      latest_ticket_end: 0,
      last_used: null,
      may_mint_admin: row.mayMintAdmin ? 1 : 0,
    })
    .execute()
}

function auditDetail(row: NewKeyRow, more: object): Record<string, unknown> {
  return { kind: row.kind, imported: row.imported, mayMintAdmin: row.mayMintAdmin, ...more }
}
