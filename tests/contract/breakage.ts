import type { Broken } from './faults/fault.ts'
import { FAULTS } from './faults/faults.ts'
import type { Step } from './plan.ts'
import { Random } from './random.ts'
import type { World } from './world.ts'

type FaultStep = Extract<Step, { readonly fault: string }>

/** The faults in force, one for each target at a time. */
export class Breakage {
  readonly #world: World
  readonly #inForce = new Map<string, () => Promise<void>>()
  readonly #over = Promise.withResolvers<void>()
  #isOver = false

  constructor(world: World) {
    this.#world = world
  }

  /** Resolves when the fault has ended. */
  async strike({ fault, forMs, seed }: FaultStep): Promise<void> {
    const broken = FAULTS[fault]?.choose(this.#world, new Random(seed))
    if (!broken || this.#isOver || this.#inForce.has(broken.target)) return
    const { target } = broken
    let ending: Promise<void> | undefined
    const end = () => {
      ending ??= this.#end(fault, broken)
      return ending
    }
    this.#inForce.set(target, end)
    this.#world.recorder.note({ t: 'fault', fault, target, is: 'begin' })
    await broken.begin()
    await Promise.race([Bun.sleep(forMs), this.#over.promise])
    await end()
  }

  /** Ends them all; no other begins any more. */
  async healAll(): Promise<void> {
    this.#isOver = true
    this.#over.resolve()
    await Promise.all([...this.#inForce.values()].map(end => end()))
  }

  async #end(fault: string, broken: Broken): Promise<void> {
    await broken.end()
    this.#inForce.delete(broken.target)
    this.#world.recorder.note({ t: 'fault', fault, target: broken.target, is: 'end' })
  }
}
