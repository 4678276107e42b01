import type { Rule } from './rule.ts'

/** Once nothing is broken any more, every logged-in device comes back and catches up within the bound. */
export const settled: Rule = evidence =>
  evidence.unsettled.map(({ user }) => `A device of ${user} did not come back, or did not catch up, in time.`)
