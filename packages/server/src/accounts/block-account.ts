import { auditRow } from '../audit/audit-row.ts'
import { endSessions, kickAccount } from '../login/kick.ts'
import { defineMutation } from '../store/mutation.ts'
import { livingAccount } from './living-account.ts'
import { namedAccountLocks } from './named-account-locks.ts'

interface AccountAction {
  readonly app: number
  readonly userId: string
  readonly actor: string
}

/** Blocked: every login and REST call of the account is refused with 70051, and its sessions end. Returns whether it changed. */
export const setAccountBlocked = defineMutation<
  AccountAction & { readonly blocked: boolean },
  { readonly changed: boolean }
>(
  'accounts/set-blocked',
  async (tx, { app, userId, actor, blocked }) => {
    const account = await livingAccount(tx, app, userId)
    if ((account.disabled !== 0) === blocked) return { changed: false }
    await tx.db
      .updateTable('account')
      .set({ disabled: blocked ? 1 : 0 })
      .where('app_id', '=', app)
      .where('account_id', '=', account.account_id)
      .execute()
    if (blocked) await endSessions(tx, app, account.account_id, 'REST_API_Kick', 'The account was blocked.')
    await auditRow(tx, { app, actor, action: blocked ? 'account/block' : 'account/unblock', target: userId })
    tx.changed({ kind: 'account', app, account: account.account_id, userId })
    return { changed: true }
  },
  { locks: namedAccountLocks },
)

/** A kick by an app admin or an operator, with its audit row. The caller waits with {@link markIsPast} before it answers. */
export const kickAndRecord = defineMutation<AccountAction, { readonly validAfter: number }>(
  'accounts/kick',
  async (tx, { app, userId, actor }) => {
    const kicked = await kickAccount.run(tx, {
      app,
      userId,
      type: 'REST_API_Kick',
      info: 'The login was ended by the app.',
    })
    await auditRow(tx, { app, actor, action: 'account/kick', target: userId, detail: kicked })
    return kicked
  },
  { keepsHeads: true, locks: namedAccountLocks },
)
