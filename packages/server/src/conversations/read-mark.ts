import type { Kysely } from 'kysely'
import { defineMutation, type Transaction } from '../store/mutation.ts'
import { PreparedQuery, perDatabase } from '../store/prepared.ts'
import { MessageFlag, type Schema } from '../store/schema.ts'
import { ensureOwnerRow, KEEPS_HEADS, ownerLocks } from './owner-row.ts'
import { bumpOwnerState } from './owner-state.ts'

/** Up to where something is read: a number of the conversation, a Unix second, or everything. */
export interface ReadUpTo {
  readonly seq?: number
  readonly time?: number
}

export interface ReadRequest {
  readonly app: number
  readonly reader: number
  readonly peer: number
  readonly upTo: ReadUpTo
}

interface State {
  conv_id: number
  head_seq: number
  /** Of all its messages the latest time. */
  top_time: number
  read_seq: number | null
  /** Of the peer's row: up to where the peer knows its messages to be read. */
  known_seq: number | null
}

type Conv = { app: number; conv: number }

type Own = Conv & { account: number }

interface MessageCounts {
  count_no: number
  own_no: number
  sender_id: number
  time: number
  flags: number
}

const queries = perDatabase(db => ({
  state: new PreparedQuery<{ app: number; lo: number; hi: number; reader: number; peer: number }, State>(
    db,
    (db, parameter) =>
      db
        .selectFrom('conversation as c')
        .leftJoin('user_conversation as own', join =>
          join
            .onRef('own.app_id', '=', 'c.app_id')
            .on('own.account_id', '=', parameter('reader'))
            .onRef('own.conv_id', '=', 'c.conv_id'),
        )
        .leftJoin('user_conversation as peer', join =>
          join
            .onRef('peer.app_id', '=', 'c.app_id')
            .on('peer.account_id', '=', parameter('peer'))
            .onRef('peer.conv_id', '=', 'c.conv_id'),
        )
        .select(['c.conv_id', 'c.head_seq', 'c.top_time', 'own.read_seq', 'peer.peer_read_seq as known_seq'])
        .where('c.app_id', '=', parameter('app'))
        .where('c.lo_id', '=', parameter('lo'))
        .where('c.hi_id', '=', parameter('hi')),
  ),
  firstLater: new PreparedQuery<Conv & { after: number; time: number }, { seq: number }>(
    db,
    (db, parameter) =>
      db
        .selectFrom('message')
        .select('seq')
        .where('app_id', '=', parameter('app'))
        .where('conv_id', '=', parameter('conv'))
        .where('seq', '>', parameter('after'))
        .where('time', '>', parameter('time'))
        .orderBy('seq')
        .limit(1),
  ),
  messageAt: new PreparedQuery<Conv & { seq: number }, MessageCounts>(db, (db, parameter) =>
    countedMessage(db, parameter).where('seq', '<=', parameter('seq')).orderBy('seq', 'desc').limit(1),
  ),
  messageAbove: new PreparedQuery<Conv & { seq: number }, MessageCounts>(db, (db, parameter) =>
    countedMessage(db, parameter).where('seq', '>', parameter('seq')).orderBy('seq').limit(1),
  ),
  raiseOwn: new PreparedQuery<Own & { target: number; all: number; own: number }, unknown>(
    db,
    (db, parameter) =>
      ownRow(db, parameter)
        .set({
          read_seq: parameter('target'),
          read_count: parameter('all'),
          read_own: parameter('own'),
        })
        .where('read_seq', '<', parameter('target')),
  ),
  raisePeer: new PreparedQuery<Own & { target: number }, unknown>(db, (db, parameter) =>
    ownRow(db, parameter)
      .set({ peer_read_seq: parameter('target') })
      .where('peer_read_seq', '<', parameter('target')),
  ),
  raisePeerTime: new PreparedQuery<Own & { time: number }, unknown>(db, (db, parameter) =>
    ownRow(db, parameter)
      .set({ peer_read_time: parameter('time') })
      .where('peer_read_time', '<', parameter('time')),
  ),
  counters: new PreparedQuery<Conv, { lo_id: number; count_no: number; sent_lo: number; sent_hi: number }>(
    db,
    (db, parameter) =>
      db
        .selectFrom('conversation')
        .select(['lo_id', 'count_no', 'sent_lo', 'sent_hi'])
        .where('app_id', '=', parameter('app'))
        .where('conv_id', '=', parameter('conv')),
  ),
}))

function countedMessage(db: Kysely<Schema>, parameter: (name: keyof Conv) => number) {
  return db
    .selectFrom('message')
    .select(['count_no', 'own_no', 'sender_id', 'time', 'flags'])
    .where('app_id', '=', parameter('app'))
    .where('conv_id', '=', parameter('conv'))
}

function ownRow(db: Kysely<Schema>, parameter: (name: keyof Own) => number) {
  return db
    .updateTable('user_conversation')
    .where('app_id', '=', parameter('app'))
    .where('account_id', '=', parameter('account'))
    .where('conv_id', '=', parameter('conv'))
}

interface Move {
  readonly conv: number
  readonly target: number
  /** The reader's own mark moves. */
  readonly own: boolean
  /** The peer does not know yet. */
  readonly peer: boolean
  /** Both sides have a row; missing only where one of them marked the other before any message. */
  readonly hasRows: boolean
}

