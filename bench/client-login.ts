import { TEST_APP } from '@rookery/server/testing/test-server'
import { sign } from '@rookery/usersig'
import type { MeasuredProcess } from './measured-process.ts'
import { clientFrame, openWith, type RawSocket } from './raw-socket.ts'

/** The login frame of a user, with a fresh UserSig. */
export function loginFrame(target: MeasuredProcess, identifier: string): Buffer {
  const usersig = target.key === '' ? '' : sign({ sdkAppId: TEST_APP, userId: identifier, key: target.key })
  return clientFrame(
    JSON.stringify({ id: 1, cmd: 'session/login', body: { sdkappid: TEST_APP, identifier, usersig } }),
  )
}

/** One small frame that is answered and changes nothing: what a bare connection sends. */
export const PING_FRAME = clientFrame('{"id":1,"cmd":"session/ping","body":{}}')

/** A connection whose first frame was answered with success. */
export async function ready(target: MeasuredProcess, frame: Buffer): Promise<RawSocket> {
  const { socket, answer } = await openWith(target.port, frame)
  if (answer.includes('"ErrorCode":0')) return socket
  socket.close()
  throw new Error(`The first frame was refused: ${answer}`)
}

/** Opens one connection for each frame, `width` at a time, and resolves when all are ready. */
export async function readyAll(
  target: MeasuredProcess,
  frames: readonly Buffer[],
  width: number,
  took?: (milliseconds: number) => void,
): Promise<RawSocket[]> {
  const sockets: RawSocket[] = []
  let next = 0
  const lane = async () => {
    for (let frame = frames[next++]; frame; frame = frames[next++]) {
      const start = performance.now()
      sockets.push(await ready(target, frame))
      took?.(performance.now() - start)
    }
  }
  await Promise.all(Array.from({ length: width }, lane))
  return sockets
}
