import { type Inspection, inspect, sign } from '@rookery/usersig'
import { v1Verifier } from '@rookery/usersig/v1'
import { type App, keyRefusal } from '../apps/app.ts'
import { refuse } from '../apps/refuse.ts'
import { recordAudit } from '../audit/audit-row.ts'
import type { OperatorContext } from '../cli/operator-command.ts'

export interface SignedTicket {
  readonly userSig: string
  readonly keyId: string
  readonly issued: number
  readonly expires: number
}

/** Signs with the app's current secret key, in the server: the key itself never leaves it. Leaves an audit row. */
export async function signTicket(
  context: OperatorContext,
  app: App,
  args: { readonly userId: string; readonly expire: number },
): Promise<SignedTicket> {
  const key = app.keys.find(candidate => candidate.state === 'current' && candidate.kind === 'hmac')
  if (!key) throw refuse('key', 'The app has no current secret key; make one under Keys.')
  const issued = Math.floor(Date.now() / 1000)
  const userSig = sign({
    sdkAppId: app.id,
    userId: args.userId,
    key: key.material,
    expire: args.expire,
    now: issued,
  })
  await context.store.mutate(recordAudit, {
    app: app.id,
    actor: context.actor,
    action: 'usersig/sign',
    target: args.userId,
    detail: { keyId: key.id, expire: args.expire },
  })
  return { userSig, keyId: key.id, issued, expires: issued + args.expire }
}

/** One line of the tool. The checks after the signature need the server's rows, and follow in the order of DESIGN-SECURITY 1. */
export interface ShownCheck {
  readonly check: Inspection['checks'][number]['check'] | 'key-in-force' | 'account-enabled' | 'revoked'
  readonly outcome: 'passed' | 'failed' | 'skipped'
  readonly code?: number
  readonly detail: string
}

export interface InspectedTicket extends Omit<Inspection, 'checks' | 'code'> {
  /** What a login would answer. */
  readonly code?: number
  readonly checks: readonly ShownCheck[]
}

/** Every check that a login with this UserSig meets, as of now. */
export async function inspectTicket(
  context: OperatorContext,
  app: App,
  args: { readonly userSig: string; readonly userId?: string },
): Promise<InspectedTicket> {
  const now = Math.floor(Date.now() / 1000)
  const inspection = inspect(args.userSig.trim(), {
    app: app.disabled ? 'disabled' : 'known',
    sdkAppId: app.id,
    keys: app.ticketKeys,
    v1: v1Verifier,
    now,
    clockSkewAhead: app.setting('login.clockSkewAheadSeconds'),
    ...(args.userId && { userId: args.userId }),
  })
  const checks = [...inspection.checks, ...(await rowChecks(context, app, inspection, now))]
  const failed = checks.find(({ outcome }) => outcome === 'failed')
  return {
    ...inspection,
    ok: failed === undefined,
    checks,
    ...(failed?.code !== undefined && { code: failed.code }),
  }
}

async function rowChecks(
  context: OperatorContext,
  app: App,
  { fields, keyId }: Inspection,
  now: number,
): Promise<ShownCheck[]> {
  const skipped = (check: ShownCheck['check'], detail: string): ShownCheck => ({
    check,
    outcome: 'skipped',
    detail,
  })
  if (!fields) {
    const unread = 'The UserSig could not be read that far.'
    return [skipped('key-in-force', unread), skipped('account-enabled', unread), skipped('revoked', unread)]
  }
  const key = app.keys.find(candidate => candidate.id === keyId)
  const refusal = key && keyRefusal(key, fields.time, now)
  const inForce: ShownCheck = !key
    ? skipped('key-in-force', 'No key of this app verified the signature.')
    : refusal
      ? { check: 'key-in-force', outcome: 'failed', code: 70009, detail: `It is refused: ${refusal}.` }
      : {
          check: 'key-in-force',
          outcome: 'passed',
          detail:
            key.state === 'current'
              ? 'The key is the current one.'
              : 'The key is an older one that is still accepted.',
        }
  const account = await context.store.read
    .selectFrom('account')
    .select(['disabled', 'valid_after'])
    .where('app_id', '=', app.id)
    .where('user_id', '=', fields.userId)
    .where('deleted', '=', 0)
    .executeTakeFirst()
  const enabled: ShownCheck = !account
    ? skipped('account-enabled', 'There is no such account yet; its first login makes it.')
    : account.disabled
      ? { check: 'account-enabled', outcome: 'failed', code: 70051, detail: 'The account is blocked.' }
      : { check: 'account-enabled', outcome: 'passed', detail: 'The account is not blocked.' }
  const mark = Math.max(app.validAfter, account?.valid_after ?? 0)
  const at = (seconds: number) => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')
  const revoked: ShownCheck =
    fields.time <= mark
      ? {
          check: 'revoked',
          outcome: 'failed',
          code: 70052,
          detail: `UserSigs issued up to ${at(mark)} were made invalid, this one was issued at ${at(fields.time)}. Sign a new one.`,
        }
      : { check: 'revoked', outcome: 'passed', detail: 'No kick came after it was issued.' }
  return [inForce, enabled, revoked]
}
