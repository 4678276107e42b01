import { timingSafeEqual } from 'node:crypto'
import { ErrorCode } from '@rookery/protocol/error-code'
import { namedAccountLocks } from '../accounts/named-account-locks.ts'
import { CommandError } from '../commands/command-error.ts'
import type { SessionEnd } from '../store/change.ts'
import { defineMutation, type Transaction } from '../store/mutation.ts'
import { type AcceptedTicket, acceptTicket, type VerifiedTicket } from './accept-ticket.ts'
import { type DeviceRules, evictions, type Platform } from './multi-device.ts'
import {
  ENDED_KEPT,
  FORGET_AFTER_DAYS,
  SESSION_RANK,
  type SessionRow,
  sessionQueries,
} from './session-queries.ts'

export interface OpenSession {
  readonly ticket: VerifiedTicket
  readonly platform: Platform
  /** The interface's instance number of the platform, 255 when unknown. */
  readonly instance: number
  readonly rules: DeviceRules
  /** `login.evictionsPerMinute` of the app; absent: no bound. */
  readonly evictionsPerMinute?: number
  /** `account.max` of the app. */
  readonly quota: number
  /** Made by the door, used when a new session is opened. */
  readonly newSession: { readonly id: string; readonly tokenHash: string }
  /** The session that the device says it continues. */
  readonly earlier?: { readonly id: string; readonly generation: number; readonly tokenHash: string }
}

export interface OpenedSession extends AcceptedTicket {
  readonly sessionId: string
  readonly generation: number
  readonly rank: number
  readonly resumed: boolean
}

const SECONDS_A_DAY = 86_400
const DAMPING_SECONDS = 60

/**
 * Opens a session, or brings one back to a new socket. Only an explicit login may evict another device; a session that
 * comes back keeps its rank and replaces only its own earlier socket (DESIGN-SECURITY 4).
 */
export const openSession = defineMutation<OpenSession, OpenedSession>(
  'login/open-session',
  async (tx, args) => {
    const accepted = await acceptTicket(tx, args.ticket, {
      quota: args.quota,
      isLogin: args.earlier === undefined,
    })
    const { app } = args.ticket
    const account = accepted.accountId
    const sessions = await sessionQueries(tx.db).sessions.all({ app, account })
    const earlier = args.earlier && sessions.find(session => session.session_id === args.earlier?.id)
    if (args.earlier && earlier) return comeBack(tx, args, accepted, earlier)

    const live = await forgetOld(tx, app, account, sessions)
    const evicted = evictions(
      live.map(session => ({
        sessionId: session.session_id,
        platform: session.platform as Platform,
        rank: session.rank,
        connected: isConnected(session, tx),
      })),
      args.platform,
      args.rules,
    )
    const [first] = evicted
    if (first) {
      if (args.earlier) throw placeTaken(first.type)
      if (args.evictionsPerMinute !== undefined) dampEvictions(sessions, args.evictionsPerMinute, tx.now)
    }
    for (const { sessionId, type } of evicted) {
      const session = live.find(candidate => candidate.session_id === sessionId)
      await sessionQueries(tx.db).endSession.run({
        app,
        account,
        session: sessionId,
        ended: type,
        connected: session && isConnected(session, tx) ? 1 : 0,
        seen: tx.now,
      })
      tx.changed({
        kind: 'end',
        app,
        account,
        sessions: [sessionId],
        upToRank: 0,
        type,
        info: `The same account logged in on ${args.platform}.`,
      })
    }
    const rank = await tx.nextNumber(SESSION_RANK)
    await sessionQueries(tx.db).insertSession.run({
      app,
      account,
      session_id: args.newSession.id,
      token_hash: args.newSession.tokenHash,
      generation: 1,
      platform: args.platform,
      instance: args.instance,
      rank,
      key_id: args.ticket.keyId,
      issued: args.ticket.issued,
      expires: accepted.expires,
      node_id: tx.nodeId,
      connected: 1,
      ended: '',
      seen: tx.now,
    })
    return { ...accepted, sessionId: args.newSession.id, generation: 1, rank, resumed: false }
  },
  { keepsHeads: true, locks: ({ ticket }) => namedAccountLocks(ticket) },
)

