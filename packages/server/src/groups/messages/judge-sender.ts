import { ErrorCode } from '@rookery/protocol/error-code'
import type { Account } from '../../accounts/account.ts'
import type { Caller } from '../../commands/caller.ts'
import { CommandError } from '../../commands/command-error.ts'
import type { Services } from '../../commands/services.ts'
import { denied, groupNotFound } from '../group-error.ts'
import type { GroupRow } from '../group-rows.ts'
import { type Actor, roleIn } from '../judge.ts'
import { roleInTopic } from '../permissions/rights.ts'
import { TYPE_RULES } from '../rules/group-types.ts'
import type { TopicRight } from '../rules/permission-rules.ts'

/** A sender that may write, and its place in the group. */
export interface JudgedSender {
  readonly role: ReturnType<typeof roleIn>
  readonly nameCard: string
  /** The state of the rights that it was judged by, for the append to compare. */
  readonly authNo: number
  readonly mayMentionAll: boolean
}

/** The group whose members a message of `group` is for: a topic has those of its community. */
export async function memberGroup(
  services: Pick<Services, 'groups'>,
  group: GroupRow,
): Promise<GroupRow | undefined> {
  return group.community_no > 0 ? services.groups.byNo(group.app_id, group.community_no) : group
}

/**
 * Who may write (rest-2 sections 1.3, 2.8 and 9.3): over the socket members that are not muted and, where permission groups are
 * on, may send; over REST any account, also a non-member, but no muted one. Muting everybody spares owner, admins (with permission
 * groups: who may mute) and the app itself. Throws 10007, 10017.
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
  if (!home) throw groupNotFound(group.name)
  const membership = await services.groups.membership(home, from.id)
  const mutes = [membership]
  if (home !== group) mutes.push(await services.groups.membership(group, from.id))
  const role = roleIn(home, membership.row, from.id)
  // Who is in a live room is judged where it is sent.
  const hasMembers = TYPE_RULES[group.type].storesMembers
  const acting = (right: TopicRight) => roleInTopic(right, group.group_no, role, membership.rights)
  if (caller.door === 'socket' && hasMembers) {
    if (role === 'NonMember')
      throw denied(`You are not in the group ${group.name}; join it before you write.`, 'membership')
    if (membership.rights && acting('send') === 'Member')
      throw denied(`Your permission groups do not let you write in ${group.name}.`, 'permission')
  }
  const isApp = caller.door === 'http' && from.id === caller.accountId
  if (!isApp) {
    const now = Math.floor(Date.now() / 1000)
    if (mutes.some(({ mutedUntil }) => mutedUntil > now))
      throw muted(`${from.userId} is muted in this group.`)
    if ((group.mute_all || home.mute_all) && acting('mute') === 'Member')
      throw muted('Everybody in this group is muted but those who may mute.')
  }
  return {
    role,
    nameCard: membership.row?.name_card ?? '',
    // What is known of a topic and of its community may be of different moments: it was judged by the earlier one.
    authNo: Math.min(group.auth_no, home.auth_no),
    mayMentionAll: group.type !== 'Community' || acting('mentionAll') !== 'Member',
  }
}

/** Throws 10007. */
export function requireMentionAll({ mayMentionAll }: JudgedSender): void {
  if (!mayMentionAll)
    throw denied(
      'In a community only owner and admins, or with permission groups who has the right, may mention everybody.',
      'mention-all',
    )
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
