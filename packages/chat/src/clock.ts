/** Stops the timer; harmless when it already fired. */
export type Cancel = () => void

/** Time and chance as the SDK sees them; tests bring their own. */
export interface Clock {
  /** Unix milliseconds. */
  now(): number
  /** Milliseconds from any fixed moment on, for durations: setting the clock does not move it. */
  elapsed(): number
  after(ms: number, act: () => void): Cancel
  /** In [0, 1). */
  random(): number
}

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after(ms, act) {
    const timer = setTimeout(act, ms)
    return () => clearTimeout(timer)
  },
  random: () => Math.random(),
}
