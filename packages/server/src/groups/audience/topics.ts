import { type DeviceSocket, type FrameCount, flushDevices } from '../../doors/socket/device-socket.ts'

/** The runtime's own publish, over every socket of this process. */
export interface TopicDoor {
  publish(topic: string, text: string): void
  subscribers(topic: string): number
}

/** What those are spared who want no messages of a group. */
const MESSAGES = ['{"ev":"message"', '{"ev":"online"', '{"ev":"head"']

function isMessage(frame: string): boolean {
  return MESSAGES.some(start => frame.startsWith(start))
}

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

  /** @param quiet everything but messages. */
  subscribe(device: DeviceSocket, app: number, group: number, quiet: boolean): void {
    device.socket?.subscribe(topicOf(app, group, quiet))
    device.socket?.unsubscribe(topicOf(app, group, !quiet))
  }

  unsubscribe(device: DeviceSocket, app: number, group: number): void {
    for (const quiet of [false, true]) device.socket?.unsubscribe(topicOf(app, group, quiet))
  }

  /** @param except sockets that are left out. */
  publish(app: number, group: number, frame: string, except: readonly DeviceSocket[] = []): void {
    // What was said to single devices before goes first.
    flushDevices()
    this.#publish(topicOf(app, group, false), frame, except)
    if (!isMessage(frame)) this.#publish(topicOf(app, group, true), frame, except)
  }

  #publish(topic: string, frame: string, except: readonly DeviceSocket[]): void {
    const leftOut = except.flatMap(({ socket }) => (socket?.isSubscribed(topic) ? [socket] : []))
    for (const socket of leftOut) socket.unsubscribe(topic)
    this.#frames.out += this.#door?.subscribers(topic) ?? 0
    this.#door?.publish(topic, frame)
    for (const socket of leftOut) socket.subscribe(topic)
  }
}

function topicOf(app: number, group: number, quiet: boolean): string {
  return `${quiet ? 'q' : 'g'}:${app}:${group}`
}
