import { allowSockets } from '../../open-files.ts'
import type { BenchOptions } from '../../options.ts'
import { Tally } from '../../pair.ts'
import type { Figures } from '../../peer.ts'
import { figuresOf, measureInTurns } from '../../sides.ts'
import { connectAll } from '../connect-all.ts'
import { Conversation } from '../conversation.ts'
import type { PeerDefinition } from '../peer-definition.ts'
import { voidNotes } from './void-notes.ts'

const GROUP = 'group'
const SENDER = 'sender'
/** Messages under way until all members have them, as for Rookery's one large group. */
const WINDOW = 32

/** One sender in a group whose members are all online; deliveries count. */
export async function fanout(definition: PeerDefinition, options: BenchOptions): Promise<Figures> {
  const count = options.quick ? 200 : 1000
  const names = Array.from({ length: count }, (_, index) => `m${index}`)
  allowSockets(count + 1)
  const server = await definition.start(options.serverCore, [SENDER, ...names])
  try {
    const [sender, ...receivers] = await connectAll(server, [SENDER, ...names])
    if (!sender) throw new Error('A group has a sender.')
    if (definition.sendersJoin !== false) await sender.join(GROUP)
    for (const receiver of receivers) await receiver.join(GROUP)
    const tally = new Tally()
    const send = await sender.sender({ group: GROUP })
    const side = {
      name: definition.name,
      target: server.process,
      pairs: [new Conversation(tally, { sender, receivers, send })],
      tally,
      window: WINDOW,
      done: () => tally.delivered,
      perMessage: count,
    }
    const [rounds] = await measureInTurns([side], options)
    if (!rounds) throw new Error('Nothing was measured.')
    const notes = voidNotes(rounds)
    return { ...figuresOf(rounds), ...(notes.length > 0 && { note: notes.join('; ') }) }
  } finally {
    await server.process.stop()
  }
}
