import type { RoamEntry, SeenMessage, ViewEntry } from '../history/entry.ts'
import { type Evidence, hasDeleted, viewOf } from './evidence.ts'
import type { Rule } from './rule.ts'

/** Both sides, by the SDK's commands and over REST, read the same messages in the same order and state. */
export const agreement: Rule = evidence => [
  ...evidence.views.filter(it => it.user < it.peer).flatMap(view => betweenSides(evidence, view)),
  ...evidence.roams.flatMap(roam => withRest(evidence, roam)),
]

function betweenSides(evidence: Evidence, view: ViewEntry): string[] {
  const { user, peer } = view
  const other = viewOf(evidence, peer, user)
  if (!other) return [`${peer} has no conversation with ${user}, who has one with ${peer}.`]
  const bySeq = (messages: readonly SeenMessage[]) => new Map(messages.map(it => [it.seq, it]))
  const [mine, theirs] = [bySeq(view.messages), bySeq(other.messages)]
  const found = view.changeNo === other.changeNo ? [] : [`${user} and ${peer} name different change numbers.`]
  for (const seq of new Set([...mine.keys(), ...theirs.keys()])) {
    const [a, b] = [mine.get(seq), theirs.get(seq)]
    if (JSON.stringify(a) === JSON.stringify(b)) continue
    if (!a && b && hasDeleted(evidence, user, b.id)) continue
    if (a && !b && hasDeleted(evidence, peer, a.id)) continue
    found.push(`Number ${seq}: ${user} reads ${JSON.stringify(a)}, ${peer} reads ${JSON.stringify(b)}.`)
  }
  return found
}

function withRest(evidence: Evidence, { user, peer, messages }: RoamEntry): string[] {
  const view = viewOf(evidence, user, peer)
  if (!view) return [`REST has a history of ${user} with ${peer}, the snapshot has none.`]
  const rest = messages.map(it => JSON.stringify([it.key, it.from, it.text, it.recalled, it.version]))
  const own = view.messages.map(it => JSON.stringify([it.key, it.from, it.text, it.recalled, it.version]))
  const at = Array.from({ length: Math.max(rest.length, own.length) }, (_, i) => i).find(
    i => rest[i] !== own[i],
  )
  return at === undefined
    ? []
    : [`${user} with ${peer}, message ${at + 1}: REST has ${rest[at]}, the SDK's commands have ${own[at]}.`]
}
