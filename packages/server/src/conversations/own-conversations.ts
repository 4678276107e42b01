import { type Kysely, sql } from 'kysely'
import { PreparedQuery, perDatabase } from '../store/prepared.ts'
import { ConversationKind, type Schema } from '../store/schema.ts'
import { isListed, isListedFromStart } from './is-listed.ts'

/** The numbers of one conversation by which lists are ordered and devices compared; no content. */
export interface OwnConversation {
  readonly conv: number
  /** What names it in the list, a UserID or a group; another conversation of the same name is older. */
  readonly peerUserId: string
  readonly peerDeleted: boolean
  readonly headSeq: number
  readonly changeNo: number
  readonly logNo: number
  /** Unix milliseconds, 0 = not pinned. */
  readonly pinnedMs: number
  /** Unix seconds of the last activity. */
  readonly listTime: number
  /** False: deleted from the list, or nothing to show yet. A one-sided send may still hide it, which the view tells. */
  readonly isListed: boolean
}

/** Highest value of `conversation.max`: an account with more is served its most active ones. */
export const CONVERSATIONS_MAX = 10_000

interface Row {
  conv_id: number
  user_id: string | null
  deleted: number | null
  group_name: string | null
  dismissed: number | null
  to_seq: number
  to_change: number
  head_seq: number
  change_no: number
  log_no: number
  pinned_ms: number
  hidden_seq: number
  list_seq: number
  list_time: number
  community_no: number | null
  support_topic: number | null
  create_time: number | null
}

type Parameter = <K extends 'app' | 'owner'>(name: K) => number

const queries = perDatabase(db => ({
  all: new PreparedQuery<{ app: number; owner: number }, Row>(db, (db, parameter) => ownRows(db, parameter)),
  groups: new PreparedQuery<{ app: number; owner: number }, Row>(db, (db, parameter) =>
    ownRows(db, parameter).where('uc.kind', '=', sql.lit(ConversationKind.GROUP)),
  ),
}))

function ownRows(db: Kysely<Schema>, parameter: Parameter) {
  return (
    db
      .selectFrom(
        db
          .selectFrom('user_conversation')
          .select(['app_id', 'conv_id', 'peer_id', 'kind', 'log_no', 'pinned_ms', 'hidden_seq'])
          .select(['to_seq', 'to_change'])
          .where('app_id', '=', parameter('app'))
          .where('account_id', '=', parameter('owner'))
          // The coarse order is enough to choose; whoever shows a list sorts it by the exact time.
          .orderBy('active_day', 'desc')
          .limit(CONVERSATIONS_MAX)
          .as('uc'),
      )
      .innerJoin('conversation as c', join =>
        join.onRef('c.app_id', '=', 'uc.app_id').onRef('c.conv_id', '=', 'uc.conv_id'),
      )
      .leftJoin('account as peer', join =>
        join.onRef('peer.app_id', '=', 'uc.app_id').onRef('peer.account_id', '=', 'uc.peer_id'),
      )
      .leftJoin('chat_group as g', join =>
        join
          .onRef('g.app_id', '=', 'uc.app_id')
          .onRef('g.group_no', '=', 'c.hi_id')
          .on('c.lo_id', '=', sql.lit(0)),
      )
      // A work group without a message so far is its owner's secret (rest-2 section 1.7).
      .where(eb =>
        eb.or([
          eb('peer.account_id', 'is not', null),
          eb('g.active', '=', 1),
          eb('g.owner_id', '=', parameter('owner')),
        ]),
      )
      .select([
        'uc.to_seq',
        'uc.to_change',
        'g.name as group_name',
        'g.dismissed',
        'g.community_no',
        'g.support_topic',
        'g.create_time',
        'uc.conv_id',
        'uc.log_no',
        'uc.pinned_ms',
        'uc.hidden_seq',
        'peer.user_id',
        'peer.deleted',
        'c.head_seq',
        'c.change_no',
        'c.list_seq',
        'c.list_time',
      ])
  )
}

/** All conversations of an account, at most {@link CONVERSATIONS_MAX}, in no order; superseded ones are left out. */
export async function ownConversations(
  db: Kysely<Schema>,
  app: number,
  owner: number,
): Promise<OwnConversation[]> {
  return withoutSuperseded((await queries(db).all.all({ app, owner })).map(fromRow))
}

/** Those of {@link ownConversations} that are groups, superseded ones included. */
export async function ownGroups(db: Kysely<Schema>, app: number, owner: number): Promise<OwnConversation[]> {
  return (await queries(db).groups.all({ app, owner })).map(fromRow)
}

function fromRow(row: Row): OwnConversation {
  const isPair = row.group_name === null
  return {
    conv: row.conv_id,
    peerUserId: isPair ? (row.user_id ?? '') : `${GROUP_NAME}${row.group_name}`,
    peerDeleted: isPair ? row.deleted !== 0 : row.dismissed !== 0,
    headSeq: row.to_seq >= 0 ? row.to_seq : row.head_seq,
    changeNo: row.to_seq >= 0 ? row.to_change : row.change_no,
    logNo: row.log_no,
    pinnedMs: row.pinned_ms,
    // Before its first message a group stands where its making puts it.
    listTime: row.list_time || (isListedFromStart(row) ? (row.create_time ?? 0) : 0),
    isListed: isListed(row, row.list_seq, isPair ? undefined : row),
  }
}

/** Before the name of a group, so that it is no UserID's: U+0000 is in none. */
const GROUP_NAME = '\0'

interface Named {
  readonly conv: number
  readonly peerUserId: string
  readonly peerDeleted: boolean
}

/**
 * A UserID names one conversation: the newest. One with a deleted account is there until its name is registered anew and
 * they talk; clients follow the same rule.
 */
export function withoutSuperseded<T extends Named>(rows: readonly T[]): T[] {
  if (!rows.some(row => row.peerDeleted)) return [...rows]
  const newest = new Map<string, number>()
  for (const row of rows) newest.set(row.peerUserId, Math.max(row.conv, newest.get(row.peerUserId) ?? 0))
  return rows.filter(row => newest.get(row.peerUserId) === row.conv)
}

/** Pinned first, then by the time of the last activity, newest first (sdk-1 section 15.2). */
export function byListOrder(a: OwnConversation, b: OwnConversation): number {
  if (a.pinnedMs > 0 !== b.pinnedMs > 0) return a.pinnedMs > 0 ? -1 : 1
  return b.listTime - a.listTime || b.conv - a.conv
}
