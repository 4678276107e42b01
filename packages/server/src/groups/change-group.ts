import { sql } from 'kysely'
import type { Change } from '../store/change.ts'
import type { Transaction } from '../store/mutation.ts'
import type { ChatGroupTable } from '../store/schema.ts'
import type { GroupRow } from './group-rows.ts'

export interface GroupEdit {
  readonly set?: Partial<
    Omit<ChatGroupTable, 'app_id' | 'group_no' | 'auth_no' | 'member_count' | 'info_seq'>
  >
  /**
   * Who may do what changed: messages that were judged before it are judged again (DESIGN-DATA 2). Of a topic: said of its
   * community, whose number it has.
   */
  readonly rights?: boolean
  /** What everybody sees of the profile changed. */
  readonly profile?: boolean
  readonly members?: number
}

/** Changes the group's row and its numbers; returns the row as it is now. */
export async function editGroup(tx: Transaction, group: GroupRow, edit: GroupEdit): Promise<GroupRow> {
  const { rights = false, profile = false, members = 0 } = edit
  const row = await tx.db
    .updateTable('chat_group')
    .set(eb => ({
      ...edit.set,
      ...(rights && { auth_no: eb('auth_no', '+', 1) }),
      ...(profile && { info_seq: eb('info_seq', '+', 1), info_time: tx.now }),
      member_count: eb('member_count', '+', members),
    }))
    .where('app_id', '=', group.app_id)
    .where('group_no', '=', group.group_no)
    .returningAll()
    .executeTakeFirstOrThrow()
  if (rights || profile)
    await tx.db
      .updateTable('conversation')
      // What the item shows of the profile is a change of the conversation: also where no tip is kept, who resumes learns it.
      .set(eb => ({
        ...(rights && { auth_no: row.auth_no }),
        ...(profile && { change_no: eb('change_no', '+', 1) }),
      }))
      .where('app_id', '=', group.app_id)
      .where('conv_id', '=', group.conv_id)
      .execute()
  if (rights && row.support_topic) await stampTopics(tx, row)
  return row
}

/**
 * The rights in a topic are those of its community, so all of its living topics have the community's number: an append in a topic
 * that was judged before is judged again. Their conversations are under the community's lock too.
 */
async function stampTopics(tx: Transaction, community: GroupRow): Promise<void> {
  const topics = await tx.db
    .updateTable('chat_group')
    .set({ auth_no: community.auth_no })
    .where('app_id', '=', community.app_id)
    .where('community_no', '=', community.group_no)
    .where('dismissed', '=', sql.lit(0))
    .returning('conv_id')
    .execute()
  if (topics.length === 0) return
  await tx.db
    .updateTable('conversation')
    .set({ auth_no: community.auth_no })
    .where('app_id', '=', community.app_id)
    .where(
      'conv_id',
      'in',
      topics.map(topic => topic.conv_id),
    )
    .execute()
}

/** Tells caches and topics that the group is another now. */
export function tellGroup(
  tx: Transaction,
  group: GroupRow,
  moved: Pick<Extract<Change, { kind: 'group' }>, 'joined' | 'left' | 'dismissed' | 'receive'> = {},
): void {
  tx.changed({ kind: 'group', app: group.app_id, group: group.group_no, authNo: group.auth_no, ...moved })
}
