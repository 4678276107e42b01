import { ErrorCode } from '@rookery/protocol/error-code'
import { CommandError } from '../commands/command-error.ts'
import type { Transaction } from '../store/mutation.ts'
import type { AppTable } from '../store/schema.ts'

/** What an operator asked for and may not have; the text says why and what to do instead. */
export function refuse(check: string, text: string): CommandError {
  return new CommandError(ErrorCode.ACCOUNT_PARAMETER_INVALID, text, { check })
}

/** The row of an app in a transaction. Throws 70020 when there is none. */
export async function appRow(tx: Transaction, app: number): Promise<AppTable> {
  const row = await tx.db.selectFrom('app').selectAll().where('app_id', '=', app).executeTakeFirst()
  if (!row)
    throw new CommandError(
      ErrorCode.SDKAPPID_UNKNOWN,
      `There is no app with SDKAppID ${app}; "rookery app list" shows those that exist.`,
      { check: 'app-known' },
    )
  return row
}
