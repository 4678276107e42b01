import type { Rule } from './rule.ts'

/** Everything that nodes and devices say to each other is a JSON object. */
export const frames: Rule = evidence =>
  evidence.badFrames.map(
    ({ user, direction, text }) =>
      `A frame ${direction === 'up' ? 'from' : 'to'} a device of ${user} is no JSON: ${text}`,
  )
