import { networkOf } from '../doors/client-address.ts'
import type { Store } from '../store/store.ts'
import { ConsoleRefusal } from './console-refusal.ts'
import type { LoginBudget, LoginTry } from './login-budget.ts'
import { canonicalName } from './operator-rules.ts'
import { isFamiliar, type SignedIn } from './operator-session.ts'
import { HashingBusyError, type PasswordHashing } from './password-hashing.ts'

export interface SignInParts {
  readonly store: Store
  readonly hashing: PasswordHashing
  readonly budget: LoginBudget
  /** Unix milliseconds. */
  readonly clock: () => number
}

/** The operator whose name and password these are. Throws a {@link ConsoleRefusal}. */
export async function checkLogin(
  parts: SignInParts,
  given: { readonly name: string; readonly password: string; readonly address: string },
): Promise<{ readonly operatorId: number; readonly name: string }> {
  const name = canonicalName(given.name)
  const row = await parts.store.read
    .selectFrom('operator')
    .select(['operator_id', 'password_hash'])
    .where('name', '=', name)
    .executeTakeFirst()
  const network = networkOf(given.address)
  const familiar = row !== undefined && (await isFamiliar(parts.store, row.operator_id, network))
  const right = await tryPassword(parts, { name, network, familiar }, given.password, row?.password_hash)
  if (!row || !right)
    throw new ConsoleRefusal(401, 'login-wrong', 'There is no operator with this name and password.')
  return { operatorId: row.operator_id, name }
}

/** The password again, by who is signed in; it counts like a login. */
export async function confirmPassword(
  parts: SignInParts,
  operator: SignedIn,
  password: string,
  address: string,
): Promise<void> {
  const attempt = { name: operator.name, network: networkOf(address), familiar: true }
  if (!(await tryPassword(parts, attempt, password, operator.passwordHash)))
    throw new ConsoleRefusal(403, 'password-wrong', 'The password is wrong.')
}

async function tryPassword(
  { hashing, budget, clock }: SignInParts,
  attempt: LoginTry,
  password: string,
  hash: string | undefined,
): Promise<boolean> {
  const wait = budget.take(attempt, clock())
  if (wait > 0)
    throw new ConsoleRefusal(
      429,
      'too-many',
      `Too many wrong passwords; try again in ${Math.ceil(wait / 1000)} seconds. Locked out? On the server's machine: rookery operator create-link --name ${attempt.name}`,
      wait,
    )
  const right = await unlessBusy(hashing.verify(password, hash))
  if (right) budget.giveBack(attempt, clock())
  return right
}

/** What the hashing gives; too many at once become an answer. */
export async function unlessBusy<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (error instanceof HashingBusyError)
      throw new ConsoleRefusal(503, 'busy', 'Too many logins at once; try again in a moment.', 1000)
    throw error
  }
}
