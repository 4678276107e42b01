import { ErrorCode } from '@rookery/protocol/error-code'
import { CommandError } from '../../commands/command-error.ts'
import { defineMutation, type Transaction } from '../../store/mutation.ts'
import { requireInsider } from '../audience/require-insider.ts'
import { badField, shownName } from '../group-error.ts'
import type { GroupRow } from '../group-rows.ts'
import type { Actor } from '../judge.ts'

export interface Attribute {
  readonly key: string
  readonly value: string
}

/** `attr.*` settings. */
export interface AttributeBounds {
  readonly count: number
  readonly keyBytes: number
  readonly valueBytes: number
  readonly totalBytes: number
  readonly writesPerSec: number
}

export interface ChangeAttributes {
  readonly app: number
  readonly group: number
  readonly actor: Actor
  /** `set` replaces everything, `modify` puts the given ones, `delete` takes the given ones away. */
  readonly operation: 'set' | 'modify' | 'delete' | 'clear'
  /** Of `delete` only the keys count. */
  readonly attributes: readonly Attribute[]
  /** The state that the change was made from; 0 = it does not matter. */
  readonly attrSeq: number
  readonly bounds: AttributeBounds
}

/**
 * Changes the attributes of a group and tells everybody in it (rest-2 section 8.6). Returns the new number of their state.
 * Throws 10056 when somebody was faster, 10045 to 10050 for what is too much or not there, 10007 for who is no member.
 */
export const changeAttributes = defineMutation<ChangeAttributes, number>(
  'groups/change-attributes',
  async (tx, call) => {
    const group = await requireInsider(tx, call)
    const { operation, bounds } = call
    const seq = await takeWrite(tx, group, call)
    const before = new Map((await attributesOf(tx.db, group)).map(({ key, value }) => [key, value]))
    const given = new Map(call.attributes.map(({ key, value }) => [key, value]))
    if (operation === 'delete') requireKnown(before, given)
    const replaces = operation === 'set' || operation === 'clear'
    const after = replaces ? new Map<string, string>() : new Map(before)
    if (operation === 'delete') for (const key of given.keys()) after.delete(key)
    else if (operation !== 'clear') for (const [key, value] of given) after.set(key, value)
    requireFit(after, bounds)
    await store(tx, group, before, after)
    const frame = {
      ev: 'groupAttr',
      GroupId: group.name,
      AttrSeq: seq,
      Changed: operation === 'delete' || operation === 'clear' ? [] : pairs(given),
      Deleted: [...before.keys()].filter(key => !after.has(key)),
      Replace: replaces ? 1 : 0,
    }
    tx.changed({
      kind: 'groupPush',
      app: group.app_id,
      group: group.group_no,
      frame: JSON.stringify(frame),
      authNo: group.auth_no,
    })
    return seq
  },
  { keepsHeads: true, locks: ({ app, group }) => [{ on: 'group', app, group }] },
)

/** In the order of their keys. */
export async function attributesOf(
  db: Transaction['db'],
  group: Pick<GroupRow, 'app_id' | 'group_no'>,
): Promise<Attribute[]> {
  return db
    .selectFrom('group_attribute')
    .select(['key', 'value'])
    .where('app_id', '=', group.app_id)
    .where('group_no', '=', group.group_no)
    .orderBy('key')
    .execute()
}

export async function attributeSeq(
  db: Transaction['db'],
  group: Pick<GroupRow, 'app_id' | 'group_no'>,
): Promise<number> {
  return (await attributeHead(db, group))?.attr_seq ?? 0
}

function attributeHead(db: Transaction['db'], group: Pick<GroupRow, 'app_id' | 'group_no'>) {
  return db
    .selectFrom('group_attribute_head')
    .selectAll()
    .where('app_id', '=', group.app_id)
    .where('group_no', '=', group.group_no)
    .executeTakeFirst()
}

