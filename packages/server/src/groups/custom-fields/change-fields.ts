import type { FieldSubject } from '@rookery/protocol/group-field'
import type { WireCustomField } from '@rookery/protocol/wire-group'
import type { Transaction } from '../../store/mutation.ts'
import type { GroupRow, MemberRow } from '../group-rows.ts'
import { requireMay } from '../judge.ts'
import { type FieldBounds, mergeFields, parseFields } from './custom-fields.ts'
import { declaredFields, type Reach, readableFields, requireWritable, type Written } from './field-levels.ts'

export interface FieldChange extends Written {
  /** As the row keeps them. */
  readonly stored: string
  /** The given ones that every member may read. */
  readonly told: readonly WireCustomField[]
}

/** Fields of a group after a change by key. Throws 10004, and 10007 for a key that the writer may not change. */
export async function groupFieldChange(
  tx: Transaction,
  group: GroupRow,
  given: readonly WireCustomField[],
  writer: Reach,
  bounds: FieldBounds,
): Promise<FieldChange> {
  const { declared, ...change } = await fieldChange(tx, group, 'group', group.custom, given, writer, bounds)
  return { ...change, told: readableFields(declared, given, { role: 'Member' }) }
}

/** Fields of a member after a change by key; throws as {@link groupFieldChange}. */
export async function memberFieldChange(
  tx: Transaction,
  group: GroupRow,
  member: MemberRow,
  given: readonly WireCustomField[],
  writer: Reach,
  bounds: FieldBounds,
): Promise<Omit<FieldChange, 'told'>> {
  const { declared: _, ...change } = await fieldChange(
    tx,
    group,
    'member',
    member.custom,
    given,
    writer,
    bounds,
  )
  return change
}

const FIELD_NAMES = { group: 'AppDefinedData', member: 'AppMemberDefinedData' } as const

async function fieldChange(
  tx: Transaction,
  group: GroupRow,
  subject: FieldSubject,
  kept: string,
  given: readonly WireCustomField[],
  writer: Reach,
  bounds: FieldBounds,
) {
  // A level opens a field to who is outside, not a group that outsiders can't find.
  requireMay('lookUp', group, writer.role)
  const field = FIELD_NAMES[subject]
  const declared = await declaredFields(tx.db, group.app_id, subject, group.type)
  const written = requireWritable({
    field,
    type: group.type,
    given,
    declared,
    writer,
    acceptsUndeclared: bounds.acceptsUndeclared,
  })
  return { ...written, declared, stored: mergeFields(field, kept, given, bounds) }
}

/** For a group that is being made: who makes it is the app or becomes its owner. Throws as {@link groupFieldChange}. */
export async function requireInitialFields(
  tx: Transaction,
  group: GroupRow,
  members: readonly { readonly account: number; readonly custom: string }[],
  writer: Reach & { readonly account: number },
  acceptsUndeclared: boolean,
): Promise<void> {
  const { app_id: app, type } = group
  const fields = parseFields(group.custom)
  if (fields.length > 0)
    requireWritable({
      field: FIELD_NAMES.group,
      type,
      given: fields,
      declared: await declaredFields(tx.db, app, 'group', type),
      writer,
      acceptsUndeclared,
    })
  const withFields = members.filter(member => member.custom !== '[]')
  if (withFields.length === 0) return
  const declared = await declaredFields(tx.db, app, 'member', type)
  for (const member of withFields)
    requireWritable({
      field: FIELD_NAMES.member,
      type,
      given: parseFields(member.custom),
      declared,
      writer: { role: writer.role, isSelf: member.account === writer.account },
      acceptsUndeclared,
    })
}
