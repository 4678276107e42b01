import type { SeenMessage } from '../history/entry.ts'
import { type Evidence, operationsOf } from './evidence.ts'
import type { Rule } from './rule.ts'

/**
 * Edits name the version that they change, so each version has one successor: an acknowledged edit is in the version after its
 * own, and the final text is that of the edit that made the final version. An acknowledged recall holds.
 */
export const changes: Rule = evidence => {
  const texts = new Map(operationsOf(evidence, 'send').map(({ call }) => [call.id, call.text]))
  return [...evidence.stored.values()]
    .filter(it => !it.tip)
    .flatMap(message => [...edits(evidence, message, texts.get(message.id)), ...recalls(evidence, message)])
}

function edits(evidence: Evidence, message: SeenMessage, original: string | undefined): string[] {
  const { id, version, text, recalled } = message
  const tried = operationsOf(evidence, 'edit').filter(({ call }) => call.id === id)
  const done = tried.filter(({ ok }) => ok)
  const found: string[] = []
  for (const [base, same] of Map.groupBy(done, ({ call }) => call.base))
    if (same.length > 1)
      found.push(`${id}: ${same.map(({ call }) => call.text).join(' and ')} both replaced version ${base}.`)
  for (const { call } of done)
    if (call.base >= version)
      found.push(
        `${id}: the edit ${call.text} of version ${call.base} was acknowledged, the version is ${version}.`,
      )
  if (version > tried.length) found.push(`${id} has version ${version} after ${tried.length} edits.`)
  if (recalled) return found
  const made =
    version === 0
      ? [original]
      : tried.filter(({ call }) => call.base === version - 1).map(({ call }) => call.text)
  if (!made.includes(text))
    found.push(`${id} says ${text}; version ${version} was made by ${made.join(' or ')}.`)
  const acknowledged = done.find(({ call }) => call.base === version - 1)
  if (acknowledged && acknowledged.call.text !== text)
    found.push(`${id} says ${text}; the acknowledged edit of its version was ${acknowledged.call.text}.`)
  return found
}

function recalls(evidence: Evidence, { id, recalled }: SeenMessage): string[] {
  const tried = operationsOf(evidence, 'recall').filter(({ call }) => call.id === id)
  if (recalled && tried.length === 0) return [`${id} is recalled, and nobody did it.`]
  if (!recalled && tried.some(({ ok }) => ok)) return [`${id} was recalled with success, and is not.`]
  return []
}
