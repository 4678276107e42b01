import type { Call } from '../../commands/command.ts'
import type { GroupRow } from '../group-rows.ts'
import type { ListedMember } from '../members/member-list.ts'
import { TYPE_RULES } from '../rules/group-types.ts'
import type { ActorRole } from '../rules/operations.ts'
import { declaredFields, readableFields } from './field-levels.ts'

type AnyCall = Pick<Call<unknown>, 'caller' | 'services'>

/** The caller is in this live room, which nothing stores. */
export function isInRoom({ caller, services }: AnyCall, group: GroupRow): boolean {
  return (
    caller.door === 'socket' &&
    !TYPE_RULES[group.type].storesMembers &&
    services.rooms.live.has(group.app_id, group.group_no, caller.accountId)
  )
}

/** The role that custom fields are read with: who is in a live room counts as its member. */
export function fieldRole(call: AnyCall, group: GroupRow, role: ActorRole): ActorRole {
  return role === 'NonMember' && isInRoom(call, group) ? 'Member' : role
}

/** Members with those of their custom fields that the caller may read. */
export async function readableMembers(
  { caller, services }: AnyCall,
  group: GroupRow,
  members: readonly ListedMember[],
  role: ActorRole,
): Promise<ListedMember[]> {
  if (members.every(({ shown }) => shown.AppMemberDefinedData.length === 0)) return [...members]
  const declared = await declaredFields(services.store.read, group.app_id, 'member', group.type)
  return members.map(({ shown, ...place }) => ({
    ...place,
    shown: {
      ...shown,
      AppMemberDefinedData: readableFields(declared, shown.AppMemberDefinedData, {
        role,
        isSelf: caller.door === 'socket' && place.account === caller.accountId,
      }),
    },
  }))
}
