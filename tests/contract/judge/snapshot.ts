import type { WireConversation } from '@rookery/protocol/wire'
import { type Evidence, hasDeleted } from './evidence.ts'
import { groupModel } from './group-model.ts'
import type { Rule } from './rule.ts'

/**
 * Snapshot + changes = fresh snapshot, from every mark that was kept. An exception that the contract names: what the user
 * deleted for itself after the mark may still be in the kept messages. So may what a user saw of a group in a former membership:
 * recalls and edits of later are told to nobody who is out. All else of such a conversation stays as it was on leaving.
 */
export const snapshot: Rule = evidence =>
  evidence.mirrors.flatMap(({ user, mark, differences }) =>
    differences.flatMap(it => {
      const what = `${user}, mark ${mark}, with ${it.peer}`
      if (it.of === 'message') {
        if (!it.fresh && hasDeleted(evidence, user, it.id)) return []
        if (it.kept && isFormer(evidence, user, it.peer, it.kept.seq)) return []
        return `${what}: the message ${it.id} is ${JSON.stringify(it.kept)} by changes, ${JSON.stringify(it.fresh)} afresh.`
      }
      if (it.of === 'item') {
        const [kept, fresh] = [it.kept, it.fresh].map(item =>
          comparable(item as WireConversation | undefined),
        )
        if (kept !== undefined && kept === fresh) return []
      }
      return `${what}: ${it.of} ${JSON.stringify(it.kept)} by changes, ${JSON.stringify(it.fresh)} afresh.`
    }),
  )

/** Of a group that the user is out of, the last message by its number: its state is that of a message. */
function comparable(item: WireConversation | undefined): string | undefined {
  return item && JSON.stringify(item.Group?.Member === 0 ? { ...item, LastMsg: item.LastMsg?.Seq } : item)
}

/** In the range of no present membership: what changed there afterwards is not told. */
function isFormer(evidence: Evidence, user: string, peer: string, seq: number): boolean {
  const model = groupModel(evidence, peer)
  return model !== undefined && !(model.isMember(user) && seq >= (model.spansOf(user).at(-1)?.from ?? 0))
}
