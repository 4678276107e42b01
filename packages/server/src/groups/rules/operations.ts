import { ErrorCode } from '@rookery/protocol/error-code'
import type { GroupRole, GroupType } from '@rookery/protocol/wire-group'

/** Who asks: a role in the group, nobody of it, or the app over REST, which has the owner's rights everywhere. */
export const ACTOR_ROLES = ['AppAdmin', 'Owner', 'Admin', 'Member', 'NonMember'] as const
export type ActorRole = (typeof ACTOR_ROLES)[number]

type Allowed = Readonly<Record<GroupType, readonly ActorRole[]>>

export interface OperationRules {
  readonly title: string
  readonly allowed: Allowed
  /** Answered to everybody else; 10007 where nothing else is said. */
  readonly refusal?: Partial<Readonly<Record<GroupType, number>>>
  /** Another code for one role. */
  readonly refusalOf?: Partial<Readonly<Record<ActorRole, number>>>
  /** Only on members of a lower rank. */
  readonly downwards?: true
}

const NOBODY = [] as const
const APP = ['AppAdmin'] as const
const OWNER = ['AppAdmin', 'Owner'] as const
const STAFF = ['AppAdmin', 'Owner', 'Admin'] as const
const MEMBERS = ['AppAdmin', 'Owner', 'Admin', 'Member'] as const
const ALL = [...MEMBERS, 'NonMember'] as const
const INSIDERS = ['Owner', 'Admin', 'Member'] as const
const PERSONS = [...INSIDERS, 'NonMember'] as const

const types = (
  Private: readonly ActorRole[],
  Public: readonly ActorRole[],
  ChatRoom: readonly ActorRole[],
  AVChatRoom: readonly ActorRole[],
  Community: readonly ActorRole[],
): Allowed => ({ Private, Public, ChatRoom, AVChatRoom, Community })

/** Roles × operations (rest-2 section 1.3). `operations.test.ts` runs every cell through the doors. */
export const OPERATIONS = {
  lookUp: { title: 'See the profile', allowed: types(MEMBERS, ALL, ALL, ALL, ALL) },
  listMembers: { title: 'List members', allowed: types(MEMBERS, MEMBERS, MEMBERS, NOBODY, MEMBERS) },
  changeProfile: {
    title: 'Change name, texts, avatar, custom fields',
    allowed: types(MEMBERS, STAFF, STAFF, STAFF, STAFF),
  },
  changeOptions: {
    title: 'Change the options of joining, history and size',
    allowed: types(OWNER, STAFF, STAFF, STAFF, STAFF),
  },
  muteAll: { title: 'Mute everybody', allowed: types(NOBODY, STAFF, STAFF, STAFF, STAFF) },
  dismiss: { title: 'Dismiss', allowed: types(APP, OWNER, OWNER, OWNER, OWNER) },
  transfer: { title: 'Hand over', allowed: types(OWNER, OWNER, OWNER, NOBODY, OWNER) },
  invite: {
    title: 'Add or invite (members as InviteJoinOption says)',
    allowed: types(MEMBERS, MEMBERS, MEMBERS, NOBODY, MEMBERS),
  },
  remove: {
    title: 'Remove members',
    allowed: types(OWNER, STAFF, STAFF, NOBODY, STAFF),
    refusal: { AVChatRoom: ErrorCode.GROUP_PARAMETER_INVALID },
    downwards: true,
  },
  setRole: {
    title: 'Appoint and dismiss admins',
    allowed: types(NOBODY, OWNER, OWNER, NOBODY, OWNER),
    downwards: true,
  },
  muteMember: {
    title: 'Mute a member',
    allowed: types(NOBODY, STAFF, STAFF, STAFF, STAFF),
    downwards: true,
  },
  ban: { title: 'Ban and unban', allowed: types(OWNER, STAFF, STAFF, STAFF, NOBODY), downwards: true },
  editMember: {
    title: "Change another member's name card and custom fields",
    allowed: types(OWNER, STAFF, STAFF, NOBODY, STAFF),
    downwards: true,
  },
  switchPermissions: {
    title: 'Switch permission groups on and off (with topics)',
    allowed: types(NOBODY, NOBODY, NOBODY, NOBODY, OWNER),
  },
  managePermissionGroups: {
    title: 'Make, change and destroy permission groups',
    allowed: types(NOBODY, NOBODY, NOBODY, NOBODY, STAFF),
  },
  managePermissionMembers: {
    title: 'Put members into permission groups',
    allowed: types(NOBODY, NOBODY, NOBODY, NOBODY, STAFF),
  },
  manageTopics: {
    title: 'Make, change and destroy topics',
    allowed: types(NOBODY, NOBODY, NOBODY, NOBODY, STAFF),
  },
  editSelf: {
    title: 'Change the own name card, custom fields, receive option',
    allowed: types(INSIDERS, INSIDERS, INSIDERS, NOBODY, INSIDERS),
  },
  join: {
    title: 'Join or apply (as ApplyJoinOption says; who is inside stays)',
    allowed: types(PERSONS, PERSONS, PERSONS, PERSONS, PERSONS),
  },
  handleApplications: {
    title: 'Approve and refuse',
    allowed: types(['Owner'], ['Owner', 'Admin'], ['Owner', 'Admin'], NOBODY, ['Owner', 'Admin']),
  },
  quit: {
    title: 'Quit',
    allowed: types(
      INSIDERS,
      ['Admin', 'Member'],
      ['Admin', 'Member'],
      ['Admin', 'Member'],
      ['Admin', 'Member'],
    ),
    refusalOf: { Owner: ErrorCode.GROUP_OWNER_CANNOT_QUIT },
  },
} as const satisfies Readonly<Record<string, OperationRules>>

export type Operation = keyof typeof OPERATIONS

export function mayDo(operation: Operation, type: GroupType, role: ActorRole): boolean {
  return OPERATIONS[operation].allowed[type].includes(role)
}

export function refusalCode(operation: Operation, type: GroupType, role: ActorRole): number {
  const rules: OperationRules = OPERATIONS[operation]
  return rules.refusalOf?.[role] ?? rules.refusal?.[type] ?? ErrorCode.GROUP_PERMISSION_DENIED
}

const RANK: Readonly<Record<ActorRole, number>> = { AppAdmin: 4, Owner: 3, Admin: 2, Member: 1, NonMember: 0 }

/** Nobody acts on an equal or higher role (rest-2 section 1.2). */
export function outranks(actor: ActorRole, target: GroupRole | 'NonMember'): boolean {
  return RANK[actor] > RANK[target]
}
