import { operationsOf } from './evidence.ts'
import type { Rule } from './rule.ts'

/** No message is in the log twice, also when its send was repeated; and nothing is there that nobody sent. */
export const doubled: Rule = evidence => {
  const sent = new Map(operationsOf(evidence, 'send').map(({ call }) => [call.id, call.text]))
  const edited = new Set(operationsOf(evidence, 'edit').map(({ call }) => call.text))
  return [...evidence.views, ...evidence.groupViews].flatMap(({ user, peer, messages }) => {
    const where = `in the history of ${user} with ${peer}`
    const ids = new Map<string, number>()
    const texts = new Map<string, number>()
    return messages.flatMap(({ id, seq, text, recalled, tip }) => {
      const found: string[] = []
      const before = ids.get(id) ?? (recalled || tip ? undefined : texts.get(text))
      if (before !== undefined) found.push(`${text} (${id}) is twice ${where}: as ${before} and ${seq}.`)
      // Rule `group-tips` asks where tips come from.
      const isOurs = tip || (sent.has(id) && (recalled || text === sent.get(id) || edited.has(text)))
      if (!isOurs) found.push(`${text} (${id}), number ${seq} ${where}, was never sent so.`)
      ids.set(id, seq)
      if (!recalled && !tip) texts.set(text, seq)
      return found
    })
  })
}
