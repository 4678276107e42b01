import type { Part } from '../cluster/cluster.ts'
import type { Random } from '../random.ts'
import type { World } from '../world.ts'
import type { Broken, Fault } from './fault.ts'

/** SIGKILL; started again when the fault ends. */
function killed(part: Part): Broken {
  return { target: part.name, begin: () => part.kill(), end: () => part.restart() }
}

/** SIGSTOP; SIGCONT when the fault ends. */
function paused(part: Part): Broken {
  return { target: part.name, begin: () => part.pause(), end: () => part.resume() }
}

const anyNode = (world: World, random: Random): Part | undefined => random.pick(world.cluster.nodes)

export const killNode: Fault = {
  weight: 3,
  longestMs: 4_000,
  embedded: true,
  choose: (world, random) => of(anyNode(world, random), killed),
}

export const pauseNode: Fault = {
  weight: 3,
  longestMs: 8_000,
  embedded: true,
  choose: (world, random) => of(anyNode(world, random), paused),
}

export const killPostgres: Fault = {
  weight: 1,
  longestMs: 3_000,
  embedded: false,
  choose: world => of(world.cluster.database, killed),
}

export const pausePostgres: Fault = {
  weight: 1,
  longestMs: 5_000,
  embedded: false,
  choose: world => of(world.cluster.database, paused),
}

export const killNats: Fault = {
  weight: 1,
  longestMs: 4_000,
  embedded: false,
  choose: world => of(world.cluster.bus, killed),
}

export const pauseNats: Fault = {
  weight: 1,
  longestMs: 6_000,
  embedded: false,
  choose: world => of(world.cluster.bus, paused),
}

function of(part: Part | undefined, break_: (part: Part) => Broken): Broken | undefined {
  return part && break_(part)
}
