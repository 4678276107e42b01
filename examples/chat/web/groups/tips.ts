import TencentCloudChat, { type Message } from '@rookery/chat'

const { TYPES } = TencentCloudChat

interface Person {
  readonly userID: string
  readonly nick: string
}

/** Tips are messages that tell what happened in a group: each is one line between the others. */
export function tipLine(payload: Message['payload']): string {
  const operator = nameOf(payload.operatorInfo)
  const members = (payload.memberList as readonly Person[]).map(nameOf)
  const whom = new Intl.ListFormat('en').format(members)
  switch (payload.operationType) {
    case TYPES.GRP_TIP_MBR_JOIN:
      return members.length === 1 && operator === whom ? `${whom} joined` : `${whom} joined, by ${operator}`
    case TYPES.GRP_TIP_MBR_QUIT:
      return `${whom || operator} left`
    case TYPES.GRP_TIP_MBR_KICKED_OUT:
      return `${operator} removed ${whom}`
    case TYPES.GRP_TIP_MBR_SET_ADMIN:
      return `${operator} made ${whom} an admin`
    case TYPES.GRP_TIP_MBR_CANCELED_ADMIN:
      return `${whom}: no longer an admin, by ${operator}`
    case TYPES.GRP_TIP_GRP_PROFILE_UPDATED:
      return profileLine(operator, whom, payload.newGroupProfile)
    case TYPES.GRP_TIP_MBR_PROFILE_UPDATED:
      return muteLine(operator, payload.memberList)
    default:
      return `${operator} changed the group`
  }
}

const nameOf = ({ nick, userID }: Person) => nick || userID

/** Only the fields that changed are there. */
function profileLine(operator: string, whom: string, changed: Readonly<Record<string, unknown>>): string {
  if (changed.ownerID !== undefined) return `The group belongs to ${whom} now`
  if (changed.muteAllMembers !== undefined)
    return `${operator} ${changed.muteAllMembers ? 'muted everybody' : 'let everybody speak again'}`
  if (changed.groupName !== undefined) return `${operator} named the group ${changed.groupName}`
  if (changed.notification !== undefined) return `${operator} announced: ${changed.notification}`
  return `${operator} changed the group`
}

function muteLine(operator: string, members: readonly (Person & { readonly muteTime?: number })[]): string {
  const lines = members.map(it => {
    if (it.muteTime === undefined) return `${operator} changed ${nameOf(it)}`
    return it.muteTime > 0 ? `${operator} muted ${nameOf(it)}` : `${operator} let ${nameOf(it)} speak again`
  })
  return lines.join('; ')
}
