import type { ApplicationsEntry } from '../history/entry.ts'
import { type Evidence, operationsOf } from './evidence.ts'
import type { Rule } from './rule.ts'

/**
 * An application that was acknowledged is in the list of those who answer it: open until one of them may have answered, and
 * answered after somebody did. Nobody is in the list who did not apply.
 */
export const groupApplications: Rule = evidence =>
  evidence.applications.flatMap(list => {
    const applicants = new Set(
      operationsOf(evidence, 'apply').flatMap(({ call }) => (call.group === list.group ? call.user : [])),
    )
    const strangers = list.items.filter(it => !applicants.has(it.applicant))
    return [
      ...strangers.map(it => `${list.group} lists an application of ${it.applicant}, who made none.`),
      ...[...applicants].flatMap(applicant => ofApplicant(evidence, list, applicant)),
    ]
  })

function ofApplicant(
  evidence: Evidence,
  { group, by, items }: ApplicationsEntry,
  applicant: string,
): string[] {
  const applies = operationsOf(evidence, 'apply').filter(
    ({ call }) => call.group === group && call.user === applicant,
  )
  const answers = operationsOf(evidence, 'handle').filter(
    ({ call }) => call.group === group && call.target === applicant,
  )
  const own = items.filter(it => it.applicant === applicant)
  const last = applies.filter(({ ok }) => ok).at(-1)
  const name = `The application of ${applicant} to ${group}`
  if (own.length > 1) return [`${name} is ${own.length} times in the list of ${by}.`]
  const [item] = own
  if (!item) return last ? [`${name} was acknowledged, and ${by} is shown none.`] : []
  if (!item.isOpen && answers.every(({ ended }) => last !== undefined && ended < last.began))
    return [`${name} counts as answered, and nobody answered it.`]
  const answered = answers.find(
    answer => answer.ok && applies.every(({ ok, ended }) => ok && ended < answer.began),
  )
  return item.isOpen && answered ? [`${name} was answered by ${answered.call.user}, and is open.`] : []
}
