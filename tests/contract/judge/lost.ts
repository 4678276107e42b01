import { hasDeleted, operationsOf, viewOf } from './evidence.ts'
import type { Rule } from './rule.ts'

/** Every acknowledged message is in the log, under the number that was acknowledged, and both sides see it. */
export const lost: Rule = evidence =>
  operationsOf(evidence, 'send').flatMap(({ call, ok, seq }) => {
    if (!ok) return []
    // The owner of a group sees all of it; what the others see is compared with that.
    const owner = evidence.groups.get(call.peer)?.owner
    const sides =
      owner !== undefined
        ? [[owner, call.peer]]
        : [
            [call.user, call.peer],
            [call.peer, call.user],
          ]
    return sides.flatMap(([me = '', other = '']) => {
      if (hasDeleted(evidence, me, call.id)) return []
      const found = viewOf(evidence, me, other)?.messages.find(it => it.id === call.id)
      const what = `${call.text} (${call.id}) of ${call.user} to ${call.peer}, acknowledged as ${seq},`
      if (!found) return `${what} is not in the history that ${me} sees.`
      return found.seq === seq ? [] : `${what} has the number ${found.seq} for ${me}.`
    })
  })
