import type { Kysely } from 'kysely'
import { bumpOwnerState } from '../conversations/owner-state.ts'
import { moveOwnMark } from '../conversations/read-mark.ts'
import { REST_KIND, REST_WINDOW_SECONDS } from '../store/append.ts'
import type { Lock } from '../store/locks.ts'
import { defineMutation, type Transaction } from '../store/mutation.ts'
import type { Schema } from '../store/schema.ts'
import { KEEPS_HEADS } from './message-change.ts'

/** Messages of a conversation, and keys of a kind, that one transaction deletes: some milliseconds of the writer. */
const MESSAGES_A_STEP = 200
const KEYS_A_STEP = 1000

/** A conversation and its two sides, which are what a sweep of it changes; of a group: 0 and its number. */
export interface SweptConversation {
  readonly conv: number
  readonly lo: number
  readonly hi: number
}

export interface Sweep {
  readonly app: number
  readonly convs: readonly SweptConversation[]
  /** Unix seconds; older messages leave the history. */
  readonly floor: number
}

export interface Swept {
  readonly messages: number
  /** Conversations that have more to sweep. */
  readonly unfinished: readonly SweptConversation[]
}

/**
 * Ends the history of conversations: first both sides' views and read marks rise to the last expired message, which their
 * devices learn when they resume, then the rows go (DESIGN-DATA 8). Numbers expire from the first one on: an expired import
 * above newer messages is out of sight already and goes when those do.
 */
export const sweepExpired = defineMutation<Sweep, Swept>(
  'messages/sweep',
  async (tx, { app, convs, floor }) => {
    let messages = 0
    const unfinished: SweptConversation[] = []
    for (const conv of convs) {
      const swept = await sweepConversation(tx, app, conv, floor)
      messages += swept
      if (swept === MESSAGES_A_STEP) unfinished.push(conv)
    }
    return { messages, unfinished }
  },
  {
    ...KEEPS_HEADS,
    locks: ({ app, convs }) =>
      convs.flatMap(({ conv, lo, hi }): Lock[] => [
        ...(lo === 0 ? [] : [lo, hi].map((account): Lock => ({ on: 'account', app, account }))),
        { on: 'conversation', app, conv },
      ]),
  },
)

/** Forgets keys of REST sends after their window. Returns how many; repeat until 0. */
export const sweepKeys = defineMutation<null, { readonly keys: number }>(
  'messages/sweep-keys',
  async tx => {
    let keys = 0
    for (const kind of [REST_KIND.send, REST_KIND.groupSend]) keys += await sweepKind(tx, kind)
    return { keys }
  },
  { keepsHeads: true, locks: () => [] },
)

async function sweepKind(tx: Transaction, kind: keyof typeof REST_WINDOW_SECONDS): Promise<number> {
  const end = tx.now - REST_WINDOW_SECONDS[kind]
  const swept = await tx.db
    .deleteFrom('rest_key')
    .where('kind', '=', kind)
    .where(({ eb, refTuple, selectFrom }) =>
      eb(
        refTuple('app_id', 'conv_id', 'sender_id', 'msg_seq', 'random'),
        'in',
        selectFrom('rest_key')
          .select(['app_id', 'conv_id', 'sender_id', 'msg_seq', 'random'])
          .where('kind', '=', kind)
          .where('time', '<', end)
          .limit(KEYS_A_STEP)
          .$asTuple('app_id', 'conv_id', 'sender_id', 'msg_seq', 'random'),
      ),
    )
    .where('time', '<', end)
    .executeTakeFirstOrThrow()
  return Number(swept.numDeletedRows)
}

async function sweepConversation(
  tx: Transaction,
  app: number,
  { conv, lo, hi }: SweptConversation,
  floor: number,
): Promise<number> {
  const rows = await tx.db
    .selectFrom('message')
    .select(['seq', 'time', 'count_no'])
    .where('app_id', '=', app)
    .where('conv_id', '=', conv)
    .orderBy('seq')
    .limit(MESSAGES_A_STEP)
    .execute()
  const kept = rows.findIndex(row => row.time >= floor)
  const expired = kept < 0 ? rows : rows.slice(0, kept)
  const end = expired.at(-1)
  if (!end) return 0
  const last = end.seq
  if (lo === 0) await raiseGroupFloor(tx, app, conv, end)
  else for (const owner of new Set([lo, hi])) await raiseFloor(tx, app, conv, owner, last)
  await deleteUpTo(tx.db, app, conv, lo === 0 ? [] : [lo, hi], last)
  tx.changed({ kind: 'conversation', app, conv })
  return expired.length
}

/** The owner no longer sees, nor has to read, what is up to this number. */
async function raiseFloor(
  tx: Transaction,
  app: number,
  conv: number,
  owner: number,
  seq: number,
): Promise<void> {
  const raised = await tx.db
    .updateTable('user_conversation')
    .set({ cleared_seq: seq })
    .where('app_id', '=', app)
    .where('account_id', '=', owner)
    .where('conv_id', '=', conv)
    .where('cleared_seq', '<', seq)
    .executeTakeFirstOrThrow()
  const read = await moveOwnMark(tx, app, owner, conv, seq)
  if (raised.numUpdatedRows > 0n || read) await bumpOwnerState(tx, app, owner, conv, { quiet: true })
}

/** One floor for all members: nothing up to it is unread, which devices learn when they resume. */
async function raiseGroupFloor(
  tx: Transaction,
  app: number,
  conv: number,
  { seq, count_no }: { readonly seq: number; readonly count_no: number },
): Promise<void> {
  await tx.db
    .updateTable('conversation')
    .set(eb => ({ clear_seq: seq, clear_count: count_no, change_no: eb('change_no', '+', 1) }))
    .where('app_id', '=', app)
    .where('conv_id', '=', conv)
    .where('clear_seq', '<', seq)
    .execute()
}

async function deleteUpTo(
  db: Kysely<Schema>,
  app: number,
  conv: number,
  sides: readonly number[],
  seq: number,
): Promise<void> {
  for (const table of [
    'message',
    'message_extension',
    'message_uncounted',
    'message_mention',
    'message_receipt',
    'group_pin',
  ] as const)
    await db
      .deleteFrom(table)
      .where('app_id', '=', app)
      .where('conv_id', '=', conv)
      .where('seq', '<=', seq)
      .execute()
  if (sides.length === 0) return
  await db
    .deleteFrom('message_hidden')
    .where('app_id', '=', app)
    .where('account_id', 'in', sides)
    .where('conv_id', '=', conv)
    .where('seq', '<=', seq)
    .execute()
}
