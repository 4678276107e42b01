import type { MessageKey } from '@rookery/protocol/message-key'
import { type Kysely, sql } from 'kysely'
import { isAddressed } from '../store/message-address.ts'
import { PreparedQuery, perDatabase } from '../store/prepared.ts'
import { MessageFlag, type Schema } from '../store/schema.ts'
import { MESSAGE_COLUMNS, type MessageRow } from './message-row.ts'
import type { Pair } from './pair.ts'
import { firstSince } from './time-order.ts'

/** Which message of a conversation is meant. */
export interface MessageQuery {
  readonly key: MessageKey
  /** Only what this account sees. Absent: every stored one (an app admin acts for the app). */
  readonly viewer?: number
  /** Only what this account sent. */
  readonly sender?: number
  /** Unix seconds; older ones are past the history (`history.days`). */
  readonly notBefore: number
}

interface ByKey {
  app: number
  conv: number
  msgSeq: number
  random: number
}

const queries = perDatabase(db => ({
  between: new PreparedQuery<ByKey & { since: number; below: number }, MessageRow>(db, (db, parameter) =>
    keyed(db, parameter)
      .where(sql<boolean>`message.late_after = 0`)
      .where('seq', '>=', parameter('since'))
      .where('seq', '<', parameter('below')),
  ),
  late: new PreparedQuery<ByKey & { time: number }, MessageRow>(db, (db, parameter) =>
    keyed(db, parameter)
      // In so many words, so that the partial index of late messages applies.
      .where(sql<boolean>`message.late_after > 0`)
      .where('time', '=', parameter('time')),
  ),
  view: new PreparedQuery<
    { app: number; conv: number; owner: number; seq: number },
    { cleared_seq: number; hidden: number | null }
  >(db, (db, parameter) =>
    db
      .selectFrom('user_conversation as own')
      .leftJoin('message_hidden as hidden', join =>
        join
          .onRef('hidden.app_id', '=', 'own.app_id')
          .onRef('hidden.account_id', '=', 'own.account_id')
          .onRef('hidden.conv_id', '=', 'own.conv_id')
          .on('hidden.seq', '=', parameter('seq')),
      )
      .select(['own.cleared_seq', 'hidden.seq as hidden'])
      .where('own.app_id', '=', parameter('app'))
      .where('own.account_id', '=', parameter('owner'))
      .where('own.conv_id', '=', parameter('conv')),
  ),
}))

function keyed(db: Kysely<Schema>, parameter: <K extends keyof ByKey>(name: K) => ByKey[K]) {
  return db
    .selectFrom('message')
    .select(MESSAGE_COLUMNS)
    .where('app_id', '=', parameter('app'))
    .where('conv_id', '=', parameter('conv'))
    .where('msg_seq', '=', parameter('msgSeq'))
    .where('random', '=', parameter('random'))
}

/**
 * The message that a MsgKey names. A sender may have used the same three numbers twice in one second; then one that is not
 * recalled goes first, the newest of those.
 */
export async function findMessage(
  db: Kysely<Schema>,
  pair: Pair,
  query: MessageQuery,
): Promise<MessageRow | undefined> {
  const { key } = query
  if (key.time < query.notBefore) return undefined
  const named = { app: pair.app, conv: pair.conv, msgSeq: key.msgSeq, random: key.random }
  const rows = [
    ...(await queries(db).between.all({
      ...named,
      since: await firstSince(db, pair, key.time),
      below: await firstSince(db, pair, key.time + 1),
    })),
    ...(await queries(db).late.all({ ...named, time: key.time })),
  ]
  let recalled: MessageRow | undefined
  for (const row of rows.sort((a, b) => b.seq - a.seq)) {
    if (query.sender !== undefined && row.sender_id !== query.sender) continue
    if (query.viewer !== undefined && !(await sees(db, row, query.viewer))) continue
    if ((row.flags & MessageFlag.RECALLED) === 0) return row
    recalled ??= row
  }
  return recalled
}

/** Whether one of the two accounts sees a stored message: not hidden by its flags, by clearing or by a one-sided delete. */
export async function sees(db: Kysely<Schema>, message: MessageRow, owner: number): Promise<boolean> {
  if (isHiddenByFlags(message, owner)) return false
  const view = await queries(db).view.first({
    app: message.app_id,
    conv: message.conv_id,
    owner,
    seq: message.seq,
  })
  return view !== undefined && message.seq > view.cleared_seq && view.hidden === null
}

/** Whether a side, or a member of the group, may ever see it: by its flags and by whom it names. */
export function isMeantFor(
  message: Pick<MessageRow, 'flags' | 'sender_id' | 'to_ids'>,
  owner: number,
): boolean {
  if (isHiddenByFlags(message, owner)) return false
  return (
    (message.flags & MessageFlag.DIRECTED) === 0 ||
    message.sender_id === owner ||
    isAddressed(message.to_ids, owner)
  )
}

export function isHiddenByFlags(message: Pick<MessageRow, 'flags' | 'sender_id'>, owner: number): boolean {
  const bit = message.sender_id === owner ? MessageFlag.HIDDEN_FROM_SENDER : MessageFlag.HIDDEN_FROM_RECEIVER
  return (message.flags & bit) !== 0
}
