import type { FieldLevel, FieldSubject } from '@rookery/protocol/group-field'
import type { GroupType, WireCustomField } from '@rookery/protocol/wire-group'
import type { Kysely } from 'kysely'
import { PreparedQuery, perDatabase } from '../../store/prepared.ts'
import type { Schema } from '../../store/schema.ts'
import { badField, denied } from '../group-error.ts'
import type { ActorRole } from '../rules/operations.ts'
import { parseFields } from './custom-fields.ts'

interface Levels {
  readonly read: FieldLevel
  readonly write: FieldLevel
}

/** The declared fields of a subject in groups of one type, by key. */
export type DeclaredFields = ReadonlyMap<string, Levels>

/** Who reads or writes: the role in the group, and whether the field is the actor's own. */
export interface Reach {
  readonly role: ActorRole
  readonly isSelf?: boolean
}

const queries = perDatabase(db => ({
  declared: new PreparedQuery<
    { app: number; subject: FieldSubject; type: GroupType },
    { key: string; read_level: FieldLevel; write_level: FieldLevel }
  >(db, (db, parameter) =>
    db
      .selectFrom('group_field')
      .select(['key', 'read_level', 'write_level'])
      .where('app_id', '=', parameter('app'))
      .where('subject', '=', parameter('subject'))
      .where('type', '=', parameter('type')),
  ),
}))

/** What the app declared, as of this reading. */
export async function declaredFields(
  db: Kysely<Schema>,
  app: number,
  subject: FieldSubject,
  type: GroupType,
): Promise<DeclaredFields> {
  const rows = await queries(db).declared.all({ app, subject, type })
  return new Map(rows.map(row => [row.key, { read: row.read_level, write: row.write_level }]))
}

const LEVEL_RANK: Readonly<Record<FieldLevel, number>> = {
  anybody: 0,
  member: 1,
  self: 2,
  admin: 3,
  owner: 4,
  app: 5,
}
const ROLE_LEVEL: Readonly<Record<ActorRole, FieldLevel>> = {
  NonMember: 'anybody',
  Member: 'member',
  Admin: 'admin',
  Owner: 'owner',
  AppAdmin: 'app',
}

function reaches({ role, isSelf = false }: Reach, level: FieldLevel): boolean {
  return Math.max(LEVEL_RANK[ROLE_LEVEL[role]], isSelf ? LEVEL_RANK.self : 0) >= LEVEL_RANK[level]
}

/** Those that the reader may see; what is not declared is for everybody. */
export function readableFields(
  declared: DeclaredFields,
  fields: readonly WireCustomField[],
  reader: Reach,
): readonly WireCustomField[] {
  return fields.filter(({ Key }) => reaches(reader, declared.get(Key)?.read ?? 'anybody'))
}

/** Of the stored fields of a group or one of its members, those that the reader may see. */
export async function shownFields(
  db: Kysely<Schema>,
  group: { readonly app_id: number; readonly type: GroupType },
  subject: FieldSubject,
  stored: string,
  reader: Reach,
): Promise<readonly WireCustomField[]> {
  const fields = parseFields(stored)
  if (fields.length === 0) return fields
  return readableFields(await declaredFields(db, group.app_id, subject, group.type), fields, reader)
}

/** What a change by key is judged by. */
export interface FieldWrite {
  /** `AppDefinedData`, as the request names it. */
  readonly field: string
  readonly type: GroupType
  readonly given: readonly WireCustomField[]
  readonly declared: DeclaredFields
  readonly writer: Reach
  /** `group.undeclaredFields` */
  readonly acceptsUndeclared: boolean
}

export interface Written {
  /** Undeclared keys are among them, which ask for the right to the rest of the profile. */
  readonly hasUndeclared: boolean
  /** So are declared ones that the app does not let all members write: of another's fields, rank counts there. */
  readonly hasGuarded: boolean
}

/**
 * Judges each key by its own level. Throws 10004 for a key that has to be declared, 10007 for one that the writer may not
 * change.
 */
export function requireWritable(write: FieldWrite): Written {
  const { field, type, declared, writer } = write
  let hasUndeclared = false
  let hasGuarded = false
  for (const { Key } of write.given) {
    const level = declared.get(Key)?.write
    if (level === undefined) {
      if (!write.acceptsUndeclared) throw undeclared(field, Key, type)
      hasUndeclared = true
      continue
    }
    if (!reaches(writer, level))
      throw denied(
        `${field}: ${Key} is written by ${WHO[level]} in groups of type ${type}, and you are ${writer.role}. ${CHANGE}`,
        'field-level',
      )
    hasGuarded ||= LEVEL_RANK[level] >= LEVEL_RANK.self
  }
  return { hasUndeclared, hasGuarded }
}

const CHANGE = 'An operator changes it in the console or with "rookery group declare-field".'

function undeclared(field: string, key: string, type: GroupType): Error {
  return badField(
    field,
    `has the key ${key}, which is not declared for groups of type ${type}: declare it in the console or with ` +
      `"rookery group declare-field", or let the app accept such keys with its setting group.undeclaredFields`,
  )
}

const WHO: Readonly<Record<FieldLevel, string>> = {
  anybody: 'everybody',
  member: 'members',
  self: 'the member whose field it is and by admins',
  admin: 'admins and the owner',
  owner: 'the owner',
  app: 'app admins over REST',
}
