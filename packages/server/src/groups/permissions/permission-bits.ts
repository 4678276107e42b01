import type { Transaction } from '../../store/mutation.ts'
import type { GroupRow } from '../group-rows.ts'
import { type Actor, actorRole } from '../judge.ts'

/** Bits of a community mask (rest-2 section 2.8). */
export const CommunityBit = {
  MANAGE_GROUP: 0,
  MANAGE_MEMBERS: 1,
  MANAGE_PERMISSION_GROUPS: 2,
  MANAGE_PERMISSION_MEMBERS: 3,
  MANAGE_TOPICS: 4,
  MUTE: 5,
  SEND: 6,
  MENTION_ALL: 7,
  READ_HISTORY: 8,
  RECALL: 9,
  BAN: 10,
} as const

export type CommunityBit = (typeof CommunityBit)[keyof typeof CommunityBit]

const MASK_MAX = 2n ** 64n - 1n

/** Decimal text of a 64-bit mask, also of a number or of hexadecimal text; undefined for anything else. */
export function maskText(value: number | string): string | undefined {
  if (
    typeof value === 'number' ? !Number.isSafeInteger(value) : !/^(\d{1,20}|0x[0-9a-fA-F]{1,16})$/.test(value)
  )
    return undefined
  const mask = BigInt(value)
  return mask >= 0n && mask <= MASK_MAX ? String(mask) : undefined
}

export function hasBit(mask: bigint, bit: number): boolean {
  return ((mask >> BigInt(bit)) & 1n) === 1n
}

/** A member's rights in a community: those of all of its permission groups, else the community's default. */
export async function communityMask(
  db: Transaction['db'],
  community: GroupRow,
  account: number,
): Promise<bigint> {
  const rows = await db
    .selectFrom('permission_member as member')
    .innerJoin('permission_group as permission', join =>
      join
        .onRef('permission.app_id', '=', 'member.app_id')
        .onRef('permission.group_no', '=', 'member.group_no')
        .onRef('permission.name', '=', 'member.name'),
    )
    .select('permission.permission')
    .where('member.app_id', '=', community.app_id)
    .where('member.group_no', '=', community.group_no)
    .where('member.account_id', '=', account)
    .execute()
  if (rows.length === 0) return BigInt(community.default_permission)
  return rows.reduce((mask, row) => mask | BigInt(row.permission), 0n)
}

/**
 * Whether somebody may do what a bit stands for: app admin and owner always; where permission groups are on, members with the
 * bit; where they are off, admins.
 */
export async function mayInCommunity(
  db: Transaction['db'],
  community: GroupRow,
  member: { readonly role: number } | undefined,
  actor: Actor,
  bit: CommunityBit,
): Promise<boolean> {
  const role = actorRole(community, member, actor)
  if (role === 'AppAdmin' || role === 'Owner') return true
  if (role === 'NonMember') return false
  return community.enable_permission
    ? hasBit(await communityMask(db, community, actor.account), bit)
    : role === 'Admin'
}
