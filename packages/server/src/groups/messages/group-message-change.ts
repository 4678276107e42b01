import type { ChangeKind } from '@rookery/protocol/wire'
import { authorOf } from '../../messages/message-change.ts'
import { MessageList } from '../../messages/message-list.ts'
import { MESSAGE_COLUMNS, type MessageRow } from '../../messages/message-row.ts'
import { addressedAccounts } from '../../store/message-address.ts'
import type { Transaction } from '../../store/mutation.ts'
import { PreparedQuery, perDatabase } from '../../store/prepared.ts'
import { MessageFlag } from '../../store/schema.ts'
import { audienceOf } from '../audience/audience-of.ts'
import { type GroupRow, memberRow } from '../group-rows.ts'

/** Members of a group up to which each of those who see a change is told by name; in larger groups they learn of it on resuming. */
const NAMED_MAX = 2000

const queries = perDatabase(db => ({
  message: new PreparedQuery<{ app: number; conv: number; seq: number }, MessageRow>(db, (db, parameter) =>
    db
      .selectFrom('message')
      .select(MESSAGE_COLUMNS)
      .where('app_id', '=', parameter('app'))
      .where('conv_id', '=', parameter('conv'))
      .where('seq', '=', parameter('seq')),
  ),
}))

/** A stored message of a group by its number. */
export function groupMessage(
  db: Transaction['db'],
  group: Pick<GroupRow, 'app_id' | 'conv_id'>,
  seq: number,
): Promise<MessageRow | undefined> {
  return queries(db).message.first({ app: group.app_id, conv: group.conv_id, seq })
}

/** The next mutation numbers of a group's conversation; returns the last of them. */
export async function raiseChangeNo(
  tx: Transaction,
  group: Pick<GroupRow, 'app_id' | 'conv_id'>,
  by = 1,
): Promise<number> {
  const row = await tx.db
    .updateTable('conversation')
    .set(eb => ({ change_no: eb('change_no', '+', by) }))
    .where('app_id', '=', group.app_id)
    .where('conv_id', '=', group.conv_id)
    .returning('change_no')
    .executeTakeFirstOrThrow()
  return row.change_no
}

/** A stored message in its present state. */
export async function presentGroupText(
  tx: Transaction,
  group: GroupRow,
  message: MessageRow,
): Promise<string> {
  const home = { ...group, group_no: group.community_no || group.group_no }
  const list = new MessageList(
    { byId: (app, account) => authorOf(tx, app, account) },
    { app: group.app_id, lo: 0, hi: group.group_no },
    {
      groupId: group.name,
      nameCard: async account => (await memberRow(tx.db, home, account))?.name_card ?? '',
    },
  )
  return list.wireText(message)
}

/** Tells the members who see a message that it has a new state; the others learn of the number only. */
export async function announceGroupChange(
  tx: Transaction,
  group: GroupRow,
  message: MessageRow,
  kind: ChangeKind,
): Promise<void> {
  const text = await presentGroupText(tx, group, message)
  await announceGroupFrame(tx, group, message, `{"ev":"change","kind":"${kind}","m":${text}}`)
}

/** The same for a ready frame that carries `message.change_no`. */
export async function announceGroupFrame(
  tx: Transaction,
  group: GroupRow,
  message: MessageRow,
  frame: string,
): Promise<void> {
  const { app_id: app, conv_id: conv } = group
  tx.changed({ kind: 'conversation', app, conv })
  const whole = {
    kind: 'groupPush',
    app,
    ...audienceOf(group),
  } as const
  const cover = `{"ev":"cover","ConvId":${conv},"ChangeNo":${message.change_no}}`
  if (message.flags & MessageFlag.DIRECTED) {
    const to = [...new Set([message.sender_id, ...addressedAccounts(message.to_ids)])]
    tx.changed({ kind: 'push', app, to, frame })
    tx.changed({ ...whole, frame: cover })
    return
  }
  const blind = group.history_before_join ? [] : await joinedLater(tx, group, message.seq)
  if (blind.length === 0) {
    tx.changed({ ...whole, frame })
    return
  }
  if (group.member_count > NAMED_MAX) return
  const members = await tx.db
    .selectFrom('group_member')
    .select('account_id')
    .where('app_id', '=', app)
    .where('group_no', '=', group.community_no || group.group_no)
    .execute()
  const unseeing = new Set(blind)
  const seeing = members.map(row => row.account_id).filter(account => !unseeing.has(account))
  if (seeing.length > 0) tx.changed({ kind: 'push', app, to: seeing, frame })
  tx.changed({ kind: 'push', app, to: blind, frame: cover })
}

/** Members for whom the message was written before their time. */
async function joinedLater(tx: Transaction, group: GroupRow, seq: number): Promise<number[]> {
  const rows = await tx.db
    .selectFrom('group_member')
    .innerJoin('user_conversation as uc', join =>
      join
        .onRef('uc.app_id', '=', 'group_member.app_id')
        .onRef('uc.account_id', '=', 'group_member.account_id')
        .on('uc.conv_id', '=', group.conv_id),
    )
    .select('group_member.account_id')
    .where('group_member.app_id', '=', group.app_id)
    .where('group_member.group_no', '=', group.community_no || group.group_no)
    .where('group_member.join_seq', '>=', seq)
    .where('uc.from_seq', '>=', seq)
    .execute()
  return rows.map(row => row.account_id)
}
