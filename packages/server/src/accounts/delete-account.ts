import { ErrorCode } from '@rookery/protocol/error-code'
import { auditRow } from '../audit/audit-row.ts'
import { CommandError } from '../commands/command-error.ts'
import { endSessions } from '../login/kick.ts'
import { defineMutation } from '../store/mutation.ts'
import { livingAccount } from './living-account.ts'
import { namedAccountLocks } from './named-account-locks.ts'
import { retireName } from './register-account.ts'

/** What the account alone owned. Its messages stay: they are the other side's history (rest-1 section 3.3). */
const OWN_STATE = [
  'user_conversation',
  'message_hidden',
  'contact_group_member',
  'contact_group',
  'group_notice',
  'group_notice_head',
  'session',
] as const

/**
 * Deletes an account: its logins end, its profile and own state go, its name is free again. The mark stays, so that no UserSig
 * of before opens a new account of that name (login-usersig 3.5). Throws 70107 when there is none, 70402 for an app admin.
 */
export const deleteAccount = defineMutation<
  { readonly app: number; readonly userId: string; readonly actor: string },
  { readonly validAfter: number }
>(
  'accounts/delete',
  async (tx, { app, userId, actor }) => {
    const account = await livingAccount(tx, app, userId)
    const admin = await tx.db
      .selectFrom('app_admin')
      .select('account_id')
      .where('app_id', '=', app)
      .where('account_id', '=', account.account_id)
      .executeTakeFirst()
    if (admin)
      throw new CommandError(
        ErrorCode.ACCOUNT_PARAMETER_INVALID,
        `${userId} is an app admin, which can't be deleted; an operator must dismiss it first.`,
        { check: 'admin' },
      )
    const validAfter = Math.max(account.valid_after, tx.now, account.newest_ticket)
    await endSessions(tx, app, account.account_id, 'REST_API_Kick', 'The account was deleted.')
    await retireName(tx, app, userId, validAfter)
    for (const table of OWN_STATE)
      await tx.db
        .deleteFrom(table)
        .where('app_id', '=', app)
        .where('account_id', '=', account.account_id)
        .execute()
    await tx.db
      .updateTable('account')
      .set({ deleted: 1, nick: '', face_url: '', push_online: '{}', valid_after: validAfter })
      .where('app_id', '=', app)
      .where('account_id', '=', account.account_id)
      .execute()
    await tx.db
      .insertInto('group_departure')
      .values({ app_id: app, account_id: account.account_id })
      .execute()
    await auditRow(tx, { app, actor, action: 'account/delete', target: userId })
    tx.changed({ kind: 'account', app, account: account.account_id, userId })
    return { validAfter }
  },
  { locks: namedAccountLocks },
)
