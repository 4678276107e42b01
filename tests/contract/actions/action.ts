import type { Device } from '../clients/device.ts'
import type { Random } from '../random.ts'
import type { World } from '../world.ts'

export interface ActionContext {
  readonly world: World
  readonly device: Device
  /** Of this step alone. */
  readonly random: Random
}

/** One kind of thing that users do. It records its calls, and never rejects because of a fault. */
export interface Action {
  readonly name: string
  /** How often, relative to the others. */
  readonly weight: number
  /** Which devices may: those that are ready (default), those that are logged out, or any. */
  readonly by?: 'out' | 'any'
  run(context: ActionContext): Promise<void>
}
