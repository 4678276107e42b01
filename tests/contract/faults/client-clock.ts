import type { Fault } from './fault.ts'

const HOUR_MS = 3_600_000

/** Somebody sets a device's clock wrong, by up to two hours either way, and half of the time corrects it later. */
export const clientClock: Fault = {
  weight: 1,
  longestMs: 8_000,
  embedded: true,
  choose(world, random) {
    const device = random.pick(world.devices)
    const ms = random.between(-2 * HOUR_MS, 2 * HOUR_MS)
    const isCorrected = random.chance(0.5)
    return (
      device && {
        target: `${device.name} clock`,
        begin: async () => device.clock.step(ms),
        end: async () => {
          if (isCorrected) device.clock.correct()
        },
      }
    )
  },
}
