import type { Change } from '../store/change.ts'
import type { Transaction } from '../store/mutation.ts'
import type { ChatGroupTable } from '../store/schema.ts'
import type { GroupRow } from './group-rows.ts'

export interface GroupEdit {
  readonly set?: Partial<
    Omit<ChatGroupTable, 'app_id' | 'group_no' | 'auth_no' | 'member_count' | 'info_seq'>
  >
  /** Who may do what changed: messages that were judged before it are judged again (DESIGN-DATA 2). */
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
  if (rights)
    await tx.db
      .updateTable('conversation')
      .set({ auth_no: row.auth_no })
      .where('app_id', '=', group.app_id)
      .where('conv_id', '=', group.conv_id)
      .execute()
  return row
}

/** Tells caches and topics that the group is another now. */
export function tellGroup(
  tx: Transaction,
  group: GroupRow,
  moved: Pick<Extract<Change, { kind: 'group' }>, 'joined' | 'left' | 'dismissed' | 'receive'> = {},
): void {
  tx.changed({ kind: 'group', app: group.app_id, group: group.group_no, authNo: group.auth_no, ...moved })
}
