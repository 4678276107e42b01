import { ErrorCode } from '@rookery/protocol/error-code'
import { CommandError } from '../../commands/command-error.ts'
import { defineMutation, type Transaction } from '../../store/mutation.ts'
import { requireInsider } from '../audience/require-insider.ts'
import { badField } from '../group-error.ts'
import type { GroupRow } from '../group-rows.ts'
import type { Actor } from '../judge.ts'

/** The value as decimal text of an int64. */
export interface Counter {
  readonly key: string
  readonly value: string
}

export interface ChangeCounters {
  readonly app: number
  readonly group: number
  readonly actor: Actor
  readonly mode: 'Set' | 'Increase' | 'Decrease'
  readonly counters: readonly Counter[]
  /** `counter.max` */
  readonly max: number
}

const INT64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n } as const

/**
 * Changes counters of a group and tells everybody in it (rest-2 section 8.7); one that is not there counts from 0. Returns
 * their new values. Throws 10063 for too many, 10004 for a value that no int64 holds.
 */
export const changeCounters = defineMutation<ChangeCounters, Counter[]>(
  'groups/change-counters',
  async (tx, call) => {
    const group = await requireInsider(tx, call)
    const values = new Map((await countersOf(tx.db, group)).map(({ key, value }) => [key, BigInt(value)]))
    const touched = new Set<string>()
    for (const { key, value } of call.counters) {
      const next = moved(values.get(key) ?? 0n, call.mode, BigInt(value))
      if (next < INT64.min || next > INT64.max)
        throw badField('GroupCounter', `would make ${key} larger than a 64-bit integer`)
      values.set(key, next)
      touched.add(key)
    }
    if (values.size > call.max)
      throw new CommandError(
        ErrorCode.GROUP_COUNTER_LIMIT,
        `The group would have ${values.size} counters; ${call.max} are allowed. Delete some first.`,
        { check: 'counter.max', max: call.max },
      )
    const changed = [...touched].map(key => ({ key, value: String(values.get(key) ?? 0n) }))
    await tx.db
      .insertInto('group_counter')
      .values(changed.map(counter => ({ app_id: group.app_id, group_no: group.group_no, ...counter })))
      .onConflict(conflict =>
        conflict
          .columns(['app_id', 'group_no', 'key'])
          .doUpdateSet(eb => ({ value: eb.ref('excluded.value') })),
      )
      .execute()
    tell(tx, group, changed, [])
    return changed
  },
  { keepsHeads: true, locks: ({ app, group }) => [{ on: 'group', app, group }] },
)

export interface DeleteCounters {
  readonly app: number
  readonly group: number
  readonly actor: Actor
  /** Empty: all. */
  readonly keys: readonly string[]
}

/** Takes counters of a group away; returns what they were. */
export const deleteCounters = defineMutation<DeleteCounters, Counter[]>(
  'groups/delete-counters',
  async (tx, call) => {
    const group = await requireInsider(tx, call)
    const present = await countersOf(tx.db, group)
    const gone = present.filter(({ key }) => call.keys.length === 0 || call.keys.includes(key))
    if (gone.length === 0) return []
    const keys = gone.map(({ key }) => key)
    await tx.db
      .deleteFrom('group_counter')
      .where('app_id', '=', group.app_id)
      .where('group_no', '=', group.group_no)
      .where('key', 'in', keys)
      .execute()
    tell(tx, group, [], keys)
    return gone
  },
  { keepsHeads: true, locks: ({ app, group }) => [{ on: 'group', app, group }] },
)

/** In the order of their keys. */
export async function countersOf(
  db: Transaction['db'],
  group: Pick<GroupRow, 'app_id' | 'group_no'>,
): Promise<Counter[]> {
  return db
    .selectFrom('group_counter')
    .select(['key', 'value'])
    .where('app_id', '=', group.app_id)
    .where('group_no', '=', group.group_no)
    .orderBy('key')
    .execute()
}

/** JSON text of `[{Key, Value}]` with the values as numbers, which may be larger than a double holds exactly. */
export function countersText(counters: readonly Counter[]): string {
  return `[${counters.map(({ key, value }) => `{"Key":${JSON.stringify(key)},"Value":${value}}`).join(',')}]`
}

function moved(before: bigint, mode: ChangeCounters['mode'], by: bigint): bigint {
  if (mode === 'Set') return by
  return mode === 'Increase' ? before + by : before - by
}

function tell(
  tx: Transaction,
  group: GroupRow,
  changed: readonly Counter[],
  deleted: readonly string[],
): void {
  tx.changed({
    kind: 'groupPush',
    app: group.app_id,
    group: group.group_no,
    frame: `{"ev":"groupCounter","GroupId":${JSON.stringify(group.name)},"Changed":${countersText(
      changed,
    )},"Deleted":${JSON.stringify(deleted)}}`,
    authNo: group.auth_no,
  })
}
