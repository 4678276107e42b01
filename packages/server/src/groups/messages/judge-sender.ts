import { ErrorCode } from '@rookery/protocol/error-code'
import type { Account } from '../../accounts/account.ts'
import type { Caller } from '../../commands/caller.ts'
import { CommandError } from '../../commands/command-error.ts'
import type { Services } from '../../commands/services.ts'
import type { Membership } from '../group-directory.ts'
import { denied } from '../group-error.ts'
import type { GroupRow } from '../group-rows.ts'
import { type Actor, roleIn } from '../judge.ts'
import { TYPE_RULES } from '../rules/group-types.ts'

/** A sender that may write, and its place in the group. */
export interface JudgedSender {
  readonly role: ReturnType<typeof roleIn>
  readonly nameCard: string
}

/** The group whose members a message of `group` is for: a topic has those of its community. */
export async function memberGroup(
  services: Pick<Services, 'groups'>,
  group: GroupRow,
): Promise<GroupRow | undefined> {
  return group.community_no > 0 ? services.groups.byNo(group.app_id, group.community_no) : group
}

/**
 * Who may write (rest-2 sections 1.3 and 9.3): over the socket members that are not muted; over REST any account, also a
 * non-member, but no muted one. Muting everybody spares owner, admins and the app itself. Throws 10007, 10017.
 */
export async function judgeSender(
  services: Pick<Services, 'groups'>,
  caller: Caller,
  group: GroupRow,
  from: Pick<Account, 'id' | 'userId'>,
): Promise<JudgedSender> {
  if (group.support_topic && group.community_no === 0)
    throw denied('A community with topics takes no messages itself; send to one of its topics.', 'topic')
  const home = await memberGroup(services, group)
  const membership: Membership = home
    ? await services.groups.membership(home, from.id)
    : { row: undefined, mutedUntil: 0 }
  const role = home ? roleIn(home, membership.row, from.id) : 'NonMember'
  // Who is in a live room is judged where it is sent.
  const hasMembers = TYPE_RULES[group.type].storesMembers
  if (caller.door === 'socket' && role === 'NonMember' && hasMembers)
    throw denied(`You are not in the group ${group.name}; join it before you write.`, 'membership')
  refuseMuted(caller, group, from, membership, role)
  return { role, nameCard: membership.row?.name_card ?? '' }
}

function refuseMuted(
  caller: Caller,
  group: GroupRow,
  from: Pick<Account, 'id' | 'userId'>,
  { mutedUntil }: Membership,
  role: JudgedSender['role'],
): void {
  const isApp = caller.door === 'http' && from.id === caller.accountId
  if (isApp) return
  if (mutedUntil > Math.floor(Date.now() / 1000)) throw muted(`${from.userId} is muted in this group.`)
  if (group.mute_all && role === 'Member')
    throw muted('Everybody in this group is muted but its owner and admins.')
}

function muted(info: string): CommandError {
  return new CommandError(ErrorCode.GROUP_MUTED, info, { check: 'mute' })
}

/** Who acts by a command: an app admin, or the login. */
export function callerActor(caller: Caller): Actor {
  return {
    account: caller.accountId,
    admin: caller.door === 'http',
    ...(caller.sessionId !== undefined && { session: caller.sessionId }),
  }
}
