import { sql } from 'kysely'
import { PreparedQuery, perDatabase } from '../store/prepared.ts'
import type { SessionTable } from '../store/schema.ts'

/** Days after which a session that lost its socket is forgotten: PushOnline's lifetime (login-usersig 4.4). */
export const FORGET_AFTER_DAYS = 7
/** Ended sessions kept per account, so that a device that comes back learns why it ended. */
export const ENDED_KEPT = 20

/** The counter that orders logins. */
export const SESSION_RANK = 'session_rank'

interface AppMarks {
  disabled: number
  valid_after: number
}

interface KeyMarks {
  kind: 'hmac' | 'ecdsa'
  state: 'current' | 'accepted' | 'revoked'
  switched_at: number | null
  accept_until: number | null
  latest_ticket_end: number
  last_used: number | null
}

interface AccountMarks {
  account_id: number
  nick: string
  face_url: string
  disabled: number
  valid_after: number
  newest_ticket: number
  last_login: number | null
  log_no: number
  push_online: string
}

/** A session of a known account. */
export type SessionRow = Omit<SessionTable, 'app_id' | 'account_id'>

interface NewSession extends SessionRow {
  app: number
  account: number
}

/** The queries of the login path, compiled once. */
export const sessionQueries = perDatabase(db => ({
  app: new PreparedQuery<{ app: number }, AppMarks>(db, (db, p) =>
    db.selectFrom('app').select(['disabled', 'valid_after']).where('app_id', '=', p('app')),
  ),
  key: new PreparedQuery<{ app: number; key: string }, KeyMarks>(db, (db, p) =>
    db
      .selectFrom('app_key')
      .select(['kind', 'state', 'switched_at', 'accept_until', 'latest_ticket_end', 'last_used'])
      .where('app_id', '=', p('app'))
      .where('key_id', '=', p('key')),
  ),
  account: new PreparedQuery<{ app: number; user: string }, AccountMarks>(db, (db, p) =>
    db
      .selectFrom('account')
      .select([
        'account_id',
        'nick',
        'face_url',
        'disabled',
        'valid_after',
        'newest_ticket',
        'last_login',
        'log_no',
        'push_online',
      ])
      .where('app_id', '=', p('app'))
      .where('user_id', '=', p('user'))
      // A literal: with a parameter SQLite plans the statement anew at each run to see whether the partial index serves it.
      .where('deleted', '=', sql.lit(0)),
  ),
  sessions: new PreparedQuery<{ app: number; account: number }, SessionRow>(db, (db, p) =>
    db
      .selectFrom('session')
      .select([
        'session_id',
        'token_hash',
        'generation',
        'platform',
        'instance',
        'rank',
        'key_id',
        'issued',
        'expires',
        'node_id',
        'connected',
        'ended',
        'seen',
      ])
      .where('app_id', '=', p('app'))
      .where('account_id', '=', p('account')),
  ),
  insertSession: new PreparedQuery<NewSession, unknown>(db, (db, p) =>
    db.insertInto('session').values({
      app_id: p('app'),
      account_id: p('account'),
      session_id: p('session_id'),
      token_hash: p('token_hash'),
      generation: p('generation'),
      platform: p('platform'),
      instance: p('instance'),
      rank: p('rank'),
      key_id: p('key_id'),
      issued: p('issued'),
      expires: p('expires'),
      node_id: p('node_id'),
      connected: p('connected'),
      ended: p('ended'),
      seen: p('seen'),
    }),
  ),
  reconnect: new PreparedQuery<
    {
      app: number
      account: number
      session: string
      generation: number
      key: string
      issued: number
      expires: number
      node: string
      seen: number
    },
    unknown
  >(db, (db, p) =>
    db
      .updateTable('session')
      .set({
        generation: p('generation'),
        key_id: p('key'),
        issued: p('issued'),
        expires: p('expires'),
        node_id: p('node'),
        connected: 1,
        seen: p('seen'),
      })
      .where('app_id', '=', p('app'))
      .where('account_id', '=', p('account'))
      .where('session_id', '=', p('session')),
  ),
  endSession: new PreparedQuery<
    { app: number; account: number; session: string; ended: string; connected: number; seen: number },
    unknown
  >(db, (db, p) =>
    db
      .updateTable('session')
      .set({ ended: p('ended'), connected: p('connected'), seen: p('seen') })
      .where('app_id', '=', p('app'))
      .where('account_id', '=', p('account'))
      .where('session_id', '=', p('session')),
  ),
  deleteSession: new PreparedQuery<{ app: number; account: number; session: string }, unknown>(db, (db, p) =>
    db
      .deleteFrom('session')
      .where('app_id', '=', p('app'))
      .where('account_id', '=', p('account'))
      .where('session_id', '=', p('session')),
  ),
  disconnect: new PreparedQuery<
    { app: number; account: number; session: string; generation: number; seen: number },
    unknown
  >(db, (db, p) =>
    db
      .updateTable('session')
      .set({ connected: 0, seen: p('seen') })
      .where('app_id', '=', p('app'))
      .where('account_id', '=', p('account'))
      .where('session_id', '=', p('session'))
      .where('generation', '=', p('generation'))
      .where('ended', '=', ''),
  ),
  noteLogin: new PreparedQuery<{ app: number; account: number; newest: number; at: number | null }, unknown>(
    db,
    (db, p) =>
      db
        .updateTable('account')
        .set({ newest_ticket: p('newest'), last_login: p('at') })
        .where('app_id', '=', p('app'))
        .where('account_id', '=', p('account')),
  ),
  // Logins of one app run side by side: the later end wins, whoever comes last.
  noteKey: new PreparedQuery<{ app: number; key: string; end: number; used: number }, unknown>(db, (db, p) =>
    db
      .updateTable('app_key')
      .set(eb => ({
        latest_ticket_end: eb
          .case()
          .when('latest_ticket_end', '<', p('end'))
          .then(p('end'))
          .else(eb.ref('latest_ticket_end'))
          .end(),
        last_used: p('used'),
      }))
      .where('app_id', '=', p('app'))
      .where('key_id', '=', p('key')),
  ),
}))
