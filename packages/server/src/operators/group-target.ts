import type { App } from '../apps/app.ts'
import { knownApp } from '../cli/argument-fields.ts'
import type { OperatorContext } from '../cli/operator-command.ts'
import { noticeBounds } from '../groups/commands/group-caller.ts'
import type { GroupCall } from '../groups/group-call.ts'
import { accountNotFound, groupNotFound } from '../groups/group-error.ts'
import { checkGroupId } from '../groups/group-id.ts'
import type { GroupRow } from '../groups/group-rows.ts'
import { tipModes } from '../groups/rules/tip-rules.ts'

/** An operator is no account: the app acts, and tips and notices name nobody. */
export const APP_ACTOR = { account: 0, admin: true } as const

export interface GroupTarget {
  readonly app: App
  readonly group: GroupRow
}

/** The living group that a command names. Throws 70020, 10015, 10010. */
export async function groupTarget(
  context: OperatorContext,
  args: { readonly appId: number; readonly groupId: string },
): Promise<GroupTarget> {
  const app = await knownApp(context, args.appId)
  checkGroupId(args.groupId)
  const group = await context.store.read
    .selectFrom('chat_group')
    .selectAll()
    .where('app_id', '=', app.id)
    .where('name', '=', args.groupId)
    .where('dismissed', '=', 0)
    .executeTakeFirst()
  if (!group) throw groupNotFound(args.groupId)
  return { app, group }
}

/** What a change of the group needs to be told. */
export function operatorCall(
  context: OperatorContext,
  { app, group }: GroupTarget,
): GroupCall & { readonly by: string } {
  return {
    app: app.id,
    group: group.group_no,
    actor: APP_ACTOR,
    tips: tipModes(app, group.type),
    notices: noticeBounds(app),
    by: context.actor,
  }
}

/** The numbers of the living accounts among the names, by name. */
export async function knownAccounts(
  context: OperatorContext,
  app: App,
  names: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (names.length === 0) return new Map()
  const rows = await context.store.read
    .selectFrom('account')
    .select(['account_id', 'user_id'])
    .where('app_id', '=', app.id)
    .where('user_id', 'in', names)
    .where('deleted', '=', 0)
    .execute()
  return new Map(rows.map(row => [row.user_id, row.account_id]))
}

/** The numbers of living accounts, in order, each once. Throws 10019 for the first name that has none. */
export async function accountNumbers(
  context: OperatorContext,
  app: App,
  names: readonly string[],
): Promise<number[]> {
  const known = await knownAccounts(context, app, names)
  return [...new Set(names)].map(name => {
    const account = known.get(name)
    if (account === undefined) throw accountNotFound(name)
    return account
  })
}

/** One of them. Throws 10019. */
export async function accountNumber(context: OperatorContext, app: App, name: string): Promise<number> {
  const [account] = await accountNumbers(context, app, [name])
  if (account === undefined) throw accountNotFound(name)
  return account
}
