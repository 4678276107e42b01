import type { GroupFinalEntry, RoamEntry, SeenMessage, ViewEntry } from '../history/entry.ts'
import { type Evidence, hasDeleted, viewOf } from './evidence.ts'
import type { Rule } from './rule.ts'

/** Both sides, by the SDK's commands and over REST, read the same messages in the same order and state. */
export const agreement: Rule = evidence => [
  ...evidence.views.filter(it => it.user < it.peer).flatMap(view => betweenSides(evidence, view)),
  ...evidence.roams.flatMap(roam => withRest(evidence, roam)),
  ...evidence.groupViews.flatMap(view => withOwner(evidence, view)),
  ...[...evidence.groupFinals.values()].flatMap(final => ownerWithRest(evidence, final)),
]

/** What a member of a group sees is what its owner sees. Rule `group-delivery` asks whether it is all that it should be. */
function withOwner(evidence: Evidence, { user, peer, member, changeNo, messages }: ViewEntry): string[] {
  const owner = evidence.groups.get(peer)?.owner ?? ''
  const whole = viewOf(evidence, owner, peer)
  if (!whole) return [`${owner} has no conversation of its group ${peer}, and ${user} has one.`]
  const log = new Map(whole.messages.map(it => [it.seq, JSON.stringify(it)]))
  return [
    ...(member && changeNo !== whole.changeNo ? [`${user} and ${owner} name different change numbers.`] : []),
    ...messages.flatMap(it => {
      const [mine, theirs] = [JSON.stringify(it), log.get(it.seq)]
      return mine === theirs
        ? []
        : `Number ${it.seq} of ${peer}: ${user} reads ${mine}, its owner ${owner} reads ${theirs}.`
    }),
  ]
}

function ownerWithRest(evidence: Evidence, { group, messages }: GroupFinalEntry): string[] {
  const owner = evidence.groups.get(group)?.owner ?? ''
  const own = viewOf(evidence, owner, group)?.messages ?? []
  const rest = new Map(messages.map(it => [it.seq, it]))
  const shown = new Map(own.map(it => [it.seq, it]))
  return [...new Set([...rest.keys(), ...shown.keys()])].flatMap(seq => {
    const [a, b] = [rest.get(seq), shown.get(seq)]
    const isSame =
      a && b && a.recalled === b.recalled && (a.recalled || (a.from === b.from && a.text === b.text))
    return isSame
      ? []
      : `Number ${seq} of ${group}: REST has ${JSON.stringify(a)}, its owner reads ${JSON.stringify(b)}.`
  })
}

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
