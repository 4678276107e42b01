import { registerAccount } from '../accounts/register-account.ts'
import { isText, userIdFault } from '../accounts/user-id-rules.ts'
import { auditRow } from '../audit/audit-row.ts'
import { families } from '../commands/families.ts'
import { isAddressRange } from '../config/address-range.ts'
import { defineMutation, type Transaction } from '../store/mutation.ts'
import type { AppAdminTable } from '../store/schema.ts'
import type { Store } from '../store/store.ts'
import { appLock } from './app-lock.ts'
import { appRow, refuse } from './refuse.ts'

/** What may be said of an app admin; what is absent stays as it is. */
export interface GrantFields {
  readonly disabled?: boolean
  readonly scopes?: readonly string[]
  readonly addresses?: readonly string[]
  readonly maxTicketLifetime?: number
}

export interface AdminChange extends GrantFields {
  readonly app: number
  readonly userId: string
  readonly actor: string
}

export interface AppointAdmin extends AdminChange {
  /** `admin.max`, `account.max` and `account.userIdBytes` of the app. */
  readonly adminsMax: number
  readonly quota: number
  readonly userIdBytes: number
}

/** Own choice: what one looks through by eye. */
const LIST_MAX = 100

/** Makes an account an app admin; the account is created when it does not exist. */
export const appointAdmin = defineMutation<AppointAdmin, { readonly created: boolean }>(
  'apps/appoint-admin',
  async (tx, args) => {
    const { app, userId, actor } = args
    await appRow(tx, app)
    checkGrant(args)
    const known = isText(userId) ? await accountId(tx, app, userId) : undefined
    if (known !== undefined && (await grantRow(tx, app, known)))
      throw refuse('admin', `${userId} is an app admin already; change the grant with "rookery admin set".`)
    const { n } = await tx.db
      .selectFrom('app_admin')
      .select(eb => eb.fn.countAll<number>().as('n'))
      .where('app_id', '=', app)
      .executeTakeFirstOrThrow()
    if (n >= args.adminsMax)
      throw refuse(
        'admin-max',
        `The app has its ${args.adminsMax} app admins; dismiss one or raise admin.max.`,
      )
    const fault = known === undefined && userIdFault(userId, args.userIdBytes)
    if (fault) throw refuse('user-id', `The UserID ${fault}.`)
    const account =
      known ?? (await registerAccount(tx, { app, userId, nick: '', faceUrl: '', quota: args.quota }))
    await tx.db
      .insertInto('app_admin')
      .values({
        app_id: app,
        account_id: account,
        created: tx.now,
        created_by: actor,
        disabled: 0,
        scopes: '[]',
        addresses: '[]',
        max_ticket_lifetime: 0,
        ...columns(args),
      })
      .execute()
    await auditRow(tx, { app, actor, action: 'admin/appoint', target: userId, detail: { ...grantOf(args) } })
    tx.changed({ kind: 'app', app })
    return { created: known === undefined }
  },
  { locks: appLock },
)

/** Takes the rights away at once; the account stays. */
export const dismissAdmin = defineMutation<AdminChange, null>(
  'apps/dismiss-admin',
  async (tx, { app, userId, actor }) => {
    const account = await adminAccount(tx, app, userId)
    await tx.db.deleteFrom('app_admin').where('app_id', '=', app).where('account_id', '=', account).execute()
    await auditRow(tx, { app, actor, action: 'admin/dismiss', target: userId })
    tx.changed({ kind: 'app', app })
    return null
  },
  { keepsHeads: true, locks: appLock },
)

export const setAdmin = defineMutation<AdminChange, null>(
  'apps/set-admin',
  async (tx, args) => {
    const { app, userId, actor } = args
    const account = await adminAccount(tx, app, userId)
    checkGrant(args)
    const change = columns(args)
    if (Object.keys(change).length === 0) throw refuse('admin', 'Nothing to change was given.')
    await tx.db
      .updateTable('app_admin')
      .set(change)
      .where('app_id', '=', app)
      .where('account_id', '=', account)
      .execute()
    await auditRow(tx, { app, actor, action: 'admin/set', target: userId, detail: { ...grantOf(args) } })
    tx.changed({ kind: 'app', app })
    return null
  },
  { keepsHeads: true, locks: appLock },
)

