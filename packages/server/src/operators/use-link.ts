import { ErrorCode } from '@rookery/protocol/error-code'
import { refuse } from '../apps/refuse.ts'
import { auditRow } from '../audit/audit-row.ts'
import { CommandError } from '../commands/command-error.ts'
import { defineMutation } from '../store/mutation.ts'
import { FIRST_START, LINK_FAULTS, linkFault, SERVER_CHAIN } from './setup-token.ts'

export interface UseLink {
  readonly hash: string
  readonly name: string
  readonly passwordHash: string
}

/**
 * Consumes a link in the transaction that makes the operator, or that gives a known one the new password and ends its logins:
 * two uses at the same moment make one operator. Throws with the check `link-…` or `operator-name`.
 */
export const consumeLink = defineMutation<UseLink, { readonly operatorId: number }>(
  'operators/use-link',
  async (tx, { hash, name, passwordHash }) => {
    const link = await tx.db
      .selectFrom('setup_token')
      .selectAll()
      .where('token_hash', '=', hash)
      .executeTakeFirst()
    const fault = linkFault(link, tx.now)
    if (!link || fault)
      throw new CommandError(ErrorCode.ACCOUNT_PARAMETER_INVALID, LINK_FAULTS[fault ?? 'link-unknown'], {
        check: fault ?? 'link-unknown',
      })
    const known = await tx.db
      .selectFrom('operator')
      .select('operator_id')
      .where('name', '=', name)
      .executeTakeFirst()
    // Only a link made for that name gives its operator a new password.
    if (known && link.name !== name)
      throw refuse('operator-name', `There is an operator ${name} already; choose another name.`)
    await tx.db.updateTable('setup_token').set({ used: tx.now }).where('token_hash', '=', hash).execute()
    // What the first start printed is for the first operator only.
    await tx.db
      .deleteFrom('setup_token')
      .where('created_by', '=', FIRST_START)
      .where('used', 'is', null)
      .execute()
    const operatorId = known?.operator_id ?? (await tx.nextNumber('operator'))
    if (known) {
      await tx.db
        .updateTable('operator')
        .set({ password_hash: passwordHash })
        .where('operator_id', '=', operatorId)
        .execute()
      await tx.db.deleteFrom('operator_session').where('operator_id', '=', operatorId).execute()
    } else
      await tx.db
        .insertInto('operator')
        .values({
          operator_id: operatorId,
          name,
          password_hash: passwordHash,
          role: link.role,
          created: tx.now,
          created_by: link.created_by,
          last_login: null,
        })
        .execute()
    await auditRow(tx, {
      app: SERVER_CHAIN,
      actor: `console:${name}`,
      action: known ? 'operator/reset' : 'operator/create',
      target: name,
      detail: known ? { linkBy: link.created_by } : { role: link.role, linkBy: link.created_by },
    })
    return { operatorId }
  },
  { keepsHeads: true },
)
