import TencentCloudChat, { type ChatSDK } from '@rookery/chat'
import { ask, toast } from '../dom.ts'
import { chosenPeople, offerPeople } from './choose-people.ts'

const { TYPES } = TencentCloudChat

/** Asks for a name, a type and members. Gives the new group's ID, or undefined when the dialog was left. */
export async function createGroup(chat: ChatSDK): Promise<string | undefined> {
  await offerPeople('new-group-people', [chat.getLoginUser()])
  const given = await ask('new-group')
  if (!given) return undefined
  const { name = '', type = '', groupID = '' } = given
  const isRoom = type === TYPES.GRP_AVCHATROOM
  const memberList = chosenPeople('new-group-people').map(userID => ({ userID }))
  const { data } = await chat.createGroup({
    name,
    type,
    ...(groupID !== '' && { groupID }),
    // To a large room everybody comes by themselves. Without the option nobody is invited to public groups and meetings.
    ...(!isRoom && { memberList, inviteOption: 'FreeAccess' }),
  })
  return data.group.groupID
}

/** Asks for a GroupID. Undefined when the dialog was left, and when an admin has to agree first. */
export async function joinGroup(chat: ChatSDK): Promise<string | undefined> {
  const given = await ask('join-group')
  if (!given) return undefined
  const { groupID = '', applyMessage = '' } = given
  const { data } = await chat.joinGroup({ groupID, applyMessage })
  if (data.status !== 'WaitAdminApproval') return groupID
  toast('Your request was sent. An admin of the group has to approve it.')
  return undefined
}
