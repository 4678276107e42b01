import { BACK_OFF_CEILING, BACK_OFF_FIRST_CEILING, BACK_OFF_FLOOR } from '../bounds.ts'

/** Full jitter between a floor and a ceiling that doubles with every attempt. `draw` is in [0, 1). */
export function backOff(attempt: number, draw: number): number {
  const ceiling = Math.min(BACK_OFF_CEILING, BACK_OFF_FIRST_CEILING * 2 ** Math.min(attempt, 16))
  return BACK_OFF_FLOOR + draw * (ceiling - BACK_OFF_FLOOR)
}
