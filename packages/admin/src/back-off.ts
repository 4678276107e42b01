const BASE_MS = 200
const CAP_MS = 5_000

/**
 * Milliseconds before the next try: a random part of a bound that doubles with each (full jitter), so that clients which failed
 * together don't return together. A delay that the server asked for comes on top.
 * @param failures tries that failed so far, from 1
 * @param random from 0 to 1
 */
export function backOffMs(failures: number, askedMs: number, random: number = Math.random()): number {
  return askedMs + random * Math.min(CAP_MS, BASE_MS * 2 ** (failures - 1))
}
