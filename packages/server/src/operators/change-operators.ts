import { ErrorCode } from '@rookery/protocol/error-code'
import { appRow, refuse } from '../apps/refuse.ts'
import { auditRow } from '../audit/audit-row.ts'
import { CommandError } from '../commands/command-error.ts'
import { defineMutation, type Transaction } from '../store/mutation.ts'
import type { OperatorTable } from '../store/schema.ts'
import type { Store } from '../store/store.ts'
import type { Role } from './role.ts'
import { SERVER_CHAIN } from './setup-token.ts'

export interface ListedOperator {
  readonly name: string
  /** Everywhere; empty: only in the apps that follow. */
  readonly role: Role | ''
  readonly apps: readonly { readonly appId: number; readonly role: Role }[]
  readonly created: number
  readonly createdBy: string
  readonly lastLogin: number | null
}

export async function listOperators(store: Store): Promise<ListedOperator[]> {
  const rows = await store.read.selectFrom('operator').selectAll().orderBy('name').execute()
  const grants = await store.read.selectFrom('operator_app').selectAll().orderBy('app_id').execute()
  return rows.map(row => ({
    name: row.name,
    role: row.role as Role | '',
    apps: grants
      .filter(grant => grant.operator_id === row.operator_id)
      .map(grant => ({ appId: grant.app_id, role: grant.role as Role })),
    created: row.created,
    createdBy: row.created_by,
    lastLogin: row.last_login,
  }))
}

interface OperatorChange {
  readonly name: string
  readonly actor: string
}

/** Ends the operator's logins too. */
export const removeOperator = defineMutation<OperatorChange, null>(
  'operators/remove',
  async (tx, { name, actor }) => {
    const operator = await operatorNamed(tx, name)
    await keepAnOwner(tx, operator, actor)
    for (const table of ['operator_session', 'operator_app', 'operator'] as const)
      await tx.db.deleteFrom(table).where('operator_id', '=', operator.operator_id).execute()
    await tx.db.deleteFrom('setup_token').where('name', '=', name).where('used', 'is', null).execute()
    await auditRow(tx, { app: SERVER_CHAIN, actor, action: 'operator/remove', target: name })
    return null
  },
  { keepsHeads: true },
)

/** Sets the role everywhere, or in one app; `none` takes it away. */
export const setOperatorRole = defineMutation<
  OperatorChange & { readonly role: Role | 'none'; readonly app?: number },
  null
>(
  'operators/set-role',
  async (tx, { name, actor, role, app }) => {
    const operator = await operatorNamed(tx, name)
    const id = operator.operator_id
    const stored = role === 'none' ? '' : role
    if (app === undefined) {
      if (role !== 'owner') await keepAnOwner(tx, operator, actor)
      await tx.db.updateTable('operator').set({ role: stored }).where('operator_id', '=', id).execute()
    } else {
      await appRow(tx, app)
      if (role === 'owner') throw refuse('role', 'An owner is one everywhere; leave the app out.')
      await tx.db.deleteFrom('operator_app').where('operator_id', '=', id).where('app_id', '=', app).execute()
      if (stored !== '')
        await tx.db
          .insertInto('operator_app')
          .values({ operator_id: id, app_id: app, role: stored })
          .execute()
    }
    await auditRow(tx, {
      app: SERVER_CHAIN,
      actor,
      action: 'operator/role',
      target: name,
      detail: { old: operator.role, new: stored, ...(app !== undefined && { app }) },
    })
    return null
  },
  { keepsHeads: true },
)

/** A new password of one's own; the other logins end. */
export const changePassword = defineMutation<
  { readonly operatorId: number; readonly passwordHash: string; readonly keep: string },
  null
>(
  'operators/change-password',
  async (tx, { operatorId, passwordHash, keep }) => {
    const { name } = await tx.db
      .selectFrom('operator')
      .select('name')
      .where('operator_id', '=', operatorId)
      .executeTakeFirstOrThrow()
    await tx.db
      .updateTable('operator')
      .set({ password_hash: passwordHash })
      .where('operator_id', '=', operatorId)
      .execute()
    await tx.db
      .deleteFrom('operator_session')
      .where('operator_id', '=', operatorId)
      .where('token_hash', '<>', keep)
      .execute()
    await auditRow(tx, {
      app: SERVER_CHAIN,
      actor: `console:${name}`,
      action: 'operator/password',
      target: name,
    })
    return null
  },
  { keepsHeads: true },
)

async function operatorNamed(tx: Transaction, name: string): Promise<OperatorTable> {
  const row = await tx.db.selectFrom('operator').selectAll().where('name', '=', name).executeTakeFirst()
  if (!row)
    throw new CommandError(
      ErrorCode.ACCOUNT_NOT_FOUND,
      `There is no operator ${name}; "rookery operator list" shows those that exist.`,
      { check: 'operator' },
    )
  return row
}

/** Nobody may saw off the branch from the console; the command line of the server's machine may. */
async function keepAnOwner(tx: Transaction, operator: OperatorTable, actor: string): Promise<void> {
  if (operator.role !== 'owner' || !actor.startsWith('console:')) return
  const { owners } = await tx.db
    .selectFrom('operator')
    .select(eb => eb.fn.countAll<number>().as('owners'))
    .where('role', '=', 'owner')
    .executeTakeFirstOrThrow()
  if (Number(owners) <= 1)
    throw refuse('last-owner', 'This is the only owner; make another one first, or use the command line.')
}
