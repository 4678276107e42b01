import type { Device } from '../clients/device.ts'
import { FAIR, type Weather } from '../relay/relay.ts'
import type { Fault } from './fault.ts'

/** Of the devices that a network fault hits at once. */
const SHARE = 0.4

const nothing = async (): Promise<void> => undefined

/** Bad weather on some devices' networks. */
function weather(is: Partial<Weather>, weight: number, longestMs: number): Fault {
  return {
    weight,
    longestMs,
    embedded: true,
    choose(world, random) {
      const hit = world.devices.filter(() => random.chance(SHARE))
      const set = (value: Weather) => {
        for (const { relay } of hit) relay.weather = value
      }
      return {
        target: 'network',
        begin: async () => set({ ...FAIR, heldMs: 400, ...is }),
        end: async () => set(FAIR),
      }
    },
  }
}

/** Something that happens to one device at once, and heals by itself. */
function stroke(hit: (device: Device) => void, weight: number): Fault {
  return {
    weight,
    longestMs: 100,
    embedded: true,
    choose(world, random) {
      const device = random.pick(world.devices)
      return device && { target: device.name, begin: async () => hit(device), end: nothing }
    },
  }
}

/** Any frames: an unanswered request takes the SDK 15 s to give up. */
export const dropFrames = weather({ drop: 0.05 }, 1, 4_000)
export const dropEvents = weather({ dropEvents: 0.3 }, 2, 8_000)
export const doubleFrames = weather({ double: 0.2 }, 2, 8_000)
export const delayFrames = weather({ hold: 0.1 }, 2, 8_000)
export const overtakeFrames = weather({ overtake: 0.1 }, 2, 8_000)

export const cut = stroke(device => device.relay.cut(), 3)
export const halfOpen = stroke(device => device.relay.freeze(), 2)
