import { type Kysely, sql } from 'kysely'
import { defineMutation, type Transaction } from '../store/mutation.ts'
import { PreparedQuery, perDatabase } from '../store/prepared.ts'
import { MessageFlag, type Schema } from '../store/schema.ts'
import { groupReadSeq } from './group-unread.ts'
import { KEEPS_HEADS } from './owner-row.ts'
import { bumpOwnerState } from './owner-state.ts'

export interface GroupRead {
  readonly app: number
  readonly reader: number
  readonly conv: number
  /** Absent: everything. */
  readonly seq?: number
}

type Own = { app: number; reader: number; conv: number }

interface State {
  read_seq: number
  mark_no: number
  to_seq: number
  sent_no: number
  head_seq: number
  count_no: number
  reset_no: number
  reset_seq: number
}

const queries = perDatabase(db => ({
  state: new PreparedQuery<Own, State>(db, (db, parameter) =>
    db
      .selectFrom('user_conversation as uc')
      .innerJoin('conversation as c', join =>
        join.onRef('c.app_id', '=', 'uc.app_id').onRef('c.conv_id', '=', 'uc.conv_id'),
      )
      .select([
        'uc.read_seq',
        'uc.mark_no',
        'uc.to_seq',
        'uc.sent_no',
        'c.head_seq',
        'c.count_no',
        'c.reset_no',
        'c.reset_seq',
      ])
      .where('uc.app_id', '=', parameter('app'))
      .where('uc.account_id', '=', parameter('reader'))
      .where('uc.conv_id', '=', parameter('conv')),
  ),
  countAt: new PreparedQuery<{ app: number; conv: number; seq: number }, { count_no: number }>(
    db,
    (db, parameter) =>
      db
        .selectFrom('message')
        .select('count_no')
        .where('app_id', '=', parameter('app'))
        .where('conv_id', '=', parameter('conv'))
        .where('seq', '<=', parameter('seq'))
        .orderBy('seq', 'desc')
        .limit(1),
  ),
  countAbove: new PreparedQuery<
    { app: number; conv: number; seq: number },
    { count_no: number; flags: number }
  >(db, (db, parameter) =>
    db
      .selectFrom('message')
      .select(['count_no', 'flags'])
      .where('app_id', '=', parameter('app'))
      .where('conv_id', '=', parameter('conv'))
      .where('seq', '>', parameter('seq'))
      .orderBy('seq')
      .limit(1),
  ),
  ownAbove: new PreparedQuery<Own & { seq: number }, { own_no: number; flags: number }>(db, (db, parameter) =>
    db
      .selectFrom('message')
      .select(['own_no', 'flags'])
      .where('app_id', '=', parameter('app'))
      .where('conv_id', '=', parameter('conv'))
      .where('sender_id', '=', parameter('reader'))
      .where('seq', '>', parameter('seq'))
      // In so many words, so that the partial index of own messages applies.
      .where(sql<boolean>`own_no > 0 and (flags & 512) <> 0`)
      .orderBy('seq')
      .limit(1),
  ),
}))

interface GroupMove {
  readonly target: number
  readonly state: State
}

/** What reading would move; undefined when nothing. */
export async function groupReadMove(db: Kysely<Schema>, read: GroupRead): Promise<GroupMove | undefined> {
  const { app, reader, conv } = read
  const state = await queries(db).state.first({ app, reader, conv })
  if (!state) return undefined
  const end = state.to_seq < 0 ? state.head_seq : state.to_seq
  const target = Math.min(read.seq ?? end, end)
  return target > groupReadSeq(state) ? { target, state } : undefined
}

/** Reads a group's conversation up to a mark, which only moves forward. */
export const markGroupRead = defineMutation<GroupRead, void>(
  'conversations/mark-group-read',
  async (tx, read) => {
    if (await moveGroupMark(tx, read)) await bumpOwnerState(tx, read.app, read.reader, read.conv)
  },
  {
    ...KEEPS_HEADS,
    locks: ({ app, reader, conv }) => [
      { on: 'account', app, account: reader },
      { on: 'conversation', app, conv },
    ],
  },
)

/** Raises the mark without telling anybody; the caller bumps the row. Returns whether it moved. */
export async function moveGroupMark(tx: Transaction, read: GroupRead): Promise<boolean> {
  const move = await groupReadMove(tx.db, read)
  if (!move) return false
  const { app, reader, conv } = read
  const { target, state } = move
  await tx.db
    .updateTable('user_conversation')
    .set({
      read_seq: target,
      read_count: await countAt(tx.db, app, conv, target, state),
      read_own: await ownCountAt(tx.db, { app, reader, conv }, target, state),
      mark_no: state.reset_no,
    })
    .where('app_id', '=', app)
    .where('account_id', '=', reader)
    .where('conv_id', '=', conv)
    .execute()
  return true
}

/** Countable messages up to a number; where the history is swept, from what is left above it. */
async function countAt(
  db: Kysely<Schema>,
  app: number,
  conv: number,
  seq: number,
  state: State,
): Promise<number> {
  if (seq >= state.head_seq) return state.count_no
  const at = await queries(db).countAt.first({ app, conv, seq })
  if (at) return at.count_no
  const above = await queries(db).countAbove.first({ app, conv, seq })
  return above ? above.count_no - (above.flags & MessageFlag.NO_UNREAD ? 0 : 1) : state.count_no
}

/** The reader's own ones among them. */
async function ownCountAt(db: Kysely<Schema>, own: Own, seq: number, state: State): Promise<number> {
  const above = await queries(db).ownAbove.first({ ...own, seq })
  return above ? above.own_no - (above.flags & MessageFlag.NO_UNREAD ? 0 : 1) : state.sent_no
}
