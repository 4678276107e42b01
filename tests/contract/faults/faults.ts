import { clientClock } from './client-clock.ts'
import type { Fault } from './fault.ts'
import {
  cut,
  delayFrames,
  doubleFrames,
  dropEvents,
  dropFrames,
  halfOpen,
  overtakeFrames,
} from './network.ts'
import { killNats, killNode, killPostgres, pauseNats, pauseNode, pausePostgres } from './processes.ts'

/** By the names that `--faults` takes. */
export const FAULTS: Readonly<Record<string, Fault>> = {
  'kill-node': killNode,
  'pause-node': pauseNode,
  'kill-postgres': killPostgres,
  'pause-postgres': pausePostgres,
  'kill-nats': killNats,
  'pause-nats': pauseNats,
  'drop-frames': dropFrames,
  'drop-events': dropEvents,
  'double-frames': doubleFrames,
  'delay-frames': delayFrames,
  'overtake-frames': overtakeFrames,
  cut,
  'half-open': halfOpen,
  'client-clock': clientClock,
}
