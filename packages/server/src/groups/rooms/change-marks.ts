import { defineMutation } from '../../store/mutation.ts'
import { badField } from '../group-error.ts'

export interface ChangeMarks {
  readonly app: number
  readonly group: number
  readonly set: boolean
  readonly people: readonly { readonly account: number; readonly marks: readonly number[] }[]
  /** Accounts that are no longer inside: their marks are void. */
  readonly gone: readonly number[]
  /** `live.marksMax` and `live.markUsersMax` */
  readonly bounds: { readonly marks: number; readonly users: number }
}

/** Sets or takes marks of people in a live room. Throws 10004 when there are more of them than may be. */
export const changeMarks = defineMutation<ChangeMarks, void>(
  'rooms/change-marks',
  async (tx, { app, group, set, people, gone, bounds }) => {
    const inRoom = <T extends { where(column: 'app_id' | 'group_no', op: '=', value: number): T }>(
      query: T,
    ): T => query.where('app_id', '=', app).where('group_no', '=', group)
    if (gone.length > 0) await inRoom(tx.db.deleteFrom('room_mark')).where('account_id', 'in', gone).execute()
    for (const { account, marks } of people) {
      if (marks.length === 0) continue
      if (set)
        await tx.db
          .insertInto('room_mark')
          .values(
            marks.map(mark => ({ app_id: app, group_no: group, account_id: account, mark, time: tx.now })),
          )
          .onConflict(conflict =>
            conflict.columns(['app_id', 'group_no', 'account_id', 'mark']).doUpdateSet({ time: tx.now }),
          )
          .execute()
      else
        await inRoom(tx.db.deleteFrom('room_mark'))
          .where('account_id', '=', account)
          .where('mark', 'in', marks)
          .execute()
    }
    if (!set) return
    const counts = await inRoom(tx.db.selectFrom('room_mark'))
      .select(eb => ['mark', eb.fn.countAll<number>().as('n')])
      .groupBy('mark')
      .execute()
    if (counts.length > bounds.marks)
      throw badField(
        'Marks',
        `would make ${counts.length} different marks in the room; ${bounds.marks} are allowed`,
      )
    const full = counts.find(({ n }) => Number(n) > bounds.users)
    if (full)
      throw badField('Marks', `would give ${full.mark} to ${full.n} people; ${bounds.users} are allowed`)
  },
  { keepsHeads: true, locks: ({ app, group }) => [{ on: 'group', app, group }] },
)
