import { type Kysely, sql } from 'kysely'
import { MESSAGE_COLUMNS, type MessageRow } from '../../messages/message-row.ts'
import type { OwnPair } from '../../messages/pair.ts'
import { isMeantFor } from '../../messages/stored-message.ts'
import { PreparedQuery, perDatabase } from '../../store/prepared.ts'
import { MessageFlag, type Schema } from '../../store/schema.ts'
import type { GroupRow } from '../group-rows.ts'

/** Rows that one statement examines: what is not for the reader is cut out afterwards. */
const EXAMINED = 200

type ListedRow = MessageRow & { readonly hidden: number | null }

type Range = {
  app: number
  conv: number
  owner: number
  above: number
  upTo: number
  limit: number
}

const queries = perDatabase(db => ({
  down: new PreparedQuery<Range, ListedRow>(db, (db, parameter) =>
    listed(db, parameter).orderBy('message.seq', 'desc').limit(parameter('limit')),
  ),
  up: new PreparedQuery<Range, ListedRow>(db, (db, parameter) =>
    listed(db, parameter).orderBy('message.seq').limit(parameter('limit')),
  ),
}))

function listed(db: Kysely<Schema>, parameter: <K extends keyof Range>(name: K) => Range[K]) {
  return db
    .selectFrom('message')
    .leftJoin('message_hidden as hidden', join =>
      join
        .onRef('hidden.app_id', '=', 'message.app_id')
        .on('hidden.account_id', '=', parameter('owner'))
        .onRef('hidden.conv_id', '=', 'message.conv_id')
        .onRef('hidden.seq', '=', 'message.seq'),
    )
    .select(MESSAGE_COLUMNS)
    .select('hidden.seq as hidden')
    .where('message.app_id', '=', parameter('app'))
    .where('message.conv_id', '=', parameter('conv'))
    .where('message.seq', '>', parameter('above'))
    .where('message.seq', '<=', parameter('upTo'))
}

/** Nobody's number: nothing is hidden from the app itself. */
const NOBODY = -1

/** All messages from a number down, whatever members see. */
export function rowsDown(
  db: Kysely<Schema>,
  group: GroupRow,
  from: number | undefined,
  limit: number,
): Promise<readonly MessageRow[]> {
  return queries(db).down.all({
    app: group.app_id,
    conv: group.conv_id,
    owner: NOBODY,
    above: 0,
    upTo: from ?? Number.MAX_SAFE_INTEGER,
    limit,
  })
}

export interface PageQuery {
  readonly count: number
  readonly older: boolean
  /** Number of the anchor; absent: the end of the direction. */
  readonly from: number | undefined
  readonly inclusive: boolean
  /** Unix seconds of the oldest message that history shows. */
  readonly floor: number
}

export interface MemberPage {
  /** In the direction of the query. */
  readonly rows: readonly MessageRow[]
  /** Nothing is beyond them. */
  readonly complete: boolean
}

/** A page of what a member sees. */
export async function memberPage(db: Kysely<Schema>, own: OwnPair, query: PageQuery): Promise<MemberPage> {
  let { clearedSeq: above, headSeq: upTo } = own
  const { from, older, inclusive, count } = query
  if (from !== undefined && older) upTo = Math.min(upTo, inclusive ? from : from - 1)
  if (from !== undefined && !older) above = Math.max(above, inclusive ? from - 1 : from)
  const rows: MessageRow[] = []
  for (;;) {
    const examined = await queries(db)[older ? 'down' : 'up'].all({
      app: own.app,
      conv: own.conv,
      owner: own.owner,
      above,
      upTo,
      limit: EXAMINED,
    })
    for (const row of examined) {
      if (row.hidden !== null || row.time < query.floor || !isMeantFor(row, own.owner)) continue
      if (rows.length === count) return { rows, complete: false }
      rows.push(row)
    }
    const last = examined.at(-1)
    if (!last || examined.length < EXAMINED) return { rows, complete: true }
    if (older) upTo = last.seq - 1
    else above = last.seq
  }
}

export interface PinnedMessage {
  readonly row: MessageRow
  /** Account number. */
  readonly operator: number
  readonly time: number
}

/** Latest pin first; without what is past the history. */
export async function pinnedMessages(
  db: Kysely<Schema>,
  group: GroupRow,
  floor: number,
): Promise<PinnedMessage[]> {
  const rows = await db
    .selectFrom('group_pin as pin')
    .innerJoin('message', join =>
      join
        .onRef('message.app_id', '=', 'pin.app_id')
        .onRef('message.conv_id', '=', 'pin.conv_id')
        .onRef('message.seq', '=', 'pin.seq'),
    )
    .select(MESSAGE_COLUMNS)
    .select(['pin.operator_id', 'pin.time as pinned'])
    .where('pin.app_id', '=', group.app_id)
    .where('pin.conv_id', '=', group.conv_id)
    .where('message.time', '>=', floor)
    .where(sql<boolean>`message.flags & ${sql.lit(MessageFlag.RECALLED)} = 0`)
    .orderBy('pin.time', 'desc')
    .orderBy('pin.seq', 'desc')
    .execute()
  return rows.map(row => ({ row, operator: row.operator_id, time: row.pinned }))
}