/** What reading would move; undefined when nothing. Cheap: answered from a few indexed rows. */
export async function readMove(db: Kysely<Schema>, request: ReadRequest): Promise<Move | undefined> {
  const { app, reader, peer, upTo } = request
  const state = await queries(db).state.first({
    app,
    lo: Math.min(reader, peer),
    hi: Math.max(reader, peer),
    reader,
    peer,
  })
  if (!state) return undefined
  const target = await targetOf(db, app, state, upTo)
  const own = target > (state.read_seq ?? 0)
  const tells = target > (state.known_seq ?? 0)
  if (!own && !tells) return undefined
  const hasRows = state.read_seq !== null && state.known_seq !== null
  return { conv: state.conv_id, target, own, peer: tells, hasRows }
}

/**
 * By time: everything before the first message above the mark that is later. Imports may bring an older time after a newer one;
 * a mark is a prefix of the numbers, so then less is read rather than more.
 */
async function targetOf(db: Kysely<Schema>, app: number, state: State, upTo: ReadUpTo): Promise<number> {
  if (upTo.seq !== undefined) return Math.min(upTo.seq, state.head_seq)
  if (upTo.time === undefined) return state.head_seq
  if (state.top_time <= upTo.time) return state.head_seq
  const conv = state.conv_id
  const after = Math.min(state.read_seq ?? 0, state.known_seq ?? 0)
  const later = await queries(db).firstLater.first({ app, conv, after, time: upTo.time })
  return later ? later.seq - 1 : state.head_seq
}

/** Reads a conversation up to a mark, which only moves forward, and tells the peer. Returns whether anything moved. */
export const markRead = defineMutation<ReadRequest, { readonly moved: boolean }>(
  'conversations/mark-read',
  async (tx, request) => {
    const { app, reader, peer } = request
    const move = await readMove(tx.db, request)
    if (!move) return { moved: false }
    const { conv, target } = move
    if (!move.hasRows) {
      await ensureOwnerRow(tx, app, reader, conv)
      await ensureOwnerRow(tx, app, peer, conv)
    }
    if (move.own) await raiseOwnMark(tx, app, reader, conv, target)
    if (move.peer) await tellPeer(tx, app, peer, conv, target)
    if (move.own) await bumpOwnerState(tx, app, reader, move.conv)
    // In a chat with oneself both marks are in one row, and the one item shows both.
    if (move.peer && (peer !== reader || !move.own)) await bumpOwnerState(tx, app, peer, move.conv)
    return { moved: true }
  },
  {
    ...KEEPS_HEADS,
    // The peer is told, which takes a number of its log too.
    locks: ({ app, reader, peer }) => [
      ...ownerLocks(app, reader, [peer]),
      { on: 'account', app, account: peer },
    ],
  },
)

/** Raises the owner's mark without telling anybody; the caller bumps the row. Returns whether it moved. */
export async function moveOwnMark(
  tx: Transaction,
  app: number,
  owner: number,
  conv: number,
  target: number,
): Promise<boolean> {
  await ensureOwnerRow(tx, app, owner, conv)
  return raiseOwnMark(tx, app, owner, conv, target)
}

async function raiseOwnMark(
  tx: Transaction,
  app: number,
  owner: number,
  conv: number,
  target: number,
): Promise<boolean> {
  const { all, own } = await countsAt(tx.db, app, owner, conv, target)
  return (await queries(tx.db).raiseOwn.run({ app, conv, account: owner, target, all, own })) > 0
}

interface Counts {
  /** Countable messages up to a number. */
  readonly all: number
  /** Those that the owner sent. */
  readonly own: number
}

/** From the message at or below the number; where the history is swept, from what is left above it. */
async function countsAt(
  db: Kysely<Schema>,
  app: number,
  owner: number,
  conv: number,
  seq: number,
): Promise<Counts> {
  const at = await queries(db).messageAt.first({ app, conv, seq })
  if (at) return countsOf(at, owner)
  const above = await queries(db).messageAbove.first({ app, conv, seq })
  if (above) {
    const { all, own } = countsOf(above, owner)
    const self = above.flags & MessageFlag.NO_UNREAD ? 0 : 1
    return { all: all - self, own: own - (above.sender_id === owner ? self : 0) }
  }
  const head = await queries(db).counters.first({ app, conv })
  if (!head) throw new Error(`Conversation ${conv} of app ${app} does not exist.`)
  return { all: head.count_no, own: head.lo_id === owner ? head.sent_lo : head.sent_hi }
}

/** What is countable was sent by the one side or by the other. */
function countsOf(message: MessageCounts, owner: number): Counts {
  const { count_no, own_no, sender_id } = message
  return { all: count_no, own: sender_id === owner ? own_no : count_no - own_no }
}

async function tellPeer(
  tx: Transaction,
  app: number,
  peer: number,
  conv: number,
  target: number,
): Promise<void> {
  const at = { app, conv, account: peer }
  await queries(tx.db).raisePeer.run({ ...at, target })
  const message = await queries(tx.db).messageAt.first({ app, conv, seq: target })
  if (message) await queries(tx.db).raisePeerTime.run({ ...at, time: message.time })
}
