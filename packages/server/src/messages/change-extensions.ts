import { ErrorCode } from '@rookery/protocol/error-code'
import { messageIdOf } from '@rookery/protocol/message-id'
import { formatMessageKey, type MessageKey } from '@rookery/protocol/message-key'
import { CommandError } from '../commands/command-error.ts'
import { defineMutation, type Transaction } from '../store/mutation.ts'
import { MessageFlag } from '../store/schema.ts'
import { ChangeRate } from './change-rate.ts'
import { announceFrame, authorOf, KEEPS_HEADS, nextChangeNo } from './message-change.ts'
import type { MessageRow } from './message-row.ts'
import { otherSide, type Pair, pairOf } from './pair.ts'
import { findMessage } from './stored-message.ts'

/** `OperateType` of rest-1 section 4.12. */
export const Operate = { SET: 1, DELETE: 2, CLEAR: 3 } as const
export type OperateType = (typeof Operate)[keyof typeof Operate]

export interface ExtensionPair {
  readonly Key: string
  readonly Value: string
  readonly Seq: number
}

/** What becomes of the key-values of one message. */
export interface ExtensionEdit {
  /** Only a message that this account sees; absent for an app admin, for whom versions are not compared either. */
  readonly viewer?: number
  readonly operate: OperateType
  readonly pairs: readonly ExtensionPair[]
  /** `ext.perMessage` and `ext.changesPerMinute` of the app. */
  readonly perMessage: number
  readonly perMinute: number
}

export interface ExtensionChange extends ExtensionEdit {
  readonly app: number
  readonly sender: number
  readonly receiver: number
  readonly key: MessageKey
  readonly notBefore: number
}

/** The conversation of the message. */
export interface ExtensionPlace {
  readonly app: number
  readonly conv: number
  readonly nextChangeNo: () => Promise<number>
  /** Tells of the changed pairs; the message carries its new numbers. */
  readonly announce: (
    message: MessageRow,
    operate: OperateType,
    changed: readonly ExtensionPair[],
  ) => Promise<void>
}

export interface ExtensionResult {
  readonly ErrorCode: number
  readonly Extension: ExtensionPair
}

/** Lives in the writer's thread, which makes all changes of this node. */
const rate = new ChangeRate(60_000)

/**
 * Changes key-values on a message. One counter a message: a call that changes something takes the next number and stamps its
 * keys with it. Pairs whose version is not the stored one are answered with 23001 and the stored value. Throws 23004 (no such
 * message), 23002 (it takes no extensions), 23003 (too many changes a minute), 10004 (too many keys).
 */
export const changeExtensions = defineMutation<ExtensionChange, readonly ExtensionResult[]>(
  'messages/extensions',
  async (tx, change) => {
    const pair = await pairOf(tx.db, change.app, change.sender, change.receiver)
    const message = requireExtensible(pair && (await findMessage(tx.db, pair, change)))
    if (!pair) throw new Error('A message was found without its conversation.')
    const place: ExtensionPlace = {
      app: pair.app,
      conv: pair.conv,
      nextChangeNo: () => nextChangeNo(tx, pair),
      announce: (bumped, operate, changed) => announce(tx, pair, bumped, operate, changed),
    }
    return editExtensions(tx, place, message, change)
  },
  { ...KEEPS_HEADS, locks: ({ app, sender, receiver }) => [{ on: 'pair', app, a: sender, b: receiver }] },
)

/** The same for a message that was found and takes extensions. Throws 23003, 10004. */
export async function editExtensions(
  tx: Transaction,
  pair: ExtensionPlace,
  message: MessageRow,
  change: ExtensionEdit,
): Promise<readonly ExtensionResult[]> {
  const place = `${pair.app}:${pair.conv}:${message.seq}`
  if (rate.count(place, tx.nowMs) >= change.perMinute)
    throw new CommandError(
      ErrorCode.EXTENSION_FREQ_LIMIT,
      `The extensions of this message were changed ${change.perMinute} times within a minute; try again later.`,
      { check: 'changes-per-minute', max: change.perMinute },
    )
  const stored = await storedPairs(tx, pair, message.seq)
  const next = message.ext_seq + 1
  const results =
    change.operate === Operate.CLEAR
      ? [...stored.values()].map(({ Key }) => ({ ErrorCode: 0, Extension: { Key, Value: '', Seq: next } }))
      : change.pairs.map(one => judge(one, stored.get(one.Key), change, next))
  const changed = results.filter(result => result.ErrorCode === 0).map(result => result.Extension)
  if (changed.length === 0 && change.operate !== Operate.CLEAR) return results
  await store(tx, pair, message.seq, change, changed, stored)
  const bumped = {
    ext_seq: next,
    change_no: await pair.nextChangeNo(),
    ...(change.operate === Operate.CLEAR && { ext_clear_seq: next }),
  }
  await tx.db
    .updateTable('message')
    .set(bumped)
    .where('app_id', '=', pair.app)
    .where('conv_id', '=', pair.conv)
    .where('seq', '=', message.seq)
    .execute()
  rate.add(place, tx.nowMs)
  await pair.announce({ ...message, ...bumped }, change.operate, changed)
  return results
}

