import { ErrorCode } from '@rookery/protocol/error-code'
import { namedAccountLocks } from '../accounts/named-account-locks.ts'
import { CommandError } from '../commands/command-error.ts'
import type { Lock } from '../store/locks.ts'
import { defineMutation, type Transaction } from '../store/mutation.ts'
import { acceptTicket, type VerifiedTicket } from './accept-ticket.ts'
import type { Platform } from './multi-device.ts'
import { sessionQueries } from './session-queries.ts'

interface SessionName {
  readonly app: number
  readonly account: number
  readonly session: string
}

function accountLock({ app, account }: SessionName): readonly Lock[] {
  return [{ on: 'account', app, account }]
}

/** Platforms that stay reachable by offline push when their socket is lost (login-usersig 4.4). */
const PUSH_PLATFORMS: readonly Platform[] = ['Android', 'iPhone', 'iPad']

/** The user logged out on this device: the session is gone, and so is its PushOnline state. */
export const logoutSession = defineMutation<SessionName & { readonly platform: Platform }, null>(
  'login/logout-session',
  async (tx, { app, account, session, platform }) => {
    await sessionQueries(tx.db).deleteSession.run({ app, account, session })
    await notePushOnline(tx, app, account, platform, undefined)
    return null
  },
  { keepsHeads: true, locks: accountLock },
)

/** A socket was lost; the session may come back. A socket that was replaced changes nothing. */
export const disconnectSession = defineMutation<
  SessionName & { readonly generation: number; readonly platform: Platform },
  null
>(
  'login/disconnect-session',
  async (tx, { app, account, session, generation, platform }) => {
    const lost = await sessionQueries(tx.db).disconnect.run({
      app,
      account,
      session,
      generation,
      seen: tx.now,
    })
    if (lost > 0) await notePushOnline(tx, app, account, platform, tx.now)
    return null
  },
  { keepsHeads: true, locks: accountLock },
)

/** Since when a phone is reachable by push only; undefined: it is not. Each platform has its own entry. */
async function notePushOnline(
  tx: Transaction,
  app: number,
  account: number,
  platform: Platform,
  since: number | undefined,
): Promise<void> {
  if (!PUSH_PLATFORMS.includes(platform)) return
  const row = await tx.db
    .selectFrom('account')
    .select('push_online')
    .where('app_id', '=', app)
    .where('account_id', '=', account)
    .executeTakeFirstOrThrow()
  const { [platform]: _, ...others } = JSON.parse(row.push_online) as Record<string, number>
  await tx.db
    .updateTable('account')
    .set({ push_online: JSON.stringify({ ...others, ...(since !== undefined && { [platform]: since }) }) })
    .where('app_id', '=', app)
    .where('account_id', '=', account)
    .execute()
}

/** The UserSig of a session ended without renewal. */
export const expireSession = defineMutation<SessionName, null>(
  'login/expire-session',
  async (tx, { app, account, session }) => {
    await sessionQueries(tx.db).endSession.run({
      app,
      account,
      session,
      ended: 'userSigExpired',
      connected: 0,
      seen: tx.now,
    })
    return null
  },
  { keepsHeads: true, locks: accountLock },
)

/** A new UserSig for a living session, in place. Returns the session's new end. */
export const renewSession = defineMutation<
  {
    readonly ticket: VerifiedTicket
    readonly account: number
    readonly session: string
    readonly generation: number
  },
  { readonly expires: number }
>(
  'login/renew-session',
  async (tx, { ticket, account, session, generation }) => {
    const accepted = await acceptTicket(tx, ticket, { isLogin: false })
    const row = (await sessionQueries(tx.db).sessions.all({ app: ticket.app, account })).find(
      candidate => candidate.session_id === session,
    )
    if (!row || row.ended || row.generation !== generation || accepted.accountId !== account)
      throw new CommandError(
        ErrorCode.LOGIN_STATE_INVALID,
        'The session was ended; log in again explicitly.',
        {
          check: 'session-ended',
          ended: row?.ended || 'unknown',
        },
      )
    await sessionQueries(tx.db).reconnect.run({
      app: ticket.app,
      account,
      session,
      generation,
      key: ticket.keyId,
      issued: ticket.issued,
      expires: accepted.expires,
      node: tx.nodeId,
      seen: tx.now,
    })
    return { expires: accepted.expires }
  },
  { keepsHeads: true, locks: ({ ticket }) => namedAccountLocks(ticket) },
)

/** A ticket that came over REST; its issue time counts for the next kick as a login's does. */
export const noteTicket = defineMutation<VerifiedTicket, null>(
  'login/note-ticket',
  async (tx, ticket) => {
    await acceptTicket(tx, ticket, { isLogin: true })
    return null
  },
  { keepsHeads: true, locks: namedAccountLocks },
)
