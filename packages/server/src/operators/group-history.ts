import { recordAudit } from '../audit/audit-row.ts'
import type { OperatorContext } from '../cli/operator-command.ts'
import { historyFloor } from '../messages/history-floor.ts'
import { SYSTEM_AUTHOR } from '../messages/message-list.ts'
import { MessageFlag } from '../store/schema.ts'
import type { GroupTarget } from './group-target.ts'

export interface ReadMessage {
  readonly seq: number
  readonly time: number
  /** UserID of the sender; of the system for a tip. */
  readonly from: string
  readonly recalled: boolean
  /** UserID of who recalled it; empty: nobody, or the app. */
  readonly recalledBy: string
  /** As it was sent; empty when it was recalled. */
  readonly body: readonly {
    readonly MsgType: string
    readonly MsgContent: Readonly<Record<string, unknown>>
  }[]
}

/** A page of a group's history, newest first. Who read whose history stays on record (DESIGN-SECURITY 7): no row, no answer. */
export async function readGroupHistory(
  context: OperatorContext,
  { app, group }: GroupTarget,
  { before, limit }: { readonly before?: number; readonly limit: number },
): Promise<{ readonly messages: readonly ReadMessage[]; readonly next: number | null }> {
  let query = context.store.read
    .selectFrom('message as m')
    .innerJoin('conversation as c', join =>
      join.onRef('c.app_id', '=', 'm.app_id').onRef('c.conv_id', '=', 'm.conv_id'),
    )
    .leftJoin('account as sender', join =>
      join.onRef('sender.app_id', '=', 'm.app_id').onRef('sender.account_id', '=', 'm.sender_id'),
    )
    .leftJoin('account as revoker', join =>
      join.onRef('revoker.app_id', '=', 'm.app_id').onRef('revoker.account_id', '=', 'm.revoker_id'),
    )
    .select([
      'm.seq',
      'm.time',
      'm.flags',
      'm.body',
      'sender.user_id as sender',
      'revoker.user_id as revoker',
    ])
    .where('m.app_id', '=', app.id)
    .where('m.conv_id', '=', group.conv_id)
    .whereRef('m.seq', '>', 'c.clear_seq')
    .where('m.time', '>=', historyFloor(app))
    .orderBy('m.seq', 'desc')
    .limit(limit + 1)
  if (before !== undefined) query = query.where('m.seq', '<', before)
  const rows = await query.execute()
  const page = rows.slice(0, limit)
  const [newest, oldest] = [page[0], page.at(-1)]
  if (newest && oldest)
    await context.store.mutate(recordAudit, {
      app: app.id,
      actor: context.actor,
      action: 'history/read',
      target: group.name,
      detail: { from: oldest.seq, to: newest.seq, messages: page.length },
    })
  return {
    messages: page.map(row => ({
      seq: row.seq,
      time: row.time,
      from: row.sender ?? SYSTEM_AUTHOR.userId,
      recalled: (row.flags & MessageFlag.RECALLED) !== 0,
      recalledBy: row.revoker ?? '',
      body: row.body === '' ? [] : JSON.parse(row.body),
    })),
    next: rows.length > limit && oldest ? oldest.seq : null,
  }
}
