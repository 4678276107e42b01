import type { Evidence } from './evidence.ts'

/** A pure function of a history: what breaks one promise, a sentence each. */
export type Rule = (evidence: Evidence) => readonly string[]
