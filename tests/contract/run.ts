import { actionsOf } from './actions/actions.ts'
import { Breakage } from './breakage.ts'
import { startCluster } from './cluster/start-cluster.ts'
import { takeFinals } from './finals.ts'
import type { Entry } from './history/entry.ts'
import { Recorder } from './history/recorder.ts'
import { commandOf, type RunOptions } from './options.ts'
import { planOf, type Step } from './plan.ts'
import { Progress } from './progress.ts'
import { Random } from './random.ts'
import type { RelayOptions } from './relay/relay.ts'
import { settle } from './settle.ts'
import { World } from './world.ts'

export interface RunHooks {
  readonly say: (line: string) => void
  /** For planted bugs: what the relays do to frames. */
  readonly tamper?: RelayOptions['tamper']
  /** For planted bugs: when everything has settled, before the final state is read. */
  readonly beforeFinals?: (world: World) => Promise<void>
}

/** Longer than any operation of the SDK takes to end by itself. */
const OPERATIONS_END_MS = 40_000

/** One whole run; resolves with its history. Leaves no process and no file. */
export async function run(options: RunOptions, hooks: RunHooks): Promise<readonly Entry[]> {
  const cluster = await startCluster(options)
  const recorder = new Recorder()
  recorder.entries.push({ t: 'run', seed: options.seed, command: commandOf(options) })
  const world = new World(options, cluster, recorder)
  const breakage = new Breakage(world)
  const progress = new Progress(world, hooks.say)
  try {
    await world.populate(hooks.tamper)
    await Promise.all(world.devices.map(device => world.login(device)))
    const underWay = new Set<Promise<void>>()
    let defect: unknown
    const began = performance.now()
    for (const step of planOf(options)) {
      const wait = step.at - (performance.now() - began)
      if (wait > 0) await Bun.sleep(wait)
      const work: Promise<void> = perform(world, breakage, step)
        .catch((cause: unknown) => {
          defect ??= cause
        })
        .finally(() => underWay.delete(work))
      underWay.add(work)
      if (defect) throw defect
    }
    hooks.say('The plan is over; the faults end.')
    await breakage.healAll()
    await endOf(underWay)
    if (defect) throw defect
    hooks.say('All operations have ended; the devices settle.')
    await settle(world, hooks.say)
    for (const node of cluster.nodes)
      if (node.hasCrashed) throw new Error(`${node.name} ended by itself:\n${node.lastWords}`)
    await hooks.beforeFinals?.(world)
    hooks.say('Reading the final state.')
    await takeFinals(world)
    return recorder.entries
  } finally {
    progress.stop()
    await breakage.healAll()
    await world.close()
    await cluster.stop()
  }
}

async function perform(world: World, breakage: Breakage, step: Step): Promise<void> {
  if ('fault' in step) return breakage.strike(step)
  const action = actionsOf(world.options).find(it => it.name === step.action)
  const device = world.devices[step.device]
  if (!action || !device || device.isBusy) return
  const { by = 'ready' } = action
  if (by === 'ready' ? !device.isReady : by === 'out' && device.isIn) return
  device.underWay += 1
  try {
    await action.run({ world, device, random: new Random(step.seed) })
  } finally {
    device.underWay -= 1
  }
}

async function endOf(underWay: ReadonlySet<Promise<void>>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(new Error(`${underWay.size} operations did not end within ${OPERATIONS_END_MS / 1000} s.`)),
      OPERATIONS_END_MS,
    )
  })
  try {
    await Promise.race([Promise.all(underWay), late])
  } finally {
    clearTimeout(timer)
  }
}
