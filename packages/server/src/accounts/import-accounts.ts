import { ErrorCode } from '@rookery/protocol/error-code'
import { auditRow } from '../audit/audit-row.ts'
import { CommandError } from '../commands/command-error.ts'
import type { Lock } from '../store/locks.ts'
import { defineMutation, type Transaction } from '../store/mutation.ts'
import { registerAccount } from './register-account.ts'

export interface ImportItem {
  readonly userId: string
  /** Absent: an existing account keeps its own. */
  readonly nick?: string
  readonly faceUrl?: string
}

export interface ImportAccounts {
  readonly app: number
  readonly actor: string
  /** `account.max` of the app. */
  readonly quota: number
  /** Names and texts are checked already. */
  readonly items: readonly ImportItem[]
}

export interface ImportedAccounts {
  readonly created: readonly string[]
  readonly updated: readonly string[]
  /** The app was full. */
  readonly overQuota: readonly string[]
}

/** Makes the accounts that do not exist, and gives the others the nickname and avatar that came along (rest-1 section 3.1). */
export const importAccounts = defineMutation<ImportAccounts, ImportedAccounts>(
  'accounts/import',
  async (tx, { app, actor, quota, items }) => {
    const created: string[] = []
    const updated: string[] = []
    const overQuota: string[] = []
    for (const item of items) {
      const outcome = await importOne(tx, app, quota, item)
      if (outcome === 'created') created.push(item.userId)
      else if (outcome === 'updated') updated.push(item.userId)
      else if (outcome === 'over quota') overQuota.push(item.userId)
    }
    // App servers import at every sign-in; a call that changed nothing leaves no row.
    if (created.length + updated.length > 0)
      await auditRow(tx, {
        app,
        actor,
        action: 'account/import',
        target: items.length === 1 ? (items[0]?.userId ?? '') : '',
        detail: { created, updated },
      })
    return { created, updated, overQuota }
  },
  {
    locks: ({ app, items }) => [
      { on: 'app', app, shared: true },
      ...items.map(({ userId }): Lock => ({ on: 'name', app, userId })),
    ],
  },
)

async function importOne(
  tx: Transaction,
  app: number,
  quota: number,
  item: ImportItem,
): Promise<'created' | 'updated' | 'unchanged' | 'over quota'> {
  const known = await tx.db
    .selectFrom('account')
    .select(['account_id', 'nick', 'face_url'])
    .where('app_id', '=', app)
    .where('user_id', '=', item.userId)
    .where('deleted', '=', 0)
    .executeTakeFirst()
  if (!known) {
    try {
      await registerAccount(tx, {
        app,
        userId: item.userId,
        nick: item.nick ?? '',
        faceUrl: item.faceUrl ?? '',
        quota,
      })
      return 'created'
    } catch (error) {
      if (error instanceof CommandError && error.code === ErrorCode.ACCOUNT_QUOTA_EXCEEDED)
        return 'over quota'
      throw error
    }
  }
  const nick = item.nick ?? known.nick
  const faceUrl = item.faceUrl ?? known.face_url
  if (nick === known.nick && faceUrl === known.face_url) return 'unchanged'
  await tx.db
    .updateTable('account')
    .set({ nick, face_url: faceUrl })
    .where('app_id', '=', app)
    .where('account_id', '=', known.account_id)
    .execute()
  tx.changed({ kind: 'account', app, account: known.account_id, userId: item.userId })
  return 'updated'
}
