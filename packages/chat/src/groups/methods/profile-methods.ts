import { ErrorCode } from '@rookery/protocol/error-code'
import { contentsOf, numberOf, textOf } from '../../messages/content.ts'
import type { Group } from '../../named-types.ts'
import type { Untyped } from '../../untyped.ts'
import { wireFields } from '../custom-fields.ts'
import { type GroupContext, given, groupAfter, groupIdIn, ONCE, pace, REST } from './context.ts'

const SECOND = 1_000
/** How long an answer of the online count holds: rooms, other groups (sdk-2 section 2). */
const COUNT_HOLDS_IN_ROOMS = 5 * SECOND
const COUNT_HOLDS = 60 * SECOND

export interface CreateGroupOptions {
  readonly name: string
  readonly type?: Untyped | undefined
  readonly groupID?: string | undefined
  readonly introduction?: string | undefined
  readonly notification?: string | undefined
  readonly avatar?: string | undefined
  readonly maxMemberNum?: number | undefined
  readonly joinOption?: Untyped | undefined
  readonly inviteOption?: Untyped | undefined
  readonly memberList?: readonly Untyped[] | undefined
  readonly groupCustomField?: readonly Untyped[] | undefined
  readonly isSupportTopic?: boolean | undefined
}

/** Groups and their profiles: sdk-2 section 2. */
export function profileMethods(context: GroupContext) {
  const { groups, call, clock, me, Error: Failure } = context
  const paceProfile = pace(context, 'the group profile', 8, SECOND)
  /** Large rooms keep no members: the server says nothing of who is inside. */
  const visitorOf = (group: Group): Group['selfInfo'] => ({
    ...group.selfInfo,
    userID: me(),
    role: roleInRoom(group, me()),
    messageRemindType: 'AcceptNotNotify',
    joinTime: Math.floor(clock.now() / SECOND),
  })

  /** The server tells of a Work group with its first message only: until then its conversation is made here. */
  const showEmpty = (group: Group): void => {
    const { list, inbox } = context
    const record = list.ensure(`GROUP${group.groupID}`)
    if (!record.isLocal) return
    Object.assign(record, { isKnown: true, isMember: true })
    Object.assign(record.view, { groupProfile: group, subType: group.type })
    inbox.touch(record)
    inbox.flush()
  }
  const counts = new Map<string, { readonly until: number; readonly memberCount: number }>()

  return {
    async getGroupList(_filter?: unknown): Promise<{ readonly groupList: Group[] }> {
      await groups.load()
      return { groupList: groups.joined() }
    },

    async getJoinedCommunityList(): Promise<{ readonly groupList: Group[] }> {
      await groups.load()
      return { groupList: groups.joinedCommunities() }
    },

    async getGroupProfile(options: { readonly groupID: string; readonly [field: string]: Untyped }) {
      const groupID = groupIdIn(context, given(options).groupID)
      paceProfile()
      const group = await groups.fetch(groupID)
      groups.flush()
      return { group }
    },

    /** Public fields. Rejects 10007 for a Work group, which cannot be found. */
    async searchGroupByID(groupID: string) {
      const group = await groups.fetch(groupIdIn(context, groupID))
      if (group.type === ('Private' as Untyped)) {
        throw new Failure(
          ErrorCode.GROUP_PERMISSION_DENIED,
          `${groupID} is a Work group: those are not found by their ID.`,
        )
      }
      return { group }
    },

    async createGroup(options: CreateGroupOptions) {
      const it = given(options)
      const reply = await call(
        `${REST}create_group`,
        compact({
          Type: textOf(it.type) || 'Private',
          Name: textOf(it.name),
          GroupId: it.groupID,
          Introduction: it.introduction,
          Notification: it.notification,
          FaceUrl: it.avatar,
          MaxMemberCount: it.maxMemberNum,
          ApplyJoinOption: it.joinOption,
          InviteJoinOption: it.inviteOption,
          MemberList: Array.isArray(it.memberList)
            ? contentsOf(it.memberList).map(member =>
                compact({
                  Member_Account: textOf(member.userID),
                  Role: member.role,
                  AppMemberDefinedData: wireFields(member.memberCustomField),
                }),
              )
            : undefined,
          AppDefinedData: wireFields(it.groupCustomField),
          SupportTopic: it.isSupportTopic === true ? 1 : undefined,
        }),
        ONCE,
      )
      const groupID = textOf(reply.GroupId)
      const group = await groupAfter(context, groupID)
      // Who makes a room is not in it: like everybody, its owner enters with joinGroup.
      if (!groups.isRoom(groupID)) groups.entered(groupID)
      if (!groups.isRoom(groupID) && !group.isSupportTopic) showEmpty(group)
      groups.flush()
      const over = Array.isArray(reply.OverLimit_Account) ? reply.OverLimit_Account.map(textOf) : []
      return { group, overLimitUserIDList: over }
    },

    async joinGroup(options: {
      readonly groupID: string
      readonly applyMessage?: string | undefined
      readonly type?: Untyped | undefined
    }): Promise<{ readonly status: string; readonly group?: Group }> {
      const it = given(options)
      const groupID = groupIdIn(context, it.groupID)
      const apply = textOf(it.applyMessage)
      groups.joining = groupID
      const reply = await call('group/join', {
        GroupId: groupID,
        ...(apply !== '' && { ApplyMsg: apply }),
      }).finally(() => {
        groups.joining = ''
      })
      const status = textOf(reply.JoinedStatus)
      if (status === 'WaitAdminApproval') return { status }
      const group = reply.Group
        ? groups.apply(reply.Group as Parameters<typeof groups.apply>[0])
        : await groupAfter(context, groupID)
      const former = groups.room
      if (groups.isRoom(groupID) && former !== '' && former !== groupID) {
        groups.left(former)
        // The server lets nobody be in two rooms; that it was told twice does no harm.
        await call('group/quit', { GroupId: former }).catch(() => undefined)
      }
      groups.entered(groupID)
      if (groups.isRoom(groupID)) group.selfInfo = visitorOf(group)
      groups.flush()
      return { status, group }
    },

    /** Rejects 2623 who is no member, 10009 an owner who has to hand the group over first. */
    async quitGroup(groupID: string) {
      const id = groupIdIn(context, groupID)
      await call('group/quit', { GroupId: id }).catch(cause => {
        if (cause instanceof Failure && cause.code === ErrorCode.GROUP_PERMISSION_DENIED)
          throw new Failure(ErrorCode.NOT_IN_GROUP, `You are not in ${id}: there is nothing to quit.`)
        throw cause
      })
      groups.left(id)
      groups.flush()
      return { groupID: id }
    },

    async dismissGroup(groupID: string) {
      const id = groupIdIn(context, groupID)
      await call(`${REST}destroy_group`, { GroupId: id })
      groups.left(id)
      groups.flush()
      return { groupID: id }
    },

    async updateGroupProfile(options: { readonly groupID: string; readonly [field: string]: Untyped }) {
      const it = given(options)
      const groupID = groupIdIn(context, it.groupID)
      paceProfile()
      await call(
        `${REST}modify_group_base_info`,
        compact({
          GroupId: groupID,
          Name: it.name,
          FaceUrl: it.avatar,
          Introduction: it.introduction,
          Notification: it.notification,
          MuteAllMember: onOff(it.muteAllMembers),
          ApplyJoinOption: it.joinOption,
          InviteJoinOption: it.inviteOption,
          AppDefinedData: wireFields(it.groupCustomField),
        }),
      )
      const group = await groupAfter(context, groupID)
      groups.flush()
      return { group }
    },

    /** Rejects 2620 for a large room and 2621 for oneself. */
    async changeGroupOwner(options: { readonly groupID: string; readonly newOwnerID: string }) {
      const it = given(options)
      const groupID = groupIdIn(context, it.groupID)
      const newOwnerID = textOf(it.newOwnerID)
      if (groups.isRoom(groupID))
        throw new Failure(ErrorCode.LIVE_ROOM_OWNER_FIXED, 'The owner of an AVChatRoom cannot be changed.')
      if (newOwnerID === me())
        throw new Failure(ErrorCode.OWNER_TRANSFER_TO_SELF, 'newOwnerID is this user. Name another member.')
      await call(`${REST}change_group_owner`, { GroupId: groupID, NewOwner_Account: newOwnerID })
      const group = await groupAfter(context, groupID)
      groups.flush()
      return { group }
    },

    /** From memory while the last answer holds, as the original wants calls to be rare. */
    async getGroupOnlineMemberCount(groupID: string): Promise<{ readonly memberCount: number }> {
      const id = groupIdIn(context, groupID)
      const known = counts.get(id)
      if (known && known.until > clock.elapsed()) return { memberCount: known.memberCount }
      const reply = await call(`${REST}get_online_member_num`, { GroupId: id })
      const memberCount = numberOf(reply.OnlineMemberNum)
      const holds = groups.isRoom(id) ? COUNT_HOLDS_IN_ROOMS : COUNT_HOLDS
      counts.set(id, { until: clock.elapsed() + holds, memberCount })
      return { memberCount }
    },

    /** Of a group or a topic: `messageRemindType` for this user, on all devices. */
    async setGroupRemindType(id: unknown, remindType: unknown): Promise<{ readonly group: Group }> {
      const groupID = groupIdIn(context, id)
      const { list, inbox } = context
      if (textOf(remindType) === '')
        throw new Failure(
          ErrorCode.OPERATION_INVALID,
          'messageRemindType must be a TYPES.MSG_REMIND_… value.',
        )
      await call('group/set_self', { GroupId: groupID, MsgFlag: textOf(remindType) })
      const group = groups.get(groupID) ?? (await groupAfter(context, groupID))
      group.selfInfo = { ...group.selfInfo, messageRemindType: remindType }
      const record = list.get(`GROUP${groupID}`)
      if (record) {
        record.view.messageRemindType = remindType as Untyped
        inbox.touch(record)
      }
      inbox.flush()
      return { group }
    },
  }
}

/** As far as is known of who is in a large room. */
export const roleInRoom = (group: Group | undefined, userID: string): string =>
  group?.ownerID === userID ? 'Owner' : 'Member'

export const onOff = (value: unknown): string | undefined =>
  typeof value === 'boolean' ? (value ? 'On' : 'Off') : undefined

/** Without the fields that are `undefined` or `null`: kits pass those for what the user left out. */
export function compact(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== null),
  )
}
