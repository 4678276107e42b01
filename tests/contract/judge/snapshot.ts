import { hasDeleted } from './evidence.ts'
import type { Rule } from './rule.ts'

/**
 * Snapshot + changes = fresh snapshot, from every mark that was kept. An exception that the contract names: what the user
 * deleted for itself after the mark may still be in the kept messages.
 */
export const snapshot: Rule = evidence =>
  evidence.mirrors.flatMap(({ user, mark, differences }) =>
    differences.flatMap(it => {
      const what = `${user}, mark ${mark}, with ${it.peer}`
      if (it.of === 'message') {
        if (!it.fresh && hasDeleted(evidence, user, it.id)) return []
        return `${what}: the message ${it.id} is ${JSON.stringify(it.kept)} by changes, ${JSON.stringify(it.fresh)} afresh.`
      }
      return `${what}: ${it.of} ${JSON.stringify(it.kept)} by changes, ${JSON.stringify(it.fresh)} afresh.`
    }),
  )
