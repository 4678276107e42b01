import { ErrorCode } from '@rookery/protocol/error-code'
import { registerAccount, retiredMark } from '../accounts/register-account.ts'
import { keyRefusal } from '../apps/app.ts'
import { CommandError } from '../commands/command-error.ts'
import type { Transaction } from '../store/mutation.ts'
import { sessionQueries } from './session-queries.ts'

/** A ticket whose signature a door has verified, as the writer judges it again against the rows of its transaction. */
export interface VerifiedTicket {
  readonly app: number
  readonly userId: string
  readonly keyId: string
  /** Unix seconds. */
  readonly issued: number
  /** Last second of the ticket. */
  readonly ticketEnd: number
}

export interface AcceptedTicket {
  readonly accountId: number
  readonly nick: string
  readonly faceUrl: string
  readonly logNo: number
  /** min(ticket end, end of its key's acceptance). */
  readonly expires: number
  readonly pushOnline: string
}

/** A key's last use and an account's last login are written at most this often. */
const USE_RESOLUTION_SECONDS = 60

export interface AcceptOptions {
  /** An unknown name is registered, up to so many accounts of the app; absent: it is refused. */
  readonly quota?: number
  /** The user logs in now: a session that comes back or is renewed logged in before. */
  readonly isLogin: boolean
}

/**
 * The checks that must not come from a cache: app, key and account rows, read in the transaction that opens the session
 * (DESIGN-SECURITY 2), in the order of its section 1.
 */
export async function acceptTicket(
  tx: Transaction,
  ticket: VerifiedTicket,
  { quota, isLogin }: AcceptOptions,
): Promise<AcceptedTicket> {
  const { app, userId, issued } = ticket
  const queries = sessionQueries(tx.db)
  const appRow = await queries.app.first({ app })
  if (!appRow)
    throw new CommandError(ErrorCode.SDKAPPID_UNKNOWN, `The app ${app} was deleted.`, { check: 'app' })
  if (appRow.disabled)
    throw new CommandError(
      ErrorCode.SDKAPPID_FORBIDDEN,
      `The app ${app} is disabled; its operator can enable it.`,
      {
        check: 'app-enabled',
      },
    )
  const key = await queries.key.first({ app, key: ticket.keyId })
  const refusal = key
    ? keyRefusal(
        { state: key.state, switchedAt: key.switched_at, acceptUntil: key.accept_until },
        issued,
        tx.now,
      )
    : 'its key was removed'
  if (!key || refusal)
    throw new CommandError(
      ErrorCode.USERSIG_SIGNATURE_MISMATCH,
      `The UserSig is no longer valid: ${refusal}.`,
      {
        check: 'signature',
      },
    )
  const known = await queries.account.first({ app, user: userId })
  if (known?.disabled)
    throw new CommandError(
      ErrorCode.ACCOUNT_BLOCKED,
      'The account is blocked by the app; ask its operator.',
      {
        check: 'account-enabled',
      },
    )
  const mark = Math.max(appRow.valid_after, known ? known.valid_after : await retiredMark(tx, app, userId))
  if (issued <= mark)
    throw new CommandError(
      ErrorCode.USERSIG_REVOKED,
      'The UserSig was made invalid (kick or deletion); get a new one from the app server.',
      { check: 'revoked', issuedAt: issued, validAfter: mark },
    )
  const expires = Math.min(ticket.ticketEnd, key.accept_until ?? Number.POSITIVE_INFINITY)
  const isDue = (last: number | null) => (last ?? 0) < tx.now - USE_RESOLUTION_SECONDS
  if (ticket.ticketEnd > key.latest_ticket_end || isDue(key.last_used))
    await queries.noteKey.run({
      app,
      key: ticket.keyId,
      end: ticket.ticketEnd,
      used: tx.now,
    })
  if (known) {
    if (issued > known.newest_ticket) tx.changed({ kind: 'account', app, account: known.account_id, userId })
    // Of many who come back at once with the tickets they had, none moves its account's row.
    if (issued > known.newest_ticket || (isLogin && isDue(known.last_login)))
      await queries.noteLogin.run({
        app,
        account: known.account_id,
        newest: Math.max(issued, known.newest_ticket),
        at: isLogin ? tx.now : known.last_login,
      })
    return {
      accountId: known.account_id,
      nick: known.nick,
      faceUrl: known.face_url,
      logNo: known.log_no,
      expires,
      pushOnline: known.push_online,
    }
  }
  if (quota === undefined)
    throw new CommandError(ErrorCode.ACCOUNT_NOT_FOUND, `There is no account ${userId}.`, {
      check: 'account',
    })
  const accountId = await registerAccount(tx, { app, userId, nick: '', faceUrl: '', quota })
  await queries.noteLogin.run({ app, account: accountId, newest: issued, at: tx.now })
  return { accountId, nick: '', faceUrl: '', logNo: 0, expires, pushOnline: '{}' }
}
