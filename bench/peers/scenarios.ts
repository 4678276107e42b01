import type { BenchOptions } from '../options.ts'
import type { Figures, Peer } from '../peer.ts'
import { NOT_INSTALLED } from './installed.ts'
import type { PeerDefinition } from './peer-definition.ts'
import { fanout } from './scenarios/fanout.ts'
import { idle } from './scenarios/idle.ts'
import { login } from './scenarios/login.ts'
import { send } from './scenarios/send.ts'

/** How one scenario is measured of any other server. */
export type PeerMeasurement = (definition: PeerDefinition, options: BenchOptions) => Promise<Figures>

export function peerOf(definition: PeerDefinition): Peer {
  const { name, notes } = definition
  const measured = (measure: PeerMeasurement, about?: string) => async (options: BenchOptions) => {
    const figures = await measure(definition, options)
    const parts = [definition.version(), about, figures.note]
    return { ...figures, note: parts.filter(part => part !== undefined).join('; ') }
  }
  return {
    name,
    available: async () => (definition.version() === undefined ? NOT_INSTALLED : undefined),
    scenarios: {
      send: measured(send, notes.messages),
      fanout: measured(fanout, notes.messages),
      login: measured(login, notes.login),
      idle: measured(idle),
    },
  }
}
