import { GroupNotice, GroupTip } from '@rookery/protocol/group-notice'
import { defineMutation, type Transaction } from '../../store/mutation.ts'
import { editGroup, tellGroup } from '../change-group.ts'
import { type GroupCall, groupLocks, standing, targetRoles } from '../group-call.ts'
import { groupNotFound } from '../group-error.ts'
import { type GroupRow, memberRows } from '../group-rows.ts'
import { requireMay } from '../judge.ts'
import { sendNotices } from '../notices/send-notices.ts'
import { type Rights, roleFor, roleInTopic } from '../permissions/rights.ts'
import { type ActorRole, outranks } from '../rules/operations.ts'
import { sendTip } from '../tips/send-tip.ts'
import { topicNamed } from '../topics/topic-rows.ts'
import { numberOwnRows } from './own-rows.ts'

/** As seconds: for ever; as an end: never (rest-2 section 5.7). */
export const FOREVER = 4_294_967_295

export interface MuteMembers extends GroupCall {
  readonly accounts: readonly number[]
  /** 0 = unmute, {@link FOREVER}. */
  readonly seconds: number
  /** Id of the topic of the community in which they are muted; absent: everywhere in the group. */
  readonly topicId?: string
}

/**
 * Mutes accounts in a group or in a topic, also ones that are not in it. Those of an equal or higher role are left out. Throws
 * 10007, 10010.
 */
export const muteMembers = defineMutation<MuteMembers, void>(
  'groups/mute-members',
  async (tx, call) => {
    const who = await standing(tx, call)
    const { group } = who
    const topic = call.topicId === undefined ? undefined : await topicOf(tx, group, call.topicId)
    const acting = (role: ActorRole, rights: Rights | undefined) =>
      topic ? roleInTopic('mute', topic.group_no, role, rights) : roleFor('muteMember', role, rights)
    const role = acting(who.role, who.rights)
    requireMay('muteMember', group, role)
    const members = await memberRows(tx.db, group, call.accounts)
    const roleOf = await targetRoles(tx, group, call.accounts, acting)
    const muted = [...new Set(call.accounts)].filter(account => {
      const target = roleOf(members.get(account), account)
      // The app could, but an owner is never muted.
      return target !== 'Owner' && outranks(role, target)
    })
    if (muted.length === 0) return
    await putMutes(tx, topic ?? group, muted, muteUntil(tx.now, call.seconds))
    const home = await editGroup(tx, group, { rights: true })
    tellGroup(tx, home)
    const changed = topic ? { ...topic, auth_no: home.auth_no } : home
    const inside = muted.filter(account => members.has(account))
    await numberOwnRows(tx, changed, inside)
    const operator = call.actor.account
    if (inside.length > 0)
      await sendTip(
        tx,
        changed,
        operator,
        { op: GroupTip.MEMBER, accounts: inside, seconds: call.seconds },
        call.tips.roles,
      )
    await sendNotices(
      tx,
      changed,
      inside.map(to => ({ to, type: GroupNotice.MUTED, operator, duration: call.seconds })),
      call.notices,
    )
  },
  { locks: call => groupLocks(call, call.accounts) },
)

async function topicOf(tx: Transaction, community: GroupRow, topicId: string): Promise<GroupRow> {
  const topic = await topicNamed(tx, community, topicId)
  if (!topic) throw groupNotFound(topicId)
  return topic
}

/** The last second of a mute or ban that begins now; 0 = none. */
export function muteUntil(now: number, seconds: number): number {
  if (seconds === 0) return 0
  return Math.min(now + seconds, FOREVER)
}

export async function putMutes(
  tx: Transaction,
  group: GroupRow,
  accounts: readonly number[],
  until: number,
): Promise<void> {
  if (until === 0) {
    await tx.db
      .deleteFrom('group_mute')
      .where('app_id', '=', group.app_id)
      .where('group_no', '=', group.group_no)
      .where('account_id', 'in', accounts)
      .execute()
    return
  }
  await tx.db
    .insertInto('group_mute')
    .values(
      accounts.map(account => ({
        app_id: group.app_id,
        group_no: group.group_no,
        account_id: account,
        until,
      })),
    )
    .onConflict(conflict => conflict.columns(['app_id', 'group_no', 'account_id']).doUpdateSet({ until }))
    .execute()
}
