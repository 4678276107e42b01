import { refuse } from '../apps/refuse.ts'

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }

/** Seconds of `90`, `10m`, `12h`, `7d`. Throws 70402 for another text. */
export function durationSeconds(text: string, option: string): number {
  const match = /^(\d{1,10})([smhd]?)$/.exec(text)
  if (!match) throw refuse(option, `--${option} takes seconds, or a time like 10m, 12h, 7d; not "${text}".`)
  return Number(match[1]) * (UNIT_SECONDS[match[2] || 's'] ?? 1)
}
