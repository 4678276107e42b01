import { actionsOf } from './actions/actions.ts'
import { FAULTS } from './faults/faults.ts'
import type { RunOptions } from './options.ts'
import { Random } from './random.ts'

/** Begins `at` milliseconds after the start. `seed` feeds the choices that depend on what is there then. */
export type Step =
  | { readonly at: number; readonly action: string; readonly device: number; readonly seed: number }
  | { readonly at: number; readonly fault: string; readonly forMs: number; readonly seed: number }

/** Mean time between two faults. */
const FAULT_EVERY_MS = 2_000
/** Nothing breaks before the first logins. */
const CALM_MS = 1_000

/** Everything that a run decides, from its options alone: who does what when, what breaks when and for how long. */
export function planOf(options: RunOptions): readonly Step[] {
  const random = new Random(options.seed)
  const endMs = options.minutes * 60_000
  return [
    ...workload(options, new Random(random.seed()), endMs),
    ...breakage(options, new Random(random.seed()), endMs),
  ].sort((a, b) => a.at - b.at)
}

function workload(options: RunOptions, random: Random, endMs: number): Step[] {
  const devices = options.users * options.devices
  const actions = actionsOf(options)
  const steps: Step[] = []
  for (let at = 0; at < endMs; at += (random.next() * 2_000) / options.rate) {
    const action = random.weighted(actions)
    if (action)
      steps.push({ at, action: action.name, device: random.between(0, devices - 1), seed: random.seed() })
  }
  return steps
}

function breakage(options: RunOptions, random: Random, endMs: number): Step[] {
  const chosen = options.faults.flatMap(name => {
    const fault = FAULTS[name]
    return fault ? [{ name, weight: fault.weight, longestMs: fault.longestMs }] : []
  })
  const steps: Step[] = []
  for (let at = CALM_MS; at < endMs; at += random.between(FAULT_EVERY_MS / 3, (FAULT_EVERY_MS * 5) / 3)) {
    const fault = random.weighted(chosen)
    if (fault)
      steps.push({
        at,
        fault: fault.name,
        forMs: random.between(Math.ceil(fault.longestMs / 10), fault.longestMs),
        seed: random.seed(),
      })
  }
  return steps
}
