import { createHmac, randomBytes } from 'node:crypto'
import { ErrorCode } from '@rookery/protocol/error-code'
import { CommandError } from '../commands/command-error.ts'
import type { Transaction } from '../store/mutation.ts'
import { reservedPrefix } from './user-id-rules.ts'

export interface NewAccount {
  readonly app: number
  readonly userId: string
  readonly nick: string
  readonly faceUrl: string
  /** `account.max` of the app; 0 = no limit. */
  readonly quota: number
}

/**
 * Makes the account of a name that has none. The mark of a deleted namesake stays in force. Throws 70398 over the quota and
 * 70402 for a reserved name.
 */
export async function registerAccount(tx: Transaction, account: NewAccount): Promise<number> {
  const reserved = reservedPrefix(account.userId)
  if (reserved)
    throw new CommandError(
      ErrorCode.ACCOUNT_PARAMETER_INVALID,
      `UserIDs that begin with ${reserved} are reserved; choose another one.`,
      { check: 'user-id' },
    )
  if (account.quota > 0) {
    const { n } = await tx.db
      .selectFrom('account')
      .select(eb => eb.fn.countAll<number>().as('n'))
      .where('app_id', '=', account.app)
      .where('deleted', '=', 0)
      .executeTakeFirstOrThrow()
    if (n >= account.quota)
      throw new CommandError(
        ErrorCode.ACCOUNT_QUOTA_EXCEEDED,
        `The app has its ${account.quota} accounts; delete some or raise account.max.`,
      )
  }
  const accountId = await tx.nextNumber('account')
  await tx.db
    .insertInto('account')
    .values({
      app_id: account.app,
      account_id: accountId,
      user_id: account.userId,
      nick: account.nick,
      face_url: account.faceUrl,
      disabled: 0,
      deleted: 0,
      valid_after: await retiredMark(tx, account.app, account.userId),
      newest_ticket: 0,
      log_no: 0,
      contact_groups_log_no: 0,
      created: tx.now,
      last_login: null,
      push_online: '{}',
    })
    .execute()
  tx.changed({ kind: 'account', app: account.app, account: accountId, userId: account.userId })
  return accountId
}

/** Tickets of a deleted account's time stay refused when its name is registered anew; 0 when there was none. */
export async function retiredMark(tx: Transaction, app: number, userId: string): Promise<number> {
  const row = await tx.db
    .selectFrom('retired_name')
    .select('valid_after')
    .where('app_id', '=', app)
    .where('name_hash', '=', await nameHash(tx, app, userId))
    .executeTakeFirst()
  return row?.valid_after ?? 0
}

/** Keeps a deleted account's mark without keeping its name (DESIGN-DATA 8). */
export async function retireName(
  tx: Transaction,
  app: number,
  userId: string,
  validAfter: number,
): Promise<void> {
  await tx.db
    .insertInto('retired_name')
    .values({ app_id: app, name_hash: await nameHash(tx, app, userId), valid_after: validAfter })
    .onConflict(conflict =>
      conflict.columns(['app_id', 'name_hash']).doUpdateSet({ valid_after: validAfter }),
    )
    .execute()
}

const HASH_KEY = 'retired_name_key'

async function nameHash(tx: Transaction, app: number, userId: string): Promise<string> {
  const key = (await hashKey(tx)) ?? (await makeHashKey(tx))
  return createHmac('sha256', key).update(`${app}:${userId}`).digest('hex')
}

async function hashKey(tx: Transaction): Promise<string | undefined> {
  const row = await tx.db.selectFrom('meta').select('value').where('name', '=', HASH_KEY).executeTakeFirst()
  return row?.value
}

/** Whoever makes it first, all use the same. */
async function makeHashKey(tx: Transaction): Promise<string> {
  await tx.db
    .insertInto('meta')
    .values({ name: HASH_KEY, value: randomBytes(32).toString('hex') })
    .onConflict(conflict => conflict.column('name').doNothing())
    .execute()
  const key = await hashKey(tx)
  if (key === undefined) throw new Error('The key of retired names was not stored.')
  return key
}
