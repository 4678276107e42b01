import { ErrorCode } from '@rookery/protocol/error-code'
import { auditRow } from '../audit/audit-row.ts'
import { CommandError } from '../commands/command-error.ts'
import { defineMutation, type Transaction } from '../store/mutation.ts'
import type { Schema } from '../store/schema.ts'
import type { Store } from '../store/store.ts'
import { appLock } from './app-lock.ts'
import { appRow, refuse } from './refuse.ts'

/** Messages that one transaction deletes: some milliseconds, so that other apps' sends hardly wait. */
const MESSAGES_A_STEP = 2000
const CONVERSATIONS_A_STEP = 200
const ACCOUNTS_A_STEP = 200

/** Rows that belong to a conversation. */
const OF_CONVERSATION = [
  'message_uncounted',
  'message_extension',
  'message_mention',
  'message_receipt',
  'group_pin',
  'rest_key',
] as const satisfies readonly (keyof Schema)[]
/** Rows that belong to an account. */
const OF_ACCOUNT = [
  'user_conversation',
  'message_hidden',
  'contact_group',
  'contact_group_member',
  'group_member',
  'group_mute',
  'group_ban',
  'group_notice',
  'group_notice_head',
  'group_departure',
  'session',
] as const satisfies readonly (keyof Schema)[]

/**
 * Deletes a disabled app with everything in it, step by step; what a stop interrupts goes on when it is called again. The
 * audit rows stay. Returns the number of accounts and conversations that were erased.
 */
export async function deleteApp(
  store: Store,
  args: { readonly app: number; readonly actor: string },
): Promise<{ accounts: number; conversations: number }> {
  await store.mutate(dropApp, args)
  const erased = { accounts: 0, conversations: 0 }
  for (;;) {
    const step = await store.mutate(eraseStep, { app: args.app })
    erased.accounts += step.accounts
    erased.conversations += step.conversations
    if (step.done) return erased
  }
}

const dropApp = defineMutation<{ readonly app: number; readonly actor: string }, null>(
  'apps/delete',
  async (tx, { app, actor }) => {
    if (await isHalfErased(tx, app)) return null
    const row = await appRow(tx, app)
    if (row.disabled === 0)
      throw refuse(
        'app-enabled',
        `Only a disabled app can be deleted; run "rookery app disable ${app}" first.`,
      )
    for (const table of ['app', 'app_key', 'app_admin', 'group_field', 'operator_app'] as const)
      await tx.db.deleteFrom(table).where('app_id', '=', app).execute()
    await auditRow(tx, { app, actor, action: 'app/delete', target: '', detail: { name: row.name } })
    tx.changed({ kind: 'app', app })
    return null
  },
  { locks: appLock },
)

/** An earlier deletion dropped the app but not yet all that was in it. */
async function isHalfErased(tx: Transaction, app: number): Promise<boolean> {
  const known = await tx.db.selectFrom('app').select('app_id').where('app_id', '=', app).executeTakeFirst()
  if (known) return false
  for (const table of ['conversation', 'account', 'retired_name'] as const) {
    const left = await tx.db
      .selectFrom(table)
      .select('app_id')
      .where('app_id', '=', app)
      .limit(1)
      .executeTakeFirst()
    if (left) return true
  }
  return false
}

interface Step {
  readonly accounts: number
  readonly conversations: number
  readonly done: boolean
}

const eraseStep = defineMutation<{ readonly app: number }, Step>(
  'apps/erase-step',
  async (tx, { app }) => {
    const known = await tx.db.selectFrom('app').select('app_id').where('app_id', '=', app).executeTakeFirst()
    if (known)
      throw new CommandError(ErrorCode.SDKAPPID_FORBIDDEN, `The app ${app} exists; nothing was erased.`)
    const conversations = await eraseConversations(tx, app)
    if (conversations !== undefined) return { accounts: 0, conversations, done: false }
    const accounts = await eraseAccounts(tx, app)
    if (accounts > 0) return { accounts, conversations: 0, done: false }
    for (const table of [
      'group_application',
      'room_audience',
      'room_mark',
      'group_attribute',
      'group_attribute_head',
      'group_counter',
      'permission_topic',
      'permission_member',
      'permission_group',
      'chat_group',
      'retired_name',
    ] as const)
      await tx.db.deleteFrom(table).where('app_id', '=', app).execute()
    return { accounts: 0, conversations: 0, done: true }
  },
  // The app is gone, and the making of a new one locks everything.
  { locks: () => [] },
)

/** Number of conversations that are gone now; undefined when there was none. */
async function eraseConversations(tx: Transaction, app: number): Promise<number | undefined> {
  const rows = await tx.db
    .selectFrom('conversation')
    .select(['conv_id', 'head_seq'])
    .where('app_id', '=', app)
    .orderBy('conv_id')
    .limit(CONVERSATIONS_A_STEP)
    .execute()
  if (rows.length === 0) return undefined
  let erased = 0
  let budget = MESSAGES_A_STEP
  for (const { conv_id: conv, head_seq: head } of rows) {
    const first = await tx.db
      .selectFrom('message')
      .select('seq')
      .where('app_id', '=', app)
      .where('conv_id', '=', conv)
      .orderBy('seq')
      .limit(1)
      .executeTakeFirst()
    if (first) {
      await tx.db
        .deleteFrom('message')
        .where('app_id', '=', app)
        .where('conv_id', '=', conv)
        .where('seq', '<', first.seq + budget)
        .execute()
      budget -= head - first.seq + 1
      if (budget < 0) return erased
    }
    for (const table of OF_CONVERSATION)
      await tx.db.deleteFrom(table).where('app_id', '=', app).where('conv_id', '=', conv).execute()
    await tx.db.deleteFrom('conversation').where('app_id', '=', app).where('conv_id', '=', conv).execute()
    erased++
    if (budget === 0) return erased
  }
  return erased
}

async function eraseAccounts(tx: Transaction, app: number): Promise<number> {
  const rows = await tx.db
    .selectFrom('account')
    .select(['account_id', 'user_id'])
    .where('app_id', '=', app)
    .orderBy('account_id')
    .limit(ACCOUNTS_A_STEP)
    .execute()
  for (const { account_id: account, user_id: userId } of rows) {
    for (const table of [...OF_ACCOUNT, 'account'] as const)
      await tx.db.deleteFrom(table).where('app_id', '=', app).where('account_id', '=', account).execute()
    tx.changed({ kind: 'account', app, account, userId })
  }
  return rows.length
}
