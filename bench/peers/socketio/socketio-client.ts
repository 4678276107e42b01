import { putNumber, TEXT } from '../../pair.ts'
import { numberAt } from '../../pulling-receiver.ts'
import { clientFrame, RawSocket } from '../../raw-socket.ts'
import type { MessageTaker, PeerClient, Target } from '../peer-client.ts'

/** Only the WebSocket transport, without the long polling that clients begin with by default. */
const PATH = '/socket.io/?EIO=4&transport=websocket'
const FIRST_ID = 1_000_000_000
const NUMBER = Buffer.from('"number":')
const PONG = clientFrame('3')
/** Engine.IO's packet types, and those of Socket.IO after its "message" (4). */
const [OPEN, PING, MESSAGE] = [0x30, 0x32, 0x34]
const [CONNECT, EVENT, ACK, CONNECT_ERROR] = [0x30, 0x32, 0x33, 0x34]

/** Socket.IO 5 over Engine.IO 4, frames made and read by hand. */
export class SocketioClient implements PeerClient {
  taker: MessageTaker | undefined
  #socket: RawSocket | undefined
  #wait: { resolve(): void; reject(error: Error): void } | undefined

  static async open(port: number, token: string): Promise<SocketioClient> {
    const client = new SocketioClient()
    const connected = client.#waiting()
    // The server's first packet may come with the upgrade: it asks for nothing before it.
    client.#socket = await RawSocket.open(port, { path: PATH, taker: client })
    client.#socket.send(clientFrame(`40${JSON.stringify({ token })}`))
    await connected
    return client
  }

  join(group: string): Promise<void> {
    this.#socket?.send(clientFrame(`420["join",${JSON.stringify(group)}]`))
    return this.#waiting()
  }

  async sender(target: Target): Promise<(number: number) => void> {
    const to = 'user' in target ? `u/${target.user}` : `g/${target.group}`
    const frame = clientFrame(`42${FIRST_ID}["send",{"number":${FIRST_ID},"to":"${to}","text":"${TEXT}"}]`)
    const [ackAt, numberIs] = [frame.indexOf(String(FIRST_ID)), frame.indexOf(NUMBER) + NUMBER.length]
    return number => {
      putNumber(frame, ackAt, FIRST_ID + number)
      putNumber(frame, numberIs, FIRST_ID + number)
      this.#socket?.send(frame)
    }
  }

  close(): void {
    this.#socket?.close()
  }

  lost(reason: string): void {
    this.#wait?.reject(new Error(`socket.io: ${reason}`))
    this.taker?.lost(reason)
  }

  frame(bytes: Buffer, start: number, end: number): void {
    const type = bytes[start]
    if (type === MESSAGE) this.#message(bytes, start, end)
    else if (type === PING) this.#socket?.send(PONG)
    else if (type !== OPEN) this.lost(`an unknown packet: ${bytes.toString('utf8', start, end)}`)
  }

  #message(bytes: Buffer, start: number, end: number): void {
    const type = bytes[start + 1]
    if (type === EVENT)
      this.taker?.delivered(numberAt(bytes, bytes.indexOf(NUMBER, start) + NUMBER.length) - FIRST_ID)
    else if (type === ACK) {
      const number = numberAt(bytes, start + 2)
      // A join has the number 0.
      if (number === 0) this.#arrived()
      else this.taker?.acked(number - FIRST_ID)
    } else if (type === CONNECT) this.#arrived()
    else if (type === CONNECT_ERROR) this.lost(bytes.toString('utf8', start, end))
  }

  #arrived(): void {
    this.#wait?.resolve()
    this.#wait = undefined
  }

  #waiting(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#wait = { resolve, reject }
    })
  }
}
