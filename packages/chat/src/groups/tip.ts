import { TYPES } from '../constants/types.ts'
import { type Content, contentsOf, isContent, numberOf, textOf } from '../messages/content.ts'
import { type MessagePayload, NO_USER } from '../messages/message.ts'
import { fieldsOf } from './custom-fields.ts'

/** `MsgGroupNewInfo` of the wire by the interface's names (sdk-2 section 4, rest-2 section 9.7). */
const PROFILE: Readonly<Record<string, readonly [string, (value: unknown) => unknown]>> = {
  GroupName: ['groupName', textOf],
  GroupFaceUrl: ['avatar', textOf],
  GroupIntroduction: ['introduction', textOf],
  GroupNotification: ['notification', textOf],
  Owner_Account: ['ownerID', textOf],
  MuteAllMember: ['muteAllMembers', value => value === 'On'],
  ApplyJoinOption: ['joinOption', textOf],
  InviteJoinOption: ['inviteOption', textOf],
  AppDefinedData: ['groupCustomField', fieldsOf],
}

/** The payload of a group tip. Arrays are always there; of the profile only what changed, as kits read the first key. */
export function tipPayload(content: Content): MessagePayload {
  const operationType = numberOf(content.OpType)
  const operatorID = textOf(content.Operator_Account)
  const people = contentsOf(content.MsgMemberExtraInfo)
  const members = contentsOf(content.MsgMemberInfo)
  const news = isContent(content.MsgGroupNewInfo) ? content.MsgGroupNewInfo : {}
  const newOwner = textOf(news.Owner_Account)
  const named = Array.isArray(content.List_Account) ? content.List_Account.map(textOf) : []
  const userIDList = [
    ...new Set([
      ...named,
      ...members.map(it => textOf(it.User_Account)),
      ...(newOwner === '' ? [] : [newOwner]),
    ]),
  ]
  const memberList = userIDList.map(userID => {
    const member = members.find(it => it.User_Account === userID)
    return {
      ...personOf(
        userID,
        people.find(it => it.UserId === userID),
      ),
      ...(member?.ShutupTime !== undefined && { muteTime: numberOf(member.ShutupTime) }),
      ...(content.Duration !== undefined && { duration: numberOf(content.Duration) }),
      ...(content.Reason !== undefined && { reason: textOf(content.Reason) }),
    }
  })
  const joined = named.includes(operatorID) ? 1 : 2
  return {
    operationType,
    operatorID,
    operatorInfo: tipActor(content),
    userIDList,
    memberList,
    groupJoinType: operationType === TYPES.GRP_TIP_MBR_JOIN ? numberOf(content.GroupJoinType) || joined : 0,
    newGroupProfile: Object.fromEntries(
      Object.entries(PROFILE).flatMap(([key, [name, read]]) =>
        news[key] === undefined ? [] : [[name, read(news[key])]],
      ),
    ),
    ...(content.MemberNum !== undefined && { memberCount: numberOf(content.MemberNum) }),
  }
}

/** Who did it, as far as the tip names a person. */
export function tipActor(content: Content) {
  return personOf(textOf(content.Operator_Account), content.MsgOperatorMemberExtraInfo)
}

function personOf(userID: string, info: unknown) {
  if (!isContent(info)) return { ...NO_USER, userID }
  return { userID, nick: textOf(info.NickName), avatar: textOf(info.ImageUrl) }
}
