import { FIELD_SUBJECTS, type FieldLevel, type FieldSubject } from '@rookery/protocol/group-field'
import type { GroupType } from '@rookery/protocol/wire-group'
import type { Kysely } from 'kysely'
import { appLock } from '../../apps/app-lock.ts'
import { appRow, refuse } from '../../apps/refuse.ts'
import { auditRow } from '../../audit/audit-row.ts'
import { defineMutation } from '../../store/mutation.ts'
import type { Schema } from '../../store/schema.ts'
import { GROUP_TYPES, TYPE_RULES } from '../rules/group-types.ts'
import { isFieldKey } from './custom-fields.ts'

/** A declared key with its levels in the types of groups that have it. */
export interface DeclaredField {
  readonly subject: FieldSubject
  readonly key: string
  readonly levels: readonly {
    readonly type: GroupType
    readonly read: FieldLevel
    readonly write: FieldLevel
  }[]
}

export interface DeclareField {
  readonly app: number
  readonly actor: string
  readonly subject: FieldSubject
  readonly key: string
  readonly types: readonly GroupType[]
  readonly read: FieldLevel
  readonly write: FieldLevel
  /** `group.customFieldsMax` or `group.memberFieldsMax` of the app. */
  readonly max: number
}

/** All declared keys of an app, those of groups first. */
export async function listDeclaredFields(db: Kysely<Schema>, app: number): Promise<DeclaredField[]> {
  const rows = await db.selectFrom('group_field').selectAll().where('app_id', '=', app).execute()
  return FIELD_SUBJECTS.flatMap(subject => {
    const own = rows.filter(row => row.subject === subject)
    return [...new Set(own.map(row => row.key))].sort().map(key => ({
      subject,
      key,
      levels: GROUP_TYPES.flatMap(type =>
        own
          .filter(row => row.key === key && row.type === type)
          .map(row => ({ type, read: row.read_level, write: row.write_level })),
      ),
    }))
  })
}

/**
 * Declares a key in groups of these types, or changes its levels there; the levels in other types stay. Nothing takes a
 * declaration back (rest-2 section 2.4), and a name is of groups or of members, not both (limits.md 4.2).
 */
export const declareField = defineMutation<DeclareField, { readonly isNew: boolean }>(
  'groups/declare-field',
  async (tx, { app, actor, subject, key, types, read, write, max }) => {
    await appRow(tx, app)
    checkDeclaration(subject, key, types, [read, write])
    const known = await listDeclaredFields(tx.db, app)
    const before = known.find(field => field.key === key)
    if (before && before.subject !== subject)
      throw refuse('field', `${key} is declared as a field of ${WHOSE[before.subject]}; choose another name.`)
    const declared = known.filter(field => field.subject === subject).length
    if (!before && declared >= max)
      throw refuse(
        'field',
        `The app has declared its ${max} fields of ${WHOSE[subject]}; raise ${SETTING[subject]} for more.`,
      )
    for (const type of types)
      await tx.db
        .insertInto('group_field')
        .values({ app_id: app, subject, type, key, read_level: read, write_level: write })
        .onConflict(conflict =>
          conflict
            .columns(['app_id', 'subject', 'type', 'key'])
            .doUpdateSet({ read_level: read, write_level: write }),
        )
        .execute()
    const old = Object.fromEntries(
      (before?.levels ?? [])
        .filter(({ type }) => types.includes(type))
        .map(level => [level.type, `${level.read}/${level.write}`]),
    )
    await auditRow(tx, {
      app,
      actor,
      action: 'group/declare-field',
      target: key,
      detail: { subject, types, read, write, ...(Object.keys(old).length > 0 && { old }) },
    })
    return { isNew: before === undefined }
  },
  { keepsHeads: true, locks: appLock },
)

const WHOSE: Readonly<Record<FieldSubject, string>> = { group: 'groups', member: 'members' }
const SETTING: Readonly<Record<FieldSubject, string>> = {
  group: 'group.customFieldsMax',
  member: 'group.memberFieldsMax',
}

function checkDeclaration(
  subject: FieldSubject,
  key: string,
  types: readonly GroupType[],
  levels: readonly FieldLevel[],
): void {
  if (!isFieldKey(key))
    throw refuse('field', `${key.slice(0, 60)} is no key: it has 1 to 16 of A-Z, a-z, 0-9, _.`)
  if (types.length === 0) throw refuse('field', 'Name the types of groups that have the field.')
  if (subject === 'member') {
    const without = types.find(type => !TYPE_RULES[type].storesMembers)
    if (without)
      throw refuse('field', `Members of groups of type ${without} are not stored and have no fields.`)
  } else if (levels.includes('self'))
    throw refuse('field', 'The level self is for fields of members; a group has no self.')
}
