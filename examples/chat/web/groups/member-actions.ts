import TencentCloudChat, { type ChatSDK, type Group, type GroupMember } from '@rookery/chat'
import type { MenuItem } from '../menu.ts'

const { TYPES } = TencentCloudChat
const TEN_MINUTES = 600

export const memberName = ({ nameCard, nick, userID }: Pick<GroupMember, 'nameCard' | 'nick' | 'userID'>) =>
  nameCard || nick || userID

export const isStaff = ({ selfInfo }: Group) =>
  selfInfo.role === TYPES.GRP_MBR_ROLE_OWNER || selfInfo.role === TYPES.GRP_MBR_ROLE_ADMIN

/** Work groups have neither admins nor mutes; large rooms keep no members at all. */
export const isModerated = ({ type }: Group) => type !== TYPES.GRP_WORK

export const isMuted = ({ muteUntil }: GroupMember) => muteUntil > Date.now() / 1000

/** What this user may do with that member. The server has the last word: it refuses what is not allowed. */
export function memberActions(chat: ChatSDK, group: Group, member: GroupMember): readonly MenuItem[] {
  const { groupID } = group
  const { userID } = member
  const isOwner = group.selfInfo.role === TYPES.GRP_MBR_ROLE_OWNER
  const isAbove =
    isOwner || (group.selfInfo.role === TYPES.GRP_MBR_ROLE_ADMIN && member.role === TYPES.GRP_MBR_ROLE_MEMBER)
  if (!isAbove || userID === chat.getLoginUser()) return []

  const isAdmin = member.role === TYPES.GRP_MBR_ROLE_ADMIN
  const muteTime = isMuted(member) ? 0 : TEN_MINUTES
  const role: MenuItem = {
    label: isAdmin ? 'Take the admin role away' : 'Make an admin',
    run: () =>
      chat.setGroupMemberRole({
        groupID,
        userID,
        role: isAdmin ? TYPES.GRP_MBR_ROLE_MEMBER : TYPES.GRP_MBR_ROLE_ADMIN,
      }),
  }
  const mute: MenuItem = {
    label: muteTime === 0 ? 'Let speak again' : 'Mute for ten minutes',
    run: () => chat.setGroupMemberMuteTime({ groupID, userID, muteTime }),
  }
  const transfer: MenuItem = {
    label: 'Hand the group over',
    run: () => chat.changeGroupOwner({ groupID, newOwnerID: userID }),
  }
  const remove: MenuItem = {
    label: 'Remove from the group',
    run: () => chat.deleteGroupMember({ groupID, userIDList: [userID] }),
  }
  return [
    ...(isModerated(group) ? [mute] : []),
    ...(isOwner && isModerated(group) ? [role] : []),
    ...(isOwner ? [transfer] : []),
    remove,
  ]
}
