/** Beyond this, `Date` has no calendar text (ECMA-262, 21.4.1.1). */
const LAST_CALENDAR_SECOND = 8_640_000_000_000

/** Unix seconds for a reader: `1700000000 (2023-11-14T22:13:20Z)`. */
export function clockText(seconds: number): string {
  if (!Number.isFinite(seconds) || Math.abs(seconds) > LAST_CALENDAR_SECOND) return String(seconds)
  return `${seconds} (${new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z')})`
}

const STEPS = [
  ['day', 86400],
  ['hour', 3600],
  ['minute', 60],
] as const

/** A length of time for a reader: `90000 s (about 1 day)`; short ones stay in seconds. */
export function durationText(seconds: number): string {
  const step = STEPS.find(([, size]) => seconds >= size)
  if (step === undefined) return `${seconds} s`
  const count = Math.round(seconds / step[1])
  return `${seconds} s (about ${count} ${step[0]}${count === 1 ? '' : 's'})`
}

/** The system's clock in Unix seconds. */
export function systemClock(): number {
  return Math.floor(Date.now() / 1000)
}
