import { defineMutation } from '../../store/mutation.ts'
import { MemberRole } from '../../store/schema.ts'
import { tellGroup } from '../change-group.ts'
import { groupLocks } from '../group-call.ts'
import { denied } from '../group-error.ts'
import { livingGroup } from '../group-rows.ts'
import { TYPE_RULES } from '../rules/group-types.ts'
import { AddResult, requireRoom } from './add-members.ts'
import { admissions } from './admission.ts'
import { enterMembers } from './enter-members.ts'
import { setUnread } from './set-unread.ts'

export interface ImportMembers {
  readonly app: number
  readonly group: number
  readonly members: readonly {
    readonly account: number
    readonly admin: boolean
    /** Unix seconds; later than the group's creation, not in the future. */
    readonly joinTime?: number
    readonly unread?: number
  }[]
  readonly joinedMax: number
}

/** Makes members of before without telling anybody. The result of each, in order: failed, added or was a member. */
export const importMembers = defineMutation<ImportMembers, AddResult[]>(
  'groups/import-members',
  async (tx, args) => {
    const group = await livingGroup(tx, args.app, args.group)
    if (!TYPE_RULES[group.type].importable) throw denied('Nothing is imported into live rooms.', 'type')
    const judged = await admissions(
      tx,
      group,
      args.members.map(member => member.account),
      args.joinedMax,
    )
    const seen = new Set<number>()
    const results = args.members.map(member => {
      const { joinTime } = member
      if (judged.get(member.account) === 'member' || seen.has(member.account)) return AddResult.WAS_MEMBER
      if (judged.get(member.account) !== 'free') return AddResult.FAILED
      if (joinTime !== undefined && (joinTime < group.create_time || joinTime > tx.now))
        return AddResult.FAILED
      seen.add(member.account)
      return AddResult.ADDED
    })
    const entering = args.members.filter((_, index) => results[index] === AddResult.ADDED)
    requireRoom(group, entering.length)
    if (entering.length === 0) return results
    const entered = await enterMembers(
      tx,
      group,
      entering.map(member => ({
        account: member.account,
        role:
          member.admin && TYPE_RULES[group.type].roles.includes('Admin')
            ? MemberRole.ADMIN
            : MemberRole.MEMBER,
        ...(member.joinTime !== undefined && { joinTime: member.joinTime }),
      })),
    )
    for (const member of entering)
      if (member.unread) await setUnread(tx, entered, member.account, member.unread)
    tellGroup(tx, entered, { joined: entering.map(member => member.account) })
    return results
  },
  {
    locks: args =>
      groupLocks(
        args,
        args.members.map(member => member.account),
      ),
  },
)
