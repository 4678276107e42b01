import { ErrorCode } from '@rookery/protocol/error-code'
import { type Content, contentsOf, isContent, numberOf, textOf } from '../../messages/content.ts'
import type { GroupMember } from '../../named-types.ts'
import type { Untyped } from '../../untyped.ts'
import { fieldsOf, wireFields } from '../custom-fields.ts'
import { type GroupContext, given, groupAfter, groupIdIn, ONCE, REST, ROOMS, userIdsIn } from './context.ts'
import { roleInRoom } from './profile-methods.ts'

const DEFAULT_COUNT = 15
const MAX_COUNT = 100
/** Named members of one query; the rest is dropped (sdk-2 section 3). */
const NAMED = 50
/** `filter` values of the newest store. */
const ROLE_OF_FILTER: Readonly<Record<number, string>> = { 200: 'Member', 300: 'Admin', 400: 'Owner' }
const FIRST_MARK = 1_000
/** Cursors of communities that are remembered, so that callers may page with plain numbers. */
const CURSORS = 200

/** Members: sdk-2 section 3. */
export function memberMethods(context: GroupContext) {
  const { groups, call, me, Error: Failure } = context
  const cursors = new Map<string, string>()

  const refuseInRooms = (groupID: string): void => {
    if (groups.isRoom(groupID)) {
      throw new Failure(
        ErrorCode.LIVE_ROOM_UNSUPPORTED,
        `${groupID} is an AVChatRoom, which keeps no members.`,
      )
    }
  }

  const named = async (groupID: string, userIDs: readonly string[]): Promise<GroupMember[]> => {
    const reply = await call(`${REST}get_specified_group_member_info`, {
      GroupId: groupID,
      Member_List_Account: userIDs.slice(0, NAMED),
    })
    return contentsOf(reply.MemberList).map(memberOf)
  }

  /** The answer of the methods that change one member. */
  const changed = async (groupID: string, userID: string) => {
    const group = await groupAfter(context, groupID)
    const [member] = groups.isRoom(groupID) ? [] : await named(groupID, [userID])
    groups.flush()
    return { group, member: member ?? memberOf({ Member_Account: userID }) }
  }

  const change = async (groupID: string, userID: string, fields: Content) => {
    const body = { GroupId: groupID, ...fields }
    if (userID === me()) await call('group/set_self', body)
    else await call(`${REST}modify_group_member_info`, { ...body, Member_Account: userID })
    return changed(groupID, userID)
  }

  /** Recent visitors: the server's pages run by time, and are longer than what is asked for here. */
  const visitors = async (groupID: string, start: number, count: number, mark: number | undefined) => {
    const reply = await call(`${ROOMS}get_members`, {
      GroupId: groupID,
      Timestamp: 0,
      ...(mark !== undefined && { Mark: mark }),
    })
    const all = contentsOf(reply.MemberList)
    const memberList = all
      .slice(start, start + count)
      .map(it => memberOf({ ...it, Role: roleInRoom(groups.get(groupID), textOf(it.Member_Account)) }))
    return { memberList, offset: start + count < all.length ? start + count : 0 }
  }

  const membersFrom = async (groupID: string, count: number, role: string, place: Content) => {
    const reply = await call(`${REST}get_group_member_info`, {
      GroupId: groupID,
      Limit: count,
      ...place,
      ...(role !== '' && { MemberRoleFilter: [role] }),
    })
    return { reply, memberList: contentsOf(reply.MemberList).map(memberOf) }
  }

  const keepCursor = (key: string, cursor: string): void => {
    cursors.delete(key)
    cursors.set(key, cursor)
    const [eldest] = cursors.keys()
    if (cursors.size > CURSORS && eldest !== undefined) cursors.delete(eldest)
  }

  /** The cursor after so many members; undefined when there are no more than those. Unknown ones are found page by page. */
  const cursorAt = async (groupID: string, start: number, role: string): Promise<string | undefined> => {
    if (start <= 0) return ''
    const key = `${start} ${role} ${groupID}`
    const known = cursors.get(key)
    if (known !== undefined) return known || undefined
    let cursor = ''
    for (let at = 0; at < start; ) {
      const count = Math.min(MAX_COUNT, start - at)
      const { reply, memberList } = await membersFrom(groupID, count, role, { Next: cursor })
      at += memberList.length
      cursor = textOf(reply.Next)
      if (cursor === '' || memberList.length === 0) return undefined
    }
    keepCursor(key, cursor)
    return cursor
  }

  const communityPage = async (groupID: string, offset: unknown, count: number, role: string) => {
    const start = numberOf(offset)
    const cursor = typeof offset === 'string' ? offset : await cursorAt(groupID, start, role)
    if (cursor === undefined) return { memberList: [], offset: '' }
    const { reply, memberList } = await membersFrom(groupID, count, role, { Next: cursor })
    const next = textOf(reply.Next)
    if (typeof offset !== 'string') keepCursor(`${start + memberList.length} ${role} ${groupID}`, next)
    return { memberList, offset: next }
  }

  const pageOf = async (groupID: string, offset: unknown, count: number, role: string) => {
    if (groups.get(groupID)?.type === ('Community' as Untyped))
      return communityPage(groupID, offset, count, role)
    const start = numberOf(offset)
    const { reply, memberList } = await membersFrom(groupID, count, role, { Offset: start })
    const total = role === '' ? numberOf(reply.MemberNum) : Number.POSITIVE_INFINITY
    const isEnd = memberList.length < count || start + memberList.length >= total
    return { memberList, offset: isEnd ? 0 : start + memberList.length }
  }

  return {
    async getGroupMemberList(options: {
      readonly groupID: string
      readonly count?: number | undefined
      readonly offset?: number | string | undefined
      readonly role?: Untyped | undefined
      readonly filter?: number | undefined
    }): Promise<{ readonly memberList: GroupMember[]; readonly offset: number | string }> {
      const it = given(options)
      const groupID = groupIdIn(context, it.groupID)
      const count = Math.min(MAX_COUNT, Math.max(1, Math.floor(numberOf(it.count)) || DEFAULT_COUNT))
      const filter = numberOf(it.filter)
      if (groups.isRoom(groupID))
        return visitors(groupID, numberOf(it.offset), count, filter >= FIRST_MARK ? filter : undefined)
      return pageOf(groupID, it.offset ?? 0, count, textOf(it.role) || (ROLE_OF_FILTER[filter] ?? ''))
    },

    /** At most 50 users; those beyond are dropped. Rejects 2687 in large rooms. */
    async getGroupMemberProfile(options: {
      readonly groupID: string
      readonly userIDList: readonly string[]
      readonly [field: string]: Untyped
    }) {
      const it = given(options)
      const groupID = groupIdIn(context, it.groupID)
      refuseInRooms(groupID)
      return { memberList: await named(groupID, userIdsIn(context, it.userIDList)) }
    },

    /** Who has to agree first, or whom an admin has to let in, stands in none of the lists. */
    async addGroupMember(options: { readonly groupID: string; readonly userIDList: readonly string[] }) {
      const it = given(options)
      const groupID = groupIdIn(context, it.groupID)
      if (groups.isRoom(groupID)) {
        throw new Failure(
          ErrorCode.LIVE_ROOM_NO_INVITATION,
          'Nobody is added to an AVChatRoom: everybody joins with joinGroup.',
        )
      }
      const userIDs = userIdsIn(context, it.userIDList)
      const reply = await call(
        `${REST}add_group_member`,
        { GroupId: groupID, MemberList: userIDs.map(userID => ({ Member_Account: userID })) },
        ONCE,
      )
      const results = contentsOf(reply.MemberList)
      const withResult = (result: number): string[] =>
        results.filter(one => numberOf(one.Result) === result).map(one => textOf(one.Member_Account))
      const group = await groupAfter(context, groupID)
      groups.flush()
      return {
        successUserIDList: withResult(1),
        failureUserIDList: withResult(0),
        existedUserIDList: withResult(2),
        overLimitUserIDList: withResult(4),
        group,
      }
    },

    /** With `duration` (seconds) they cannot come back before; large rooms need one, else 2686. */
    async deleteGroupMember(options: {
      readonly groupID: string
      readonly userIDList: readonly string[]
      readonly reason?: string | undefined
      readonly duration?: number | undefined
    }) {
      const it = given(options)
      const groupID = groupIdIn(context, it.groupID)
      const userIDList = userIdsIn(context, it.userIDList)
      const duration = Math.floor(numberOf(it.duration))
      const reason = textOf(it.reason)
      if (duration > 0) {
        await call(
          `${REST}ban_group_member`,
          {
            GroupId: groupID,
            Members_Account: userIDList,
            Duration: duration,
            ...(reason !== '' && { Description: reason }),
          },
          ONCE,
        )
      } else if (groups.isRoom(groupID)) {
        throw new Failure(
          ErrorCode.BAN_DURATION_INVALID,
          'From an AVChatRoom members are banned for a time: give duration, in seconds, above 0.',
        )
      } else {
        await call(
          `${REST}delete_group_member`,
          {
            GroupId: groupID,
            MemberToDel_Account: userIDList,
            ...(reason !== '' && { Reason: reason }),
          },
          ONCE,
        )
      }
      const group = await groupAfter(context, groupID)
      groups.flush()
      return { group, userIDList }
    },

    /** `muteTime` in seconds, 0 lifts. Rejects 2685 for oneself. */
    async setGroupMemberMuteTime(options: {
      readonly groupID: string
      readonly userID: string
      readonly muteTime: number
    }) {
      const it = given(options)
      const groupID = groupIdIn(context, it.groupID)
      const [userID = ''] = userIdsIn(context, [it.userID])
      if (userID === me()) throw new Failure(ErrorCode.MUTE_SELF, 'Nobody can mute themselves.')
      const MuteTime = Math.max(0, Math.floor(numberOf(it.muteTime)))
      await call(`${REST}forbid_send_msg`, { GroupId: groupID, Members_Account: [userID], MuteTime }, ONCE)
      return changed(groupID, userID)
    },

    /** Rejects 2682 (type of the group), 2683 (no role) and 2684 (oneself). */
    async setGroupMemberRole(options: {
      readonly groupID: string
      readonly userID: string
      readonly role: Untyped
    }) {
      const it = given(options)
      const groupID = groupIdIn(context, it.groupID)
      const [userID = ''] = userIdsIn(context, [it.userID])
      const role = textOf(it.role)
      if (groups.isRoom(groupID) || groups.get(groupID)?.type === ('Private' as Untyped)) {
        throw new Failure(
          ErrorCode.ROLE_TYPE_UNSUPPORTED,
          'Roles cannot be given in Work groups and AVChatRooms.',
        )
      }
      if (role !== 'Admin' && role !== 'Member' && role !== 'Custom')
        throw new Failure(ErrorCode.ROLE_INVALID, 'role must be TYPES.GRP_MBR_ROLE_ADMIN or …_MEMBER.')
      if (userID === me()) throw new Failure(ErrorCode.ROLE_OF_SELF, 'Nobody can change their own role.')
      await call(`${REST}modify_group_member_info`, {
        GroupId: groupID,
        Member_Account: userID,
        Role: role,
      })
      return changed(groupID, userID)
    },

    async setGroupMemberNameCard(options: {
      readonly groupID: string
      readonly nameCard: string
      readonly userID?: string | undefined
    }) {
      const it = given(options)
      const groupID = groupIdIn(context, it.groupID)
      refuseInRooms(groupID)
      return change(groupID, textOf(it.userID) || me(), { NameCard: textOf(it.nameCard) })
    },

    async setGroupMemberCustomField(options: {
      readonly groupID: string
      readonly memberCustomField: readonly Untyped[]
      readonly userID?: string | undefined
    }) {
      const it = given(options)
      const groupID = groupIdIn(context, it.groupID)
      refuseInRooms(groupID)
      return change(groupID, textOf(it.userID) || me(), {
        AppMemberDefinedData: wireFields(it.memberCustomField) ?? [],
      })
    },

    async markGroupMemberList(options: {
      readonly groupID: string
      readonly userIDList: readonly string[]
      readonly markType: number
      readonly enableMark: boolean
    }) {
      const it = given(options)
      const groupID = groupIdIn(context, it.groupID)
      const userIDs = userIdsIn(context, it.userIDList)
      const reply = await call(`${ROOMS}modify_user_info`, {
        GroupId: groupID,
        CommandType: it.enableMark === true ? 1 : 2,
        MemberList: userIDs.map(userID => ({ Member_Account: userID, Marks: [numberOf(it.markType)] })),
      })
      const done = contentsOf(reply.MemberList).map(one => textOf(one.Member_Account))
      return {
        successUserIDList: done,
        failureUserIDList: userIDs.filter(userID => !done.includes(userID)),
      }
    },

    /** Who has read an own message (`filter` 0, default) and who has not (1). */
    async getGroupMessageReadMemberList(options: {
      readonly message: Untyped
      readonly filter?: number | undefined
      readonly cursor?: string | undefined
      readonly count?: number | undefined
    }) {
      const it = given(options)
      const message = isContent(it.message) ? it.message : {}
      const filter = it.filter === 1 ? 1 : 0
      const reply = await call(`${REST}get_group_msg_receipt_detail`, {
        GroupId: groupIdIn(context, message.to),
        MsgSeq: numberOf(message.sequence),
        Filter: filter,
        Cursor: textOf(it.cursor),
        Count: Math.min(MAX_COUNT, Math.max(1, Math.floor(numberOf(it.count)) || MAX_COUNT)),
      })
      return {
        cursor: textOf(reply.Cursor),
        isCompleted: reply.IsFinish === 1 || reply.IsFinished === 1,
        messageID: textOf(message.ID),
        readUserIDList: contentsOf(reply.ReadList).map(one => textOf(one.Read_Account)),
        unreadUserIDList: contentsOf(reply.UnreadList).map(one => textOf(one.Unread_Account)),
      }
    },
  }
}

/** A member as apps see it; the fields that the server left out have their default values. */
function memberOf(it: Content): GroupMember {
  return {
    userID: textOf(it.Member_Account),
    avatar: textOf(it.Avatar),
    nick: textOf(it.NickName),
    role: textOf(it.Role) || 'Member',
    joinTime: numberOf(it.JoinTime),
    nameCard: textOf(it.NameCard),
    muteUntil: numberOf(it.MuteUntil),
    memberCustomField: fieldsOf(it.AppMemberDefinedData),
    ...(it.OnlineStatus !== undefined && { isOnline: it.OnlineStatus === 'Online' }),
  }
}
