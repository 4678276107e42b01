import { type DeviceSocket, type FrameCount, flushDevices } from '../../doors/socket/device-socket.ts'
import { messageFrame } from './reception.ts'

/** The runtime's own publish, over every socket of this process. */
export interface TopicDoor {
  publish(topic: string, text: string): void
  subscribers(topic: string): number
}

/** How a socket hears a group: everything; numbers in place of messages; by itself, because its user chose among messages. */
export type Hearing = 'all' | 'numbers' | 'apart'

/** The sockets of groups as topics of the runtime, so that a frame is encoded once for everybody (DESIGN 5). */
export class Topics {
  readonly #frames: FrameCount
  #door: TopicDoor | undefined

  constructor(frames: FrameCount) {
    this.#frames = frames
  }

  /** Before the listener is there nobody can be told. */
  open(door: TopicDoor): void {
    this.#door = door
  }

  subscribe(device: DeviceSocket, app: number, group: number, hearing: Hearing): void {
    for (const quiet of [false, true])
      if (hearing === (quiet ? 'numbers' : 'all')) device.socket?.subscribe(topicOf(app, group, quiet))
      else device.socket?.unsubscribe(topicOf(app, group, quiet))
  }

  unsubscribe(device: DeviceSocket, app: number, group: number): void {
    for (const quiet of [false, true]) device.socket?.unsubscribe(topicOf(app, group, quiet))
  }

  /** @param except sockets that are left out. */
  publish(app: number, group: number, frame: string, except: readonly DeviceSocket[] = []): void {
    // What was said to single devices before goes first.
    flushDevices()
    this.#publish(topicOf(app, group, false), frame, except)
    const message = messageFrame(frame)
    const quiet = message ? message.cover : frame
    if (quiet !== '') this.#publish(topicOf(app, group, true), quiet, except)
  }

  #publish(topic: string, frame: string, except: readonly DeviceSocket[]): void {
    const [only, ...others] = except.flatMap(({ socket }) => (socket?.isSubscribed(topic) ? [socket] : []))
    const subscribers = this.#door?.subscribers(topic) ?? 0
    if (subscribers === 0) return
    if (!only) {
      this.#frames.out += subscribers
      this.#door?.publish(topic, frame)
      return
    }
    for (const socket of others) socket.unsubscribe(topic)
    this.#frames.out += subscribers - 1 - others.length
    // A socket's own publish spares it, which costs less than leaving the topic and coming back.
    only.publishText(topic, frame)
    for (const socket of others) socket.subscribe(topic)
  }
}

function topicOf(app: number, group: number, quiet: boolean): string {
  return `${quiet ? 'q' : 'g'}:${app}:${group}`
}
