import { ErrorCode } from '@rookery/protocol/error-code'
import { CommandError } from '../commands/command-error.ts'
import type { Transaction } from '../store/mutation.ts'
import type { AccountTable } from '../store/schema.ts'

/** The row of the account that has this name now. Throws 70107 when there is none. */
export async function livingAccount(tx: Transaction, app: number, userId: string): Promise<AccountTable> {
  const row = await tx.db
    .selectFrom('account')
    .selectAll()
    .where('app_id', '=', app)
    .where('user_id', '=', userId)
    .where('deleted', '=', 0)
    .executeTakeFirst()
  if (!row)
    throw new CommandError(
      ErrorCode.ACCOUNT_NOT_FOUND,
      `There is no account ${userId}; import it first or check the spelling.`,
      { check: 'account' },
    )
  return row
}
