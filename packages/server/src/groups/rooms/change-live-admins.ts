import { defineMutation } from '../../store/mutation.ts'
import { MemberRole } from '../../store/schema.ts'
import { editGroup, tellGroup } from '../change-group.ts'
import { badField } from '../group-error.ts'
import { livingGroup, memberRows } from '../group-rows.ts'
import { TYPE_RULES } from '../rules/group-types.ts'

export interface ChangeLiveAdmins {
  readonly app: number
  readonly group: number
  readonly add: boolean
  readonly accounts: readonly number[]
  /** `live.adminsMax` */
  readonly adminsMax: number
}

/**
 * Appoints or dismisses admins of a live room (rest-2 section 8.4). They are its only stored members; to hear the room they
 * enter it like everybody. Throws 10004 when there are too many then.
 */
export const changeLiveAdmins = defineMutation<ChangeLiveAdmins, void>(
  'rooms/change-admins',
  async (tx, { app, group: no, add, accounts, adminsMax }) => {
    const group = await livingGroup(tx, app, no)
    const present = await memberRows(tx.db, group, accounts)
    const moved = [...new Set(accounts)].filter(
      account => account !== group.owner_id && present.has(account) !== add,
    )
    if (moved.length === 0) return
    if (add && group.member_count + moved.length > adminsMax)
      throw badField(
        'Admin_Account',
        `would make more admins than the ${adminsMax} that a live room may have`,
      )
    if (add)
      await tx.db
        .insertInto('group_member')
        .values(
          moved.map(account => ({
            app_id: app,
            group_no: no,
            account_id: account,
            role: MemberRole.ADMIN,
            join_time: tx.now,
            join_seq: 0,
            name_card: '',
            custom: '[]',
            receive_option: TYPE_RULES[group.type].receiveOption,
          })),
        )
        .execute()
    else
      await tx.db
        .deleteFrom('group_member')
        .where('app_id', '=', app)
        .where('group_no', '=', no)
        .where('account_id', 'in', moved)
        .execute()
    tellGroup(tx, await editGroup(tx, group, { rights: true, members: add ? moved.length : -moved.length }))
  },
  {
    locks: ({ app, group, accounts }) => [
      { on: 'group', app, group },
      ...accounts.map(account => ({ on: 'account' as const, app, account })),
    ],
  },
)