/** Throws 23004 or 23002 unless it is a message that takes extensions. */
export function requireExtensible(message: MessageRow | undefined): MessageRow {
  if (!message || message.flags & MessageFlag.RECALLED)
    throw new CommandError(
      ErrorCode.EXTENSION_NOT_FOUND,
      message
        ? 'The message was recalled; it has no extensions any more.'
        : 'There is no such message in this conversation; check From_Account, To_Account and MsgKey.',
      { check: 'MsgKey' },
    )
  if ((message.flags & MessageFlag.EXTENSIONS) === 0)
    throw new CommandError(
      ErrorCode.EXTENSION_UNSUPPORTED,
      'The message was sent without SupportMessageExtension 1, so it takes no extensions.',
      { check: 'SupportMessageExtension' },
    )
  return message
}

function judge(
  one: ExtensionPair,
  stored: ExtensionPair | undefined,
  change: ExtensionEdit,
  next: number,
): ExtensionResult {
  if (!stored)
    return change.operate === Operate.SET
      ? { ErrorCode: 0, Extension: { Key: one.Key, Value: one.Value, Seq: next } }
      : { ErrorCode: ErrorCode.EXTENSION_NOT_FOUND, Extension: { Key: one.Key, Value: '', Seq: 0 } }
  // A key that is not there has nothing that a stale caller could overwrite; one that is there must be the one it saw.
  if (change.viewer !== undefined && one.Seq !== stored.Seq)
    return { ErrorCode: ErrorCode.EXTENSION_VERSION_CONFLICT, Extension: stored }
  const Value = change.operate === Operate.SET ? one.Value : ''
  return { ErrorCode: 0, Extension: { Key: one.Key, Value, Seq: next } }
}

async function storedPairs(
  tx: Transaction,
  pair: ExtensionPlace,
  seq: number,
): Promise<Map<string, ExtensionPair>> {
  const rows = await tx.db
    .selectFrom('message_extension')
    .select(['key as Key', 'value as Value', 'ext_seq as Seq'])
    .where('app_id', '=', pair.app)
    .where('conv_id', '=', pair.conv)
    .where('seq', '=', seq)
    .execute()
  return new Map(rows.map(row => [row.Key, row]))
}

async function store(
  tx: Transaction,
  pair: ExtensionPlace,
  seq: number,
  change: ExtensionEdit,
  changed: readonly ExtensionPair[],
  stored: ReadonlyMap<string, ExtensionPair>,
): Promise<void> {
  if (change.operate === Operate.SET) {
    const total = stored.size + changed.filter(one => !stored.has(one.Key)).length
    if (total > change.perMessage)
      throw new CommandError(
        ErrorCode.GROUP_PARAMETER_INVALID,
        `The message would have ${total} extensions, ${change.perMessage} are allowed; delete some first.`,
        { check: 'extensions', count: total, max: change.perMessage },
      )
    await tx.db
      .insertInto('message_extension')
      .values(
        changed.map(one => ({
          app_id: pair.app,
          conv_id: pair.conv,
          seq,
          key: one.Key,
          value: one.Value,
          ext_seq: one.Seq,
        })),
      )
      .onConflict(conflict =>
        conflict.columns(['app_id', 'conv_id', 'seq', 'key']).doUpdateSet(eb => ({
          value: eb.ref('excluded.value'),
          ext_seq: eb.ref('excluded.ext_seq'),
        })),
      )
      .execute()
    return
  }
  let removal = tx.db
    .deleteFrom('message_extension')
    .where('app_id', '=', pair.app)
    .where('conv_id', '=', pair.conv)
    .where('seq', '=', seq)
  if (change.operate === Operate.DELETE)
    removal = removal.where(
      'key',
      'in',
      changed.map(one => one.Key),
    )
  await removal.execute()
}

async function announce(
  tx: Transaction,
  pair: Pair,
  message: MessageRow,
  operate: OperateType,
  changed: readonly ExtensionPair[],
): Promise<void> {
  const from = await authorOf(tx, pair.app, message.sender_id)
  const to = await authorOf(tx, pair.app, otherSide(pair, message.sender_id))
  const frame = JSON.stringify({
    ev: 'extension',
    ConvId: pair.conv,
    Peer: [from.userId, to.userId],
    Seq: message.seq,
    ChangeNo: message.change_no,
    MsgKey: formatMessageKey({ msgSeq: message.msg_seq, random: message.random, time: message.time }),
    MsgId: messageIdOf(message.sender_id, message.client_time, message.random),
    OperateType: operate,
    ExtensionList: changed,
  })
  await announceFrame(tx, pair, message, frame)
}
