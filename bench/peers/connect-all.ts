import type { PeerClient } from './peer-client.ts'
import type { PeerServer } from './peer-definition.ts'

/** Connections that are being opened at once. */
export const WIDTH = 32

/** Logs all users in, in their order. @param took gets the milliseconds of each. */
export async function connectAll(
  server: PeerServer,
  users: readonly string[],
  took?: (milliseconds: number) => void,
): Promise<PeerClient[]> {
  const clients: PeerClient[] = []
  let next = 0
  const lane = async () => {
    for (let index = next++; index < users.length; index = next++) {
      const start = performance.now()
      clients[index] = await server.connect(users[index] ?? '')
      took?.(performance.now() - start)
    }
  }
  await Promise.all(Array.from({ length: WIDTH }, lane))
  return clients
}
