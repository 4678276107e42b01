import { median } from '../../figures.ts'
import { quiet } from '../../measured-process.ts'
import { allowSockets } from '../../open-files.ts'
import type { BenchOptions } from '../../options.ts'
import type { Figures } from '../../peer.ts'
import { connectAll } from '../connect-all.ts'
import type { PeerDefinition } from '../peer-definition.ts'

/** Logged in first and kept, as for Rookery: what code and pools cost once is not a connection's. */
const WARM_UP = 300

/** Memory of logged-in connections, in a new process each round; nobody can have it collect garbage first. */
export async function idle(definition: PeerDefinition, options: BenchOptions): Promise<Figures> {
  const count = options.count ?? (options.quick ? 1000 : 9000)
  const names = Array.from({ length: count + WARM_UP }, (_, index) => `i${index}`)
  allowSockets(count + WARM_UP)
  const bytes: number[] = []
  for (let round = 0; round < options.repeat; round++) {
    const server = await definition.start(options.serverCore, names)
    try {
      const clients = await connectAll(server, names.slice(0, WARM_UP))
      await quiet(server.process)
      const before = server.process.memory()
      clients.push(...(await connectAll(server, names.slice(WARM_UP))))
      await quiet(server.process)
      bytes.push((server.process.memory() - before) / count)
      for (const client of clients) client.close()
    } finally {
      await server.process.stop()
    }
  }
  return { bytes: median(bytes), note: 'as it stands, no garbage collection was forced' }
}
