import type { Random } from '../random.ts'
import type { World } from '../world.ts'

/** A fault that is in force. */
export interface Broken {
  /** What it hits; a target has one fault at a time. */
  readonly target: string
  begin(): Promise<void>
  end(): Promise<void>
}

/** One kind of fault. */
export interface Fault {
  readonly weight: number
  readonly longestMs: number
  /** A single embedded node can have it too. */
  readonly embedded: boolean
  /** Chooses a target; undefined when there is none. */
  choose(world: World, random: Random): Broken | undefined
}
