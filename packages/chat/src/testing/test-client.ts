import { ChatClient } from '../client/chat-client.ts'
import type { CreateOptions } from '../client/client-life.ts'
import { EVENT } from '../constants/event.ts'
import { TYPES } from '../constants/types.ts'
import type { ChatEvent } from '../emitter.ts'
import type { Message } from '../messages/message.ts'
import { FakeClock } from './fake-clock.ts'
import { FakeServer } from './fake-server.ts'
import type { FakeTab } from './fake-tabs.ts'

/** A client with its own ears: everything it emits is kept in order. */
export class TestClient {
  readonly chat: ChatClient
  readonly events: ChatEvent[] = []
  readonly userID: string

  constructor(world: World, userID: string, options: Partial<CreateOptions> = {}, tab?: FakeTab) {
    this.userID = userID
    const runtime = { transport: tab ?? world.server, clock: world.clock, tabs: tab }
    const all: CreateOptions = { SDKAppID: 1, proxyServer: 'ws://test', ...options }
    this.chat = new ChatClient(all, runtime, () => undefined)
    for (const name of Object.values(EVENT)) {
      // Lists are changed in place: what counts is how they looked when they were told.
      this.chat.on(name, event => this.events.push({ ...event, data: structuredClone(event.data) }))
    }
  }

  named(name: string): readonly ChatEvent[] {
    return this.events.filter(event => event.name === name)
  }

  last(name: string): unknown {
    return this.named(name).at(-1)?.data
  }

  /** Texts of all MESSAGE_RECEIVED, in order. */
  get received(): readonly (string | undefined)[] {
    return this.named(EVENT.MESSAGE_RECEIVED).flatMap(event =>
      (event.data as readonly Message[]).map(message => message.payload.text),
    )
  }

  text(to: string, text: string, more: object = {}): Message {
    return this.chat.createTextMessage({ to, conversationType: TYPES.CONV_C2C, payload: { text }, ...more })
  }
}

/** A server, a clock, and clients. */
export class World {
  readonly clock: FakeClock
  readonly server: FakeServer

  constructor(seed = 1) {
    this.clock = new FakeClock(seed)
    this.server = new FakeServer(this.clock)
  }

  /** Waits with the test's clock running; promises of the SDK settle only while time passes. */
  async done<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false
    const settled = promise.finally(() => {
      isSettled = true
    })
    settled.catch(() => undefined)
    await this.clock.until(() => isSettled, 120_000)
    return settled
  }

  /** The rejection of a promise that must reject. */
  async failure(
    promise: Promise<unknown>,
  ): Promise<{ code: number; message: string; data: Record<string, unknown> }> {
    return this.done(
      promise.then(
        value => Promise.reject(new Error(`resolved with ${JSON.stringify(value)}`)),
        cause => cause,
      ),
    )
  }

  /** Logged in and synchronised. */
  async client(userID: string, options: Partial<CreateOptions> = {}, tab?: FakeTab): Promise<TestClient> {
    const client = new TestClient(this, userID, options, tab)
    await this.done(client.chat.login({ userID, userSig: 'good' }))
    await this.clock.until(() => client.chat.isReady())
    await this.clock.pass(50)
    return client
  }
}
