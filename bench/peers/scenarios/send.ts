import { median } from '../../figures.ts'
import type { BenchOptions } from '../../options.ts'
import { Tally } from '../../pair.ts'
import type { Figures } from '../../peer.ts'
import { pairNames } from '../../send.ts'
import { figuresOf, measureInTurns, type Rounds } from '../../sides.ts'
import { connectAll } from '../connect-all.ts'
import { Conversation } from '../conversation.ts'
import type { PeerDefinition } from '../peer-definition.ts'
import { voidNotes } from './void-notes.ts'

/** One-to-one messages, acknowledged and delivered. */
export async function send(definition: PeerDefinition, options: BenchOptions): Promise<Figures> {
  const names = pairNames(options.pairs)
  const server = await definition.start(options.serverCore, names)
  try {
    const clients = await connectAll(server, names)
    const tally = new Tally()
    const pairs: Conversation[] = []
    for (let at = 0; at < clients.length; at += 2) {
      const [sender, receiver, user] = [clients[at], clients[at + 1], names[at + 1]]
      if (!sender || !receiver || user === undefined) throw new Error('A pair has two connections.')
      const send = await sender.sender({ user })
      pairs.push(new Conversation(tally, { sender, receivers: [receiver], send }))
    }
    const side = { name: definition.name, target: server.process, pairs, tally }
    const [rounds] = await measureInTurns([side], options)
    if (!rounds) throw new Error('Nothing was measured.')
    return { ...figuresOf(rounds), note: [acks(rounds), ...voidNotes(rounds)].join('; ') }
  } finally {
    await server.process.stop()
  }
}

function acks({ halves }: Rounds): string {
  const late = [0, 1, 2].map(place => median(halves.map(one => one.ack[place] ?? Number.NaN)).toFixed(2))
  return `acknowledged after ${late.join(' / ')} ms (p50 / p95 / p99)`
}
