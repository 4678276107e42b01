import { ErrorCode } from '@rookery/protocol/error-code'
import { namedAccountLocks } from '../accounts/named-account-locks.ts'
import { CommandError } from '../commands/command-error.ts'
import type { SessionEnd } from '../store/change.ts'
import { defineMutation, type Transaction } from '../store/mutation.ts'
import { SESSION_RANK } from './session-queries.ts'

/**
 * Makes every UserSig of the account so far invalid and ends its sessions: the mark rises to the highest of itself, this
 * second, and the newest ticket that was ever accepted (DESIGN-SECURITY 2). The caller must not answer before
 * {@link secondHasPassed}.
 */
export const kickAccount = defineMutation<
  { readonly app: number; readonly userId: string; readonly type: SessionEnd; readonly info: string },
  { readonly validAfter: number }
>(
  'login/kick',
  async (tx, { app, userId, type, info }) => {
    const account = await tx.db
      .selectFrom('account')
      .select(['account_id', 'valid_after', 'newest_ticket'])
      .where('app_id', '=', app)
      .where('user_id', '=', userId)
      .where('deleted', '=', 0)
      .executeTakeFirst()
    if (!account)
      throw new CommandError(
        ErrorCode.ACCOUNT_NOT_FOUND,
        `There is no account ${userId}; import it first or check the spelling.`,
      )
    const validAfter = Math.max(account.valid_after, tx.now, account.newest_ticket)
    await tx.db
      .updateTable('account')
      .set({ valid_after: validAfter, push_online: '{}' })
      .where('app_id', '=', app)
      .where('account_id', '=', account.account_id)
      .execute()
    await endSessions(tx, app, account.account_id, type, info)
    tx.changed({ kind: 'account', app, account: account.account_id, userId })
    return { validAfter }
  },
  { keepsHeads: true, locks: namedAccountLocks },
)

/** Ends every session of an account, or of a whole app; the devices are told `type`. */
export async function endSessions(
  tx: Transaction,
  app: number,
  account: number | undefined,
  type: SessionEnd,
  info: string,
): Promise<void> {
  let update = tx.db
    .updateTable('session')
    .set({ ended: type, connected: 0, seen: tx.now })
    .where('app_id', '=', app)
    .where('ended', '=', '')
  if (account !== undefined) update = update.where('account_id', '=', account)
  await update.execute()
  const upToRank = await tx.lastNumber(SESSION_RANK)
  tx.changed({ kind: 'end', app, ...(account !== undefined && { account }), upToRank, type, info })
}

/** Timers may fire a little early by the wall clock. */
const TIMER_SLACK_MS = 5

/**
 * Resolves once a UserSig that is signed now carries a later second than `validAfter`: v2 tickets of one second can't be told
 * apart, so the answer of a kick waits, and a ticket that is signed after it works. At most one second: a mark ahead of our
 * clock comes from a signer whose clock is fast, and that clock too has moved on by then.
 */
export async function secondHasPassed(validAfter: number): Promise<void> {
  const ms = Math.min(1000, (validAfter + 1) * 1000 - Date.now())
  if (ms > 0) await new Promise(resolve => setTimeout(resolve, ms + TIMER_SLACK_MS))
}