export interface ListedAdmin extends Required<GrantFields> {
  readonly userId: string
  /** The account itself is blocked. */
  readonly blocked: boolean
  readonly created: number
  readonly createdBy: string
}

export async function listAdmins(store: Store, app: number): Promise<ListedAdmin[]> {
  const rows = await store.read
    .selectFrom('app_admin')
    .innerJoin('account', join =>
      join
        .onRef('account.app_id', '=', 'app_admin.app_id')
        .onRef('account.account_id', '=', 'app_admin.account_id'),
    )
    .selectAll('app_admin')
    .select(['account.user_id', 'account.disabled as blocked'])
    .where('app_admin.app_id', '=', app)
    .orderBy('account.user_id')
    .execute()
  return rows.map(row => ({
    userId: row.user_id,
    blocked: row.blocked !== 0,
    disabled: row.disabled !== 0,
    scopes: JSON.parse(row.scopes) as string[],
    addresses: JSON.parse(row.addresses) as string[],
    maxTicketLifetime: row.max_ticket_lifetime,
    created: row.created,
    createdBy: row.created_by,
  }))
}

async function adminAccount(tx: Transaction, app: number, userId: string): Promise<number> {
  await appRow(tx, app)
  const account = await accountId(tx, app, userId)
  if (account === undefined || !(await grantRow(tx, app, account)))
    throw refuse('admin', `${userId} is no app admin of ${app}; "rookery admin list ${app}" shows them.`)
  return account
}

async function accountId(tx: Transaction, app: number, userId: string): Promise<number | undefined> {
  const row = await tx.db
    .selectFrom('account')
    .select('account_id')
    .where('app_id', '=', app)
    .where('user_id', '=', userId)
    .where('deleted', '=', 0)
    .executeTakeFirst()
  return row?.account_id
}

function grantRow(tx: Transaction, app: number, account: number): Promise<AppAdminTable | undefined> {
  return tx.db
    .selectFrom('app_admin')
    .selectAll()
    .where('app_id', '=', app)
    .where('account_id', '=', account)
    .executeTakeFirst()
}

function checkGrant({ scopes = [], addresses = [], maxTicketLifetime = 0 }: GrantFields): void {
  const scope = scopes.find(name => !Object.hasOwn(families, name))
  if (scope !== undefined)
    throw refuse(
      'scopes',
      `There is no command family ${scope}; there are ${Object.keys(families).join(', ')}.`,
    )
  const address = addresses.find(range => !isAddressRange(range))
  if (address !== undefined)
    throw refuse('addresses', `${address} is not an address or a CIDR range, as 192.0.2.1 or 10.0.0.0/8.`)
  if (scopes.length > LIST_MAX || addresses.length > LIST_MAX)
    throw refuse('grant', `An app admin may have ${LIST_MAX} scopes and ${LIST_MAX} address ranges.`)
  if (!Number.isSafeInteger(maxTicketLifetime) || maxTicketLifetime < 0)
    throw refuse('max-ticket-lifetime', 'The longest ticket lifetime is a number of seconds, 0 for any.')
}

function columns(grant: GrantFields): Partial<AppAdminTable> {
  return {
    ...(grant.disabled !== undefined && { disabled: grant.disabled ? 1 : 0 }),
    ...(grant.scopes && { scopes: JSON.stringify(grant.scopes) }),
    ...(grant.addresses && { addresses: JSON.stringify(grant.addresses) }),
    ...(grant.maxTicketLifetime !== undefined && { max_ticket_lifetime: grant.maxTicketLifetime }),
  }
}

function grantOf({ disabled, scopes, addresses, maxTicketLifetime }: GrantFields): GrantFields {
  return {
    ...(disabled !== undefined && { disabled }),
    ...(scopes && { scopes }),
    ...(addresses && { addresses }),
    ...(maxTicketLifetime !== undefined && { maxTicketLifetime }),
  }
}
