import type { Kysely } from 'kysely'
import type { Schema } from '../../store/schema.ts'
import type { GroupRow } from '../group-rows.ts'
import type { ActorRole, Operation } from '../rules/operations.ts'
import {
  COMMUNITY_RIGHTS,
  type CommunityRight,
  rightOf,
  TOPIC_RIGHTS,
  type TopicRight,
} from '../rules/permission-rules.ts'
import { hasBit } from './permission-mask.ts'

/** One permission group of a member, or what a community permits to members of none. */
interface Masks {
  readonly community: bigint
  /** By the topic's `group_no`. */
  readonly topics: ReadonlyMap<number, bigint>
}

/** A member's rights: what any of its permission groups permits, else the community's default (rest-2 section 2.8). */
export type Rights = readonly Masks[]

const NO_TOPICS: ReadonlyMap<number, bigint> = new Map()

/** The rights of members, by account; undefined where permission groups are off, and roles say everything. */
export async function rightsAmong(
  db: Kysely<Schema>,
  community: GroupRow,
  accounts: readonly number[],
): Promise<(account: number) => Rights | undefined> {
  if (!community.enable_permission) return () => undefined
  const rows =
    accounts.length === 0
      ? []
      : await db
          .selectFrom('permission_member as member')
          .innerJoin('permission_group as permission', join =>
            join
              .onRef('permission.app_id', '=', 'member.app_id')
              .onRef('permission.group_no', '=', 'member.group_no')
              .onRef('permission.name', '=', 'member.name'),
          )
          .leftJoin('permission_topic as topic', join =>
            join
              .onRef('topic.app_id', '=', 'member.app_id')
              .onRef('topic.group_no', '=', 'member.group_no')
              .onRef('topic.name', '=', 'member.name'),
          )
          .select(['member.account_id', 'member.name', 'permission.permission'])
          .select(['topic.topic_no', 'topic.permission as topic_permission'])
          .where('member.app_id', '=', community.app_id)
          .where('member.group_no', '=', community.group_no)
          .where('member.account_id', 'in', accounts)
          .execute()
  const byAccount = new Map<number, Map<string, { community: bigint; topics: Map<number, bigint> }>>()
  for (const row of rows) {
    const groups = byAccount.get(row.account_id) ?? new Map()
    byAccount.set(row.account_id, groups)
    const masks = groups.get(row.name) ?? { community: BigInt(row.permission), topics: new Map() }
    groups.set(row.name, masks)
    if (row.topic_no !== null) masks.topics.set(row.topic_no, BigInt(row.topic_permission ?? '0'))
  }
  const byDefault: Rights = [{ community: BigInt(community.default_permission), topics: NO_TOPICS }]
  return account => {
    const groups = byAccount.get(account)
    return groups ? [...groups.values()] : byDefault
  }
}

export async function rightsOf(
  db: Kysely<Schema>,
  community: GroupRow,
  account: number,
): Promise<Rights | undefined> {
  return (await rightsAmong(db, community, [account]))(account)
}

export function hasCommunityRight(rights: Rights, right: CommunityRight): boolean {
  return rights.some(masks => hasBit(masks.community, COMMUNITY_RIGHTS[right].bit))
}

/** In a topic each permission group counts by its mask there, and by the matching bit of its community mask where it has none. */
export function hasTopicRight(rights: Rights, topic: number, right: TopicRight): boolean {
  const { bit, community } = TOPIC_RIGHTS[right]
  return rights.some(masks => {
    const mask = masks.topics.get(topic)
    return mask === undefined ? hasBit(masks.community, COMMUNITY_RIGHTS[community].bit) : hasBit(mask, bit)
  })
}

/**
 * The role that counts for an operation. Where permission groups are on, members and admins alike are admins for what their masks
 * permit, and members for everything else; owner and app stay what they are.
 */
export function roleFor(operation: Operation, role: ActorRole, rights: Rights | undefined): ActorRole {
  if (!rights || (role !== 'Admin' && role !== 'Member')) return role
  const right = rightOf(operation)
  return right && hasCommunityRight(rights, right) ? 'Admin' : 'Member'
}

/** The same for what is done in a topic. */
export function roleInTopic(
  right: TopicRight,
  topic: number,
  role: ActorRole,
  rights: Rights | undefined,
): ActorRole {
  if (!rights || (role !== 'Admin' && role !== 'Member')) return role
  return hasTopicRight(rights, topic, right) ? 'Admin' : 'Member'
}