async function comeBack(
  tx: Transaction,
  args: OpenSession,
  accepted: AcceptedTicket,
  session: SessionRow,
): Promise<OpenedSession> {
  const { app } = args.ticket
  const account = accepted.accountId
  const claimed = args.earlier
  if (!claimed || !sameHash(claimed.tokenHash, session.token_hash))
    throw new CommandError(
      ErrorCode.LOGIN_STATE_INVALID,
      'This is not the device that opened the session; log in without it.',
      { check: 'session' },
    )
  if (session.ended)
    throw new CommandError(ErrorCode.LOGIN_STATE_INVALID, 'The session was ended; log in again explicitly.', {
      check: 'session-ended',
      ended: session.ended,
    })
  if (claimed.generation < session.generation)
    throw new CommandError(ErrorCode.LOGIN_STATE_INVALID, 'A newer socket of this session exists.', {
      check: 'session-generation',
      generation: session.generation,
    })
  const generation = session.generation + 1
  await sessionQueries(tx.db).reconnect.run({
    app,
    account,
    session: session.session_id,
    generation,
    key: args.ticket.keyId,
    issued: args.ticket.issued,
    expires: accepted.expires,
    node: tx.nodeId,
    seen: tx.now,
  })
  tx.changed({ kind: 'replaced', app, account, session: session.session_id, generation })
  return { ...accepted, sessionId: session.session_id, generation, rank: session.rank, resumed: true }
}

/**
 * The session that the device names is forgotten (offline for long), and others have its place: the login that it stands for
 * was not asked for by anybody, so it must not evict.
 */
function placeTaken(type: SessionEnd): CommandError {
  return new CommandError(
    ErrorCode.LOGIN_STATE_INVALID,
    'Other devices of this account logged in since; log in again explicitly.',
    { check: 'session-unknown', ended: type },
  )
}

/**
 * Two devices that log in again whenever they are kicked would kick each other for ever: over `perMinute` evictions the next
 * one must wait (DESIGN-SECURITY 4). Counted are the ended sessions that are kept to answer their devices, without those that
 * nobody used any more when they ended: a page that is loaded again leaves such a one each time.
 */
function dampEvictions(sessions: readonly SessionRow[], perMinute: number, now: number): void {
  const recent = sessions
    .filter(
      session =>
        session.ended.startsWith('multiple') && session.connected && session.seen > now - DAMPING_SECONDS,
    )
    .map(session => session.seen)
    .sort((a, b) => a - b)
  const freed = recent[recent.length - perMinute]
  if (freed === undefined) return
  throw new CommandError(
    ErrorCode.LOGIN_RESTRICTED,
    'Devices of this account log each other out in turn; log in again after the delay, or let more devices be online at once.',
    {
      check: 'evictions',
      evictions: recent.length,
      retryAfterMs: (freed + DAMPING_SECONDS - now) * 1000,
    },
  )
}

/** Deletes what is past and returns the sessions that still live. */
async function forgetOld(
  tx: Transaction,
  app: number,
  account: number,
  sessions: readonly SessionRow[],
): Promise<SessionRow[]> {
  const lost = tx.now - FORGET_AFTER_DAYS * SECONDS_A_DAY
  const ended = sessions.filter(session => session.ended).sort((a, b) => b.seen - a.seen)
  const gone = new Set([
    ...sessions.filter(session => session.seen < lost && !isConnected(session, tx)),
    ...ended.slice(ENDED_KEPT),
  ])
  for (const session of gone)
    await sessionQueries(tx.db).deleteSession.run({ app, account, session: session.session_id })
  return sessions.filter(session => !session.ended && !gone.has(session))
}

/** A session of an earlier life of this process has lost its socket with it. */
function isConnected(session: SessionRow, tx: Transaction): boolean {
  return session.connected !== 0 && tx.isLive(session.node_id)
}

function sameHash(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
}
