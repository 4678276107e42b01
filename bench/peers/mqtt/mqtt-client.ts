import { putNumber, TEXT } from '../../pair.ts'
import { numberAt } from '../../pulling-receiver.ts'
import type { MessageTaker, PeerClient, Target } from '../peer-client.ts'
import { StreamSocket } from '../stream-socket.ts'

/** Packet types of MQTT 3.1.1, section 2.2.1, in the upper half of the first byte. */
const CONNACK = 2
const PUBLISH = 3
const PUBACK = 4
const SUBACK = 9

const FIRST_ID = 1_000_000_000
const ID = Buffer.from('{"id":')
/** Packet identifiers go from 1 to it. */
const IDENTIFIERS = 65_535

/**
 * MQTT 3.1.1 over TCP with QoS 1 both ways and a session that the broker keeps: what is sent to a user who is away waits, and the
 * receiver acknowledges what came.
 */
export class MqttClient implements PeerClient {
  taker: MessageTaker | undefined
  readonly #user: string
  #socket: StreamSocket | undefined
  #rest: Buffer | undefined
  #acked = 0
  #waits: { readonly type: number; resolve(): void; reject(error: Error): void } | undefined
  readonly #puback = Buffer.from([PUBACK << 4, 2, 0, 0])

  private constructor(user: string) {
    this.#user = user
  }

  /** Connects, logs in with a password and subscribes to the user's own topic. */
  static async open(port: number, user: string, password: string): Promise<MqttClient> {
    const client = new MqttClient(user)
    client.#socket = await StreamSocket.open(port, client)
    // Name and level of the protocol; flags user name and password, no clean session; keep-alive 0: none.
    const head = Buffer.concat([text('MQTT'), Buffer.from([4, 0xc0, 0, 0])])
    await client.#ask(packet(1, 0, [head, text(user), text(user), text(password)]), CONNACK)
    await client.#subscribe(`u/${user}`)
    return client
  }

  join(group: string): Promise<void> {
    return this.#subscribe(`g/${group}`)
  }

  async sender(target: Target): Promise<(number: number) => void> {
    const topic = text('user' in target ? `u/${target.user}` : `g/${target.group}`)
    const payload = Buffer.from(`{"id":${FIRST_ID},"from":"${this.#user}","text":"${TEXT}"}`)
    const frame = packet(PUBLISH, 2, [topic, Buffer.from([0, 0]), payload])
    const payloadAt = frame.length - payload.length
    return number => {
      const identifier = (number % IDENTIFIERS) + 1
      frame.writeUInt16BE(identifier, payloadAt - 2)
      putNumber(frame, payloadAt + ID.length, FIRST_ID + number)
      this.#socket?.write(frame)
    }
  }

  close(): void {
    this.#socket?.close()
  }

  lost(reason: string): void {
    this.#waits?.reject(new Error(`MQTT: ${reason}`))
    this.taker?.lost(reason)
  }

  received(chunk: Buffer): void {
    const bytes = this.#rest ? Buffer.concat([this.#rest, chunk]) : chunk
    this.#rest = undefined
    let at = 0
    while (at + 2 <= bytes.length) {
      let start = at + 1
      let length = 0
      // Seven bits a byte, the least significant ones first.
      for (let shift = 0; start < bytes.length; shift += 7) {
        const byte = bytes[start++] ?? 0
        length |= (byte & 0x7f) << shift
        if (byte < 0x80) break
        if (start === bytes.length) length = Number.POSITIVE_INFINITY
      }
      if (start + length > bytes.length) break
      this.#take(bytes, (bytes[at] ?? 0) >> 4, start, start + length)
      at = start + length
    }
    if (at < bytes.length) this.#rest = Buffer.from(bytes.subarray(at))
  }

  #take(bytes: Buffer, type: number, start: number, end: number): void {
    if (type === PUBLISH) this.#published(bytes, start)
    else if (type === PUBACK) {
      const number = this.#acked++
      if (bytes.readUInt16BE(start) === (number % IDENTIFIERS) + 1) this.taker?.acked(number)
      else this.taker?.lost(`message ${number} was not the next to be acknowledged`)
    } else if (this.#waits?.type === type) {
      const { resolve, reject } = this.#waits
      this.#waits = undefined
      // CONNACK: its return code; SUBACK: the granted QoS.
      const code = bytes[end - 1] ?? 0
      if (code === (type === SUBACK ? 1 : 0)) resolve()
      else reject(new Error(`MQTT: packet type ${type} has code ${code}`))
    }
  }

  #published(bytes: Buffer, start: number): void {
    const identifierAt = start + 2 + bytes.readUInt16BE(start)
    this.#puback[2] = bytes[identifierAt] ?? 0
    this.#puback[3] = bytes[identifierAt + 1] ?? 0
    this.#socket?.write(this.#puback)
    this.taker?.delivered(numberAt(bytes, identifierAt + 2 + ID.length) - FIRST_ID)
  }

  #subscribe(topic: string): Promise<void> {
    return this.#ask(packet(8, 2, [Buffer.from([0, 1]), text(topic), Buffer.from([1])]), SUBACK)
  }

  #ask(bytes: Buffer, type: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waits = { type, resolve, reject }
      this.#socket?.write(bytes)
    })
  }
}

function packet(type: number, flags: number, parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  const length: number[] = []
  let rest = body.length
  do {
    length.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0))
    rest >>= 7
  } while (rest > 0)
  return Buffer.concat([Buffer.from([(type << 4) | flags, ...length]), body])
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes])
}