/** The number of the state that this write makes. */
async function takeWrite(tx: Transaction, group: GroupRow, call: ChangeAttributes): Promise<number> {
  const head = await attributeHead(tx.db, group)
  const present = head?.attr_seq ?? 0
  if (call.attrSeq > 0 && call.attrSeq !== present)
    throw new CommandError(
      ErrorCode.GROUP_ATTRIBUTE_WRITE_CONFLICT,
      `Somebody changed the attributes meanwhile; read them again (state ${present}).`,
      { check: 'AttrSeq', attrSeq: present },
    )
  const writes = head?.second === tx.now ? head.writes + 1 : 1
  const { writesPerSec } = call.bounds
  if (writesPerSec > 0 && writes > writesPerSec)
    throw new CommandError(
      ErrorCode.GROUP_ATTRIBUTE_FREQ_LIMIT,
      `The attributes of a group are written at most ${writesPerSec} times a second; wait a moment.`,
      { check: 'attr.writesPerSec', max: writesPerSec, retryAfterMs: 1000 },
    )
  const next = { attr_seq: present + 1, second: tx.now, writes }
  await tx.db
    .insertInto('group_attribute_head')
    .values({ app_id: group.app_id, group_no: group.group_no, ...next })
    .onConflict(conflict => conflict.columns(['app_id', 'group_no']).doUpdateSet(next))
    .execute()
  return next.attr_seq
}

function requireKnown(before: ReadonlyMap<string, string>, given: ReadonlyMap<string, string>): void {
  const missing = [...given.keys()].find(key => !before.has(key))
  if (missing !== undefined)
    throw new CommandError(
      ErrorCode.GROUP_ATTRIBUTE_NOT_FOUND,
      `The group has no attribute ${shownName(missing)}; read the attributes again.`,
      { check: 'key', key: missing },
    )
}

function requireFit(attributes: ReadonlyMap<string, string>, bounds: AttributeBounds): void {
  if (attributes.size > bounds.count)
    throw tooMuch(ErrorCode.GROUP_ATTRIBUTE_COUNT_LIMIT, `${attributes.size} attributes`, bounds.count)
  let total = 0
  for (const [key, value] of attributes) {
    const [keyBytes, valueBytes] = [Buffer.byteLength(key), Buffer.byteLength(value)]
    if (keyBytes === 0) throw badField('GroupAttr', 'has an empty key')
    if (keyBytes > bounds.keyBytes)
      throw tooMuch(ErrorCode.GROUP_ATTRIBUTE_KEY_TOO_LONG, `a key of ${keyBytes} bytes`, bounds.keyBytes)
    if (valueBytes > bounds.valueBytes)
      throw tooMuch(
        ErrorCode.GROUP_ATTRIBUTE_VALUE_TOO_LONG,
        `a value of ${valueBytes} bytes`,
        bounds.valueBytes,
      )
    total += keyBytes + valueBytes
  }
  if (total > bounds.totalBytes)
    throw tooMuch(
      ErrorCode.GROUP_ATTRIBUTE_TOTAL_SIZE_LIMIT,
      `${total} bytes of attributes`,
      bounds.totalBytes,
    )
}

function tooMuch(code: number, what: string, max: number): CommandError {
  return new CommandError(code, `The group would have ${what}; ${max} are allowed.`, { check: 'bound', max })
}

async function store(
  tx: Transaction,
  group: GroupRow,
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): Promise<void> {
  const gone = [...before.keys()].filter(key => !after.has(key))
  if (gone.length > 0)
    await tx.db
      .deleteFrom('group_attribute')
      .where('app_id', '=', group.app_id)
      .where('group_no', '=', group.group_no)
      .where('key', 'in', gone)
      .execute()
  const changed = [...after].filter(([key, value]) => before.get(key) !== value)
  if (changed.length === 0) return
  await tx.db
    .insertInto('group_attribute')
    .values(changed.map(([key, value]) => ({ app_id: group.app_id, group_no: group.group_no, key, value })))
    .onConflict(conflict =>
      conflict
        .columns(['app_id', 'group_no', 'key'])
        .doUpdateSet(eb => ({ value: eb.ref('excluded.value') })),
    )
    .execute()
}

function pairs(attributes: ReadonlyMap<string, string>): Attribute[] {
  return [...attributes].map(([key, value]) => ({ key, value }))
}
