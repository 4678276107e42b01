import type { Operation } from './operations.ts'

/** What a bit of a mask permits. Where permission groups are on, it makes a member an admin for its operations. */
export interface RightRules {
  readonly bit: number
  readonly title: string
  /** Operations of the table of roles that it governs. */
  readonly operations: readonly Operation[]
}

/** Bits of a community mask (rest-2 section 2.8). `permission-rules.test.ts` runs every row through the doors. */
export const COMMUNITY_RIGHTS = {
  manageGroup: {
    bit: 0,
    title: 'Manage the profile and the options of the community',
    operations: ['changeProfile', 'changeOptions'],
  },
  manageMembers: {
    bit: 1,
    title:
      "Remove members, edit their name cards and fields, approve who wants in, invite without somebody's approval",
    operations: ['remove', 'editMember', 'handleApplications'],
  },
  managePermissionGroups: {
    bit: 2,
    title: 'Make, change and destroy permission groups, their masks in topics, `DefaultPermission`',
    operations: ['managePermissionGroups'],
  },
  managePermissionMembers: {
    bit: 3,
    title: 'Put members into permission groups and take them out',
    operations: ['managePermissionMembers'],
  },
  manageTopics: { bit: 4, title: 'Make and destroy topics', operations: ['manageTopics'] },
  mute: {
    bit: 5,
    title: 'Mute members or everybody; speak while everybody is muted',
    operations: ['muteMember', 'muteAll'],
  },
  send: { bit: 6, title: 'Send', operations: [] },
  mentionAll: { bit: 7, title: 'Mention everybody', operations: [] },
  readHistory: { bit: 8, title: 'Read the history (`group/get_messages`)', operations: [] },
  recall: { bit: 9, title: 'Recall messages of others', operations: [] },
  ban: { bit: 10, title: 'Ban members (communities have no bans so far)', operations: ['ban'] },
} as const satisfies Readonly<Record<string, RightRules>>

export type CommunityRight = keyof typeof COMMUNITY_RIGHTS

export interface TopicRightRules {
  readonly bit: number
  readonly title: string
  /** What counts in a topic for which a permission group has no mask. */
  readonly community: CommunityRight
}

/** Bits of the mask that a permission group has in a topic. */
export const TOPIC_RIGHTS = {
  manageTopic: { bit: 0, title: 'Change the profile of the topic', community: 'manageTopics' },
  managePermissions: {
    bit: 1,
    title: 'Give permission groups masks in the topic',
    community: 'managePermissionGroups',
  },
  mute: {
    bit: 2,
    title: 'Mute members or everybody in the topic; speak while everybody is muted',
    community: 'mute',
  },
  send: { bit: 3, title: 'Send in the topic', community: 'send' },
  readHistory: {
    bit: 4,
    title: 'Read the history of the topic (`group/get_messages`)',
    community: 'readHistory',
  },
  recall: { bit: 5, title: 'Recall messages of others in the topic', community: 'recall' },
  mentionAll: { bit: 6, title: 'Mention everybody in the topic', community: 'mentionAll' },
} as const satisfies Readonly<Record<string, TopicRightRules>>

export type TopicRight = keyof typeof TOPIC_RIGHTS

const RIGHT_OF: ReadonlyMap<Operation, CommunityRight> = new Map(
  (Object.keys(COMMUNITY_RIGHTS) as CommunityRight[]).flatMap(right =>
    COMMUNITY_RIGHTS[right].operations.map((operation): [Operation, CommunityRight] => [operation, right]),
  ),
)

/** The right that governs an operation; undefined: none does, and so only owner and app, or every member, may. */
export function rightOf(operation: Operation): CommunityRight | undefined {
  return RIGHT_OF.get(operation)
}
