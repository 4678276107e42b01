import { knownApp } from '../cli/argument-fields.ts'
import type { OperatorContext } from '../cli/operator-command.ts'
import { consoleCommand } from './console-commands.ts'
import { ConsoleRefusal } from './console-refusal.ts'
import { type Guard, guards } from './guards.ts'
import type { SignedIn } from './operator-session.ts'
import { higherRole, mayActAs, type Role } from './role.ts'

export interface GuardedCall {
  readonly command: string
  readonly args: Readonly<Record<string, unknown>>
  /** Resolves when the operator's password came along and is right, else throws. */
  readonly confirm: () => Promise<void>
}

/** Runs a command of the console's table as far as the operator's roles allow. Throws a {@link ConsoleRefusal}. */
export async function runGuarded(
  context: OperatorContext,
  operator: SignedIn,
  { command: name, args, confirm }: GuardedCall,
): Promise<unknown> {
  const command = consoleCommand(name)
  const guard = Object.hasOwn(guards, name) ? guards[name] : undefined
  if (!command || !guard)
    throw new ConsoleRefusal(404, 'unknown-command', `The console has no command "${name.slice(0, 60)}".`)
  const least = leastRole(guard, args)
  const everywhere = operator.role
  const app = typeof args.appId === 'number' ? args.appId : undefined
  const role = app === undefined ? everywhere : higherRole(everywhere, operator.apps.get(app) ?? '')
  const filtered = guard.rowsByApp !== undefined && !mayActAs(everywhere, least)
  if (!guard.anybody && !filtered && !mayActAs(role, least))
    throw new ConsoleRefusal(
      403,
      'forbidden',
      `"${name}" needs the role ${least}${app === undefined ? '' : ` in the app ${app}`}; yours is ${role || 'none'}. An owner can give it.`,
    )
  if (guard.password || (await isForAdmin(context, guard, args))) await confirm()
  const result = await command.run(context, args)
  if (!filtered) return result
  return (result as readonly Record<string, unknown>[]).filter(row =>
    operator.apps.has(Number(row[guard.rowsByApp ?? ''])),
  )
}

function leastRole(guard: Guard, args: Readonly<Record<string, unknown>>): Role {
  for (const [argument, role] of Object.entries(guard.raisedBy ?? {}))
    if (args[argument] !== undefined) return role
  return guard.role
}

async function isForAdmin(
  context: OperatorContext,
  guard: Guard,
  { appId, userId }: Readonly<Record<string, unknown>>,
): Promise<boolean> {
  if (guard.passwordFor !== 'admin-user' || typeof appId !== 'number' || typeof userId !== 'string')
    return false
  const app = await knownApp(context, appId)
  const account = await context.store.read
    .selectFrom('account')
    .select('account_id')
    .where('app_id', '=', app.id)
    .where('user_id', '=', userId)
    .where('deleted', '=', 0)
    .executeTakeFirst()
  return account !== undefined && app.admins.has(account.account_id)
}
