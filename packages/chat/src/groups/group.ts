import type { GroupType, WireGroup, WireGroupSelf } from '@rookery/protocol/wire-group'
import type { TYPES } from '../constants/types.ts'
import { NO_MESSAGE } from '../conversations/conversation.ts'
import type { Group } from '../named-types.ts'
import { fieldsOf } from './custom-fields.ts'

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
    selfInfo: noSelf(),
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

/** Of who is no member. */
export const noSelf = (): Group['selfInfo'] => ({
  userID: '',
  role: '',
  messageRemindType: '',
  joinTime: 0,
  nameCard: '',
  muteTime: 0,
  memberCustomField: [],
  readedSequence: 0,
})

/** Changes the object in place: conversations and lists hold it. Fields that the server left out stay. */
export function updateGroup(group: Group, g: Partial<WireGroup>): void {
  Object.assign(group, {
    type: g.Type ?? group.type,
    name: g.Name ?? group.name,
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
    muteAllMembers: g.MuteAllMember ? g.MuteAllMember === 'On' : group.muteAllMembers,
    joinOption: g.ApplyJoinOption ?? group.joinOption,
    inviteOption: g.InviteJoinOption ?? group.inviteOption,
    groupCustomField: g.AppDefinedData ? fieldsOf(g.AppDefinedData) : group.groupCustomField,
    isSupportTopic: g.SupportTopic === undefined ? group.isSupportTopic : g.SupportTopic === 1,
  })
  // Of a large room only the tips tell.
  countMembers(group, g.MemberNum || group.memberCount)
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
