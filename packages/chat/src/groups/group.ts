import type { GroupType, WireCustomField, WireGroup, WireGroupSelf } from '@rookery/protocol/wire-group'
import type { TYPES } from '../constants/types.ts'
import { NO_MESSAGE } from '../conversations/conversation.ts'
import { type Content, contentsOf, textOf } from '../messages/content.ts'
import type { Group } from '../named-types.ts'

/** A group of which only its ID and type are known; the other fields have their default values. */
export function blankGroup(groupID: string, type: GroupType | ''): Group {
  return {
    groupID,
    name: '',
    avatar: '',
    type: type as TYPES,
    introduction: '',
    notification: '',
    ownerID: '',
    createTime: 0 as unknown as string,
    infoSequence: 0,
    lastInfoTime: 0,
    selfInfo: { userID: '', role: '', messageRemindType: '', ...EMPTY_SELF },
    lastMessage: { ...NO_MESSAGE },
    nextMessageSeq: 0,
    memberCount: 0,
    maxMemberCount: 0,
    memberNum: 0,
    maxMemberNum: 0,
    muteAllMembers: false,
    joinOption: '' as TYPES,
    inviteOption: '',
    groupCustomField: [],
    isSupportTopic: false,
  }
}

const EMPTY_SELF = { joinTime: 0, nameCard: '', muteTime: 0, memberCustomField: [], readedSequence: 0 }

/** Changes the object in place: conversations and lists hold it. Fields that the server left out stay. */
export function updateGroup(group: Group, g: WireGroup): void {
  Object.assign(group, {
    type: g.Type,
    name: g.Name,
    avatar: g.FaceUrl ?? group.avatar,
    introduction: g.Introduction ?? group.introduction,
    notification: g.Notification ?? group.notification,
    ownerID: g.Owner_Account ?? group.ownerID,
    createTime: g.CreateTime ?? group.createTime,
    infoSequence: g.InfoSeq ?? group.infoSequence,
    lastInfoTime: g.LastInfoTime ?? group.lastInfoTime,
    nextMessageSeq: g.NextMsgSeq ?? group.nextMessageSeq,
    maxMemberCount: g.MaxMemberNum ?? group.maxMemberCount,
    maxMemberNum: g.MaxMemberNum ?? group.maxMemberNum,
    muteAllMembers: g.MuteAllMember === 'On',
    joinOption: g.ApplyJoinOption ?? group.joinOption,
    inviteOption: g.InviteJoinOption ?? group.inviteOption,
    groupCustomField: g.AppDefinedData ? fieldsOf(g.AppDefinedData) : group.groupCustomField,
    isSupportTopic: g.SupportTopic === 1,
  })
  countMembers(group, g.MemberNum ?? group.memberCount)
}

export function countMembers(group: Group, count: number): void {
  group.memberCount = count
  group.memberNum = count
}

export function updateSelf(group: Group, userID: string, self: WireGroupSelf): void {
  group.selfInfo = {
    userID,
    role: self.Role,
    messageRemindType: self.MsgFlag,
    joinTime: self.JoinTime,
    nameCard: self.NameCard,
    muteTime: self.MuteUntil,
    memberCustomField: fieldsOf(self.AppMemberDefinedData),
    readedSequence: self.MsgSeq,
  }
}

/** Custom fields of the wire as apps see them. */
export function fieldsOf(value: unknown): { readonly key: string; readonly value: string }[] {
  return contentsOf(value).map(it => ({ key: textOf(it.Key), value: textOf(it.Value) }))
}

/** Custom fields of an app as the wire has them; undefined when the app gave none. */
export function wireFields(value: unknown): WireCustomField[] | undefined {
  if (!Array.isArray(value)) return undefined
  return contentsOf(value).map((it: Content) => ({ Key: textOf(it.key), Value: textOf(it.value) }))
}
