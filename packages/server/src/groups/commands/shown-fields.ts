import type { WireCustomField, WireGroup, WireGroupMember } from '@rookery/protocol/wire-group'
import type { GroupRow } from '../group-rows.ts'
import { shownMask } from '../permissions/permission-mask.ts'

/** Fields by name, as REST answers choose among them. */
export type Shown = Readonly<Record<string, unknown>>

/** A group's base fields with their older names (rest-2 sections 2.2 and 2.9). */
export function shownGroup(wire: WireGroup, group: GroupRow): Shown {
  const { AppDefinedData: _, ...base } = wire
  return {
    ...base,
    ShutUpAllMember: wire.MuteAllMember,
    EnablePermission: group.enable_permission,
    DefaultPermission: shownMask(group.default_permission),
    Appid: group.app_id,
  }
}

/** A member's fields with their older names. @param withPerson over the socket, nickname and avatar too. */
export function shownMember(member: WireGroupMember, withPerson: boolean): Shown {
  const { AppMemberDefinedData: _, NickName, Avatar, ...base } = member
  return { ...base, ShutUpUntil: member.MuteUntil, ...(withPerson && { NickName, Avatar }) }
}

/** Only the named ones; unknown names are nothing. Absent: all. */
export function pick(shown: Shown, filter: readonly string[] | undefined): Record<string, unknown> {
  if (filter === undefined) return { ...shown }
  return Object.fromEntries(filter.flatMap(name => (Object.hasOwn(shown, name) ? [[name, shown[name]]] : [])))
}

/** Only fields of these keys. */
export function pickFields(
  fields: readonly WireCustomField[],
  keys: readonly string[] | undefined,
): readonly WireCustomField[] {
  return keys === undefined ? fields : fields.filter(({ Key }) => keys.includes(Key))
}

/** A filter that names `Account` means `Member_Account` (rest-2 section 2.9). */
export function memberFilter(filter: readonly string[] | undefined): readonly string[] | undefined {
  return filter && [...new Set(['Member_Account', ...filter.filter(name => name !== 'Account')])]
}
