import type { Transaction } from '../../store/mutation.ts'
import { MemberRole } from '../../store/schema.ts'
import { editGroup } from '../change-group.ts'
import type { GroupRow } from '../group-rows.ts'
import { TYPE_RULES } from '../rules/group-types.ts'
import { openTopicRows, topicRows } from '../topics/topic-rows.ts'
import { conversationHead, openOwnRows } from './own-rows.ts'

export interface Entrant {
  readonly account: number
  readonly role?: number
  /** Of an import. */
  readonly joinTime?: number
  /** JSON array of {Key, Value}. */
  readonly custom?: string
}

/**
 * Makes members of living accounts that are none yet, were judged, and are locked. Returns the group as it is now; the caller
 * tells of it.
 */
export async function enterMembers(
  tx: Transaction,
  group: GroupRow,
  entrants: readonly Entrant[],
): Promise<GroupRow> {
  if (entrants.length === 0) return group
  const head = await conversationHead(tx, group)
  await tx.db
    .insertInto('group_member')
    .values(
      entrants.map(entrant => ({
        app_id: group.app_id,
        group_no: group.group_no,
        account_id: entrant.account,
        role: entrant.role ?? MemberRole.MEMBER,
        join_time: entrant.joinTime ?? tx.now,
        join_seq: head.headSeq,
        name_card: '',
        custom: entrant.custom ?? '[]',
        receive_option: TYPE_RULES[group.type].receiveOption,
      })),
    )
    .execute()
  await openOwnRows(
    tx,
    group,
    entrants.map(({ account }) => account),
    head,
  )
  if (group.support_topic)
    await openTopicRows(
      tx,
      group,
      await topicRows(tx.db, group),
      entrants.map(({ account }) => account),
    )
  return editGroup(tx, group, { rights: true, members: entrants.length })
}
