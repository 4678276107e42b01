import TencentCloudChat, { type Message } from '@rookery/chat'
import { ChatClient } from '../../../packages/chat/src/client/chat-client.ts'
import { targetOf } from '../../../packages/chat/src/conversations/conversation-id.ts'
import { webSocketTransport } from '../../../packages/chat/src/transport/web-socket-transport.ts'
import type { Actor } from '../history/entry.ts'
import type { Recorder } from '../history/recorder.ts'
import { Random } from '../random.ts'
import { Relay, type RelayOptions } from '../relay/relay.ts'
import { observerOf } from './observer.ts'
import { SteppedClock } from './stepped-clock.ts'

const { EVENT, TYPES } = TencentCloudChat

/** Messages that an action may choose among, the newest. */
const KNOWN = 60
/** Operations of one device under way at once; more are left out. */
const UNDER_WAY = 8

export interface DeviceOptions {
  readonly name: string
  readonly user: string
  readonly app: number
  readonly seed: number
  readonly recorder: Recorder
  readonly route: RelayOptions['route']
  readonly tamper?: RelayOptions['tamper']
}

/** The ID of every run's live room. */
export const ROOM = 'room'

export function isRoom(peer: string): boolean {
  return peer === ROOM
}

/** One SDK client with a network and a clock of its own. Everything that its app would see is recorded. */
export class Device {
  readonly name: string
  readonly user: string
  readonly chat: ChatClient
  readonly clock: SteppedClock
  readonly relay: Relay
  /** Messages that the app has seen, oldest first. */
  readonly known: Message[] = []
  /** IDs of all that it has seen in this login. */
  readonly seen = new Set<string>()
  /** Sends that failed and may be tried again. */
  readonly failed: Message[] = []
  underWay = 0
  reconnects = 0
  #session = 0
  #isIn = false

  private constructor(options: DeviceOptions, relay: Relay, clock: SteppedClock) {
    this.name = options.name
    this.user = options.user
    this.relay = relay
    this.clock = clock
    this.chat = new ChatClient(
      { SDKAppID: options.app, proxyServer: relay.url },
      { transport: webSocketTransport, clock },
      () => undefined,
    )
    this.chat.setLogLevel(4)
    this.#listen(options.recorder)
  }

  static async open(options: DeviceOptions): Promise<Device> {
    const random = new Random(options.seed)
    const clock = new SteppedClock(new Random(random.seed()))
    const relay = await Relay.open({
      random: new Random(random.seed()),
      route: options.route,
      observe: observerOf(options.recorder, options.user),
      ...(options.tamper && { tamper: options.tamper }),
    })
    return new Device(options, relay, clock)
  }

  get actor(): Actor {
    return { user: this.user, device: this.name, session: this.#session }
  }

  /** Logged in, or on the way back to it by itself. */
  get isIn(): boolean {
    return this.#isIn
  }

  get isReady(): boolean {
    return this.#isIn && this.chat.isReady()
  }

  get isBusy(): boolean {
    return this.underWay >= UNDER_WAY
  }

  /** A login begins. */
  enter(): void {
    this.#session += 1
    this.#isIn = true
    this.known.length = 0
    this.seen.clear()
    this.failed.length = 0
  }

  leave(): void {
    this.#isIn = false
  }

  learn(message: Message): void {
    if (this.seen.has(message.ID)) return
    this.seen.add(message.ID)
    if (message.type === TYPES.MSG_GRP_TIP) return
    this.known.push(message)
    if (this.known.length > KNOWN) this.known.shift()
  }

  async close(): Promise<void> {
    await this.chat.destroy()
    await this.relay.close()
  }

  #listen(recorder: Recorder): void {
    this.chat.on(EVENT.SDK_READY, () => recorder.note({ t: 'ready', ...this.actor }))
    this.chat.on(EVENT.MESSAGE_RECEIVED, event => {
      for (const message of event.data) {
        // Notices to a person have no number and no conversation of the server.
        if (message.conversationID === TYPES.CONV_SYSTEM) continue
        if (isRoom(targetOf(message.conversationID))) {
          // Tips of a room are nobody's message.
          if (message.type !== TYPES.MSG_GRP_TIP)
            recorder.note({ t: 'heard', ...this.actor, room: message.to, id: message.ID })
          continue
        }
        recorder.note({
          t: 'received',
          ...this.actor,
          peer: targetOf(message.conversationID),
          id: message.ID,
          seq: message.sequence,
        })
        this.learn(message)
      }
    })
    this.chat.on(EVENT.KICKED_OUT, event => {
      recorder.note({ t: 'ended', ...this.actor, why: event.data.type })
      this.#isIn = false
    })
    this.chat.on(EVENT.SDK_NOT_READY, () => {
      if (this.#isIn) recorder.note({ t: 'ended', ...this.actor, why: 'not ready' })
      this.#isIn = false
    })
    this.chat.on(EVENT.NET_STATE_CHANGE, event => {
      if (event.data.state === 'connecting') this.reconnects += 1
    })
  }
}
