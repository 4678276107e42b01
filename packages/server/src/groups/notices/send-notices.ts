import { randomBytes } from 'node:crypto'
import type { GroupNoticeType } from '@rookery/protocol/group-notice'
import type { GroupReceiveOption, WireGroupNotice } from '@rookery/protocol/wire-group'
import { sql } from 'kysely'
import type { Transaction } from '../../store/mutation.ts'
import type { GroupRow } from '../group-rows.ts'
import { personsOf } from '../persons.ts'

const SECONDS_A_DAY = 86_400

/** What is kept of a person's notices: `group.noticesMax` and `group.noticeDays`. */
export interface NoticeBounds {
  readonly max: number
  readonly days: number
}

export interface Notice {
  /** Who is told. */
  readonly to: number
  readonly type: GroupNoticeType
  readonly operator: number
  /** Text of the request or the answer, or the reason. */
  readonly remark?: string
  readonly msgKey?: number
  readonly authentication?: string
  readonly userDefinedField?: string
  readonly receiveOption?: GroupReceiveOption
  readonly duration?: number
  /** Account number of the person that the request is about. */
  readonly about?: number
}

/**
 * Keeps notices for their persons and tells their devices (rest-2 section 9.8). Call it once in a transaction: the persons'
 * numbers are taken in one order, so that no two transactions wait for each other.
 *
 * @param except a session that did it itself and need not be told.
 */
export async function sendNotices(
  tx: Transaction,
  group: GroupRow,
  notices: readonly Notice[],
  bounds: NoticeBounds,
  except?: string,
): Promise<void> {
  if (notices.length === 0) return
  const app = group.app_id
  const ordered = [...notices].sort((a, b) => a.to - b.to)
  const persons = await personsOf(
    tx.db,
    app,
    ordered.flatMap(notice => [notice.operator, notice.about ?? 0]),
  )
  const last = await takeNumbers(tx, app, ordered)
  const rows = []
  for (const notice of ordered) {
    const no = last.get(notice.to) ?? 0
    last.set(notice.to, no + 1)
    const by = persons.get(notice.operator)
    const wire: WireGroupNotice = {
      ToGroupId: group.name,
      ReportType: notice.type,
      NoticeSeq: no,
      ClientSeq: randomBytes(4).readUInt32BE(),
      MsgRandom: randomBytes(4).readUInt32BE(),
      MsgTimeStamp: tx.now,
      Operator_Account: by?.userId ?? '',
      ...(notice.about !== undefined && { User_Account: persons.get(notice.about)?.userId ?? '' }),
      ...(by?.nick && { Operator_Nick: by.nick }),
      ...(by?.faceUrl && { Operator_FaceUrl: by.faceUrl }),
      ...(notice.remark !== undefined && { RemarkInfo: notice.remark }),
      ...(notice.msgKey !== undefined && { MsgKey: notice.msgKey }),
      ...(notice.authentication !== undefined && { Authentication: notice.authentication }),
      ...(notice.userDefinedField !== undefined && { UserDefinedField: notice.userDefinedField }),
      ...(notice.receiveOption !== undefined && { MsgFlag: notice.receiveOption }),
      ...(notice.duration !== undefined && { Duration: notice.duration }),
      GroupInfo: { GroupName: group.title, Type: group.type },
    }
    const body = JSON.stringify(wire)
    rows.push({ app_id: app, account_id: notice.to, notice_no: no, time: tx.now, body })
    tx.changed({
      kind: 'push',
      app,
      to: [notice.to],
      frame: `{"ev":"notice","n":${body}}`,
      ...(except !== undefined && { except }),
    })
  }
  await tx.db.insertInto('group_notice').values(rows).execute()
  await trim(tx, app, bounds, [...new Set(ordered.map(notice => notice.to))])
}

/** The first number that each person's notices of this transaction get. */
async function takeNumbers(
  tx: Transaction,
  app: number,
  ordered: readonly Notice[],
): Promise<Map<number, number>> {
  const counts = new Map<number, number>()
  for (const { to } of ordered) counts.set(to, (counts.get(to) ?? 0) + 1)
  const heads = await tx.db
    .insertInto('group_notice_head')
    .values([...counts].map(([account, count]) => ({ app_id: app, account_id: account, notice_no: count })))
    .onConflict(conflict =>
      conflict.columns(['app_id', 'account_id']).doUpdateSet({
        notice_no: sql<number>`group_notice_head.notice_no + excluded.notice_no`,
      }),
    )
    .returning(['account_id', 'notice_no'])
    .execute()
  return new Map(heads.map(row => [row.account_id, row.notice_no - (counts.get(row.account_id) ?? 0) + 1]))
}

async function trim(
  tx: Transaction,
  app: number,
  bounds: NoticeBounds,
  accounts: readonly number[],
): Promise<void> {
  await tx.db
    .deleteFrom('group_notice')
    .where('app_id', '=', app)
    .where('account_id', 'in', accounts)
    .where(eb =>
      eb.or([
        eb('time', '<', tx.now - bounds.days * SECONDS_A_DAY),
        eb(
          'notice_no',
          '<=',
          eb
            .selectFrom('group_notice_head as head')
            .select(sql<number>`head.notice_no - ${sql.lit(bounds.max)}`.as('oldest'))
            .whereRef('head.app_id', '=', 'group_notice.app_id')
            .whereRef('head.account_id', '=', 'group_notice.account_id'),
        ),
      ]),
    )
    .execute()
}
