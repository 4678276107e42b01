import type { SettingKey } from '@rookery/protocol/limits'
import type {
  ApplyJoinOption,
  GroupReceiveOption,
  GroupRole,
  GroupType,
  InviteJoinOption,
} from '@rookery/protocol/wire-group'

export const GROUP_TYPES = ['Private', 'Public', 'ChatRoom', 'AVChatRoom', 'Community'] as const

/** What a group of a type can do and how it begins (rest-2 sections 1.3 to 1.7 and 2.2). */
export interface TypeRules {
  readonly productName: string
  /** Names of the product that a request may use too. */
  readonly alias?: string
  /** The letter after `@TGS#` of a GroupId that the server makes. */
  readonly idLetter: string
  readonly roles: readonly GroupRole[]
  /** False: the audience is in memory on the nodes, and nothing about it is stored. */
  readonly storesMembers: boolean
  /** False: to non-members it does not exist. */
  readonly foundByOthers: boolean
  readonly applyOption: ApplyJoinOption
  readonly inviteOption: InviteJoinOption
  /** The two options stay what they are. */
  readonly optionsFixed: boolean
  readonly ownerMayQuit: boolean
  readonly startsInactive: boolean
  /** `HistoryMsgBeforeJoin` may be set for a single group. */
  readonly historyPerGroup: boolean
  /** The setting with the default of it; absent: no history. */
  readonly historySetting?: SettingKey
  readonly storesHistory: boolean
  readonly countsUnread: boolean
  readonly receiveOption: GroupReceiveOption
  readonly readReceipts: boolean
  readonly directedMessages: boolean
  readonly mentions: boolean
  readonly messageExtensions: boolean
  readonly attributes: boolean
  readonly counters: boolean
  readonly pins: boolean
  readonly topics: boolean
  readonly importable: boolean
  /** The setting with the most members a group may have; absent: no bound. */
  readonly membersSetting?: SettingKey & ('group.membersMax' | 'group.communityMembersMax')
  /** Most members when an SDK makes the group and says nothing. */
  readonly sdkMembers?: number
  /** A mute of a member, of everybody; a ban. */
  readonly mutes: boolean
  readonly bans: boolean
  /** Whether the person learns of being appointed admin or dismissed as one. */
  readonly adminNotices: boolean
}

const STORED = {
  storesMembers: true,
  ownerMayQuit: false,
  startsInactive: false,
  optionsFixed: false,
  storesHistory: true,
  mentions: true,
  messageExtensions: true,
  attributes: true,
  counters: true,
  pins: true,
  topics: false,
  importable: true,
  mutes: true,
  bans: true,
  adminNotices: true,
} as const

export const TYPE_RULES: Readonly<Record<GroupType, TypeRules>> = {
  Private: {
    ...STORED,
    productName: 'Work',
    alias: 'Work',
    idLetter: '1',
    roles: ['Owner', 'Member'],
    foundByOthers: false,
    applyOption: 'DisableApply',
    inviteOption: 'FreeAccess',
    ownerMayQuit: true,
    startsInactive: true,
    historyPerGroup: true,
    historySetting: 'group.historyBeforeJoin.work',
    countsUnread: true,
    receiveOption: 'AcceptAndNotify',
    readReceipts: true,
    directedMessages: true,
    membersSetting: 'group.membersMax',
    sdkMembers: 200,
    mutes: false,
    adminNotices: false,
  },
  Public: {
    ...STORED,
    productName: 'Public',
    idLetter: '2',
    roles: ['Owner', 'Admin', 'Member'],
    foundByOthers: true,
    applyOption: 'NeedPermission',
    inviteOption: 'DisableInvite',
    historyPerGroup: true,
    historySetting: 'group.historyBeforeJoin.public',
    countsUnread: true,
    receiveOption: 'AcceptAndNotify',
    readReceipts: true,
    directedMessages: true,
    membersSetting: 'group.membersMax',
    sdkMembers: 2000,
  },
  ChatRoom: {
    ...STORED,
    productName: 'Meeting',
    alias: 'Meeting',
    idLetter: '3',
    roles: ['Owner', 'Admin', 'Member'],
    foundByOthers: true,
    applyOption: 'FreeAccess',
    inviteOption: 'DisableInvite',
    historyPerGroup: true,
    historySetting: 'group.historyBeforeJoin.meeting',
    countsUnread: false,
    receiveOption: 'AcceptNotNotify',
    readReceipts: true,
    directedMessages: true,
    membersSetting: 'group.membersMax',
    sdkMembers: 6000,
    adminNotices: false,
  },
  AVChatRoom: {
    ...STORED,
    productName: 'live room',
    idLetter: 'a',
    roles: ['Owner', 'Admin'],
    storesMembers: false,
    foundByOthers: true,
    applyOption: 'FreeAccess',
    inviteOption: 'DisableInvite',
    optionsFixed: true,
    historyPerGroup: false,
    storesHistory: false,
    countsUnread: false,
    receiveOption: 'AcceptNotNotify',
    readReceipts: false,
    directedMessages: false,
    mentions: false,
    messageExtensions: false,
    pins: false,
    importable: false,
    adminNotices: false,
  },
  Community: {
    ...STORED,
    productName: 'Community',
    idLetter: 'c',
    roles: ['Owner', 'Admin', 'Member'],
    foundByOthers: true,
    applyOption: 'FreeAccess',
    inviteOption: 'FreeAccess',
    historyPerGroup: false,
    historySetting: 'group.historyBeforeJoin.community',
    countsUnread: true,
    receiveOption: 'AcceptAndNotify',
    readReceipts: false,
    directedMessages: false,
    counters: false,
    topics: true,
    bans: false,
    membersSetting: 'group.communityMembersMax',
    sdkMembers: 100_000,
  },
}

/** The wire's name of a type that a request names, also by its product name. */
export function groupTypeNamed(name: string): GroupType | undefined {
  return GROUP_TYPES.find(type => type === name || TYPE_RULES[type].alias === name)
}
