import { connect, type NatsConnection, type Subscription } from '@nats-io/transport-node'
import type { Bus, GroupPush, HintCount, Push } from './bus.ts'
import { envelopeText, groupEnvelopeText, readEnvelope, readGroupEnvelope } from './envelope.ts'
import { type NatsServers, natsOptions } from './nats-servers.ts'

/** Between two tries to reach a server: so much, and as much again by chance, so that nodes don't come back all at once. */
const RECONNECT_MS = 250
const DIAL_TIMEOUT_MS = 5000
/** A server that does not answer so many pings is taken for dead. */
const PING_EVERY_MS = 2000
const PINGS_UNANSWERED = 2
/** Bytes that the server has not confirmed yet; beyond it hints are dropped instead of kept. */
const UNCONFIRMED_MAX = 8 << 20
/** A confirmation is asked for after so many bytes. */
const CONFIRM_EVERY = 128 << 10

const NOT_YET = 'NATS was not reached yet'

export interface NatsBusOptions extends NatsServers {
  /** Keeps installations that share a NATS apart: the store's epoch. Letters and digits. */
  readonly cluster: string
  /** Told in words when hints stop or travel again. */
  readonly onChange?: (problem: string | undefined) => void
}

/**
 * Hints between nodes over NATS core: `rookery.<cluster>.<app>.u.<account>` for the devices of an account, `.g.<group>` for those of
 * a group's members, and `rookery.<cluster>.hurry`. A node subscribes to the accounts that have a socket here and to their groups. Nothing waits for NATS:
 * while it is away, hints are dropped and counted, and the log tells the others (docs/decisions/0007-several-nodes.md).
 */
export class NatsBus implements Bus {
  readonly hints: HintCount = { sent: 0, received: 0, lost: 0 }
  readonly #options: NatsBusOptions
  readonly #prefix: string
  readonly #pushListeners: ((push: Push) => void)[] = []
  readonly #groupListeners: ((push: GroupPush) => void)[] = []
  readonly #hurryListeners: (() => void)[] = []
  /** By subject: what is watched here; its subscription once there is a connection, which the library keeps over losses. */
  readonly #watched = new Map<string, Watched>()
  #connection: NatsConnection | undefined
  #problem: string | undefined = NOT_YET
  #isUp = false
  #unconfirmed = 0
  #unasked = 0
  #closed = false
  readonly #dialling: Promise<void>

  private constructor(options: NatsBusOptions) {
    if (!/^[A-Za-z0-9_-]+$/.test(options.cluster))
      throw new Error('The name of a cluster on NATS is made of letters and digits.')
    this.#options = options
    this.#prefix = `rookery.${options.cluster}`
    this.#dialling = this.#dial()
  }

  /** Begins to connect and goes on for ever; {@link problem} tells how it stands. */
  static open(options: NatsBusOptions): NatsBus {
    return new NatsBus(options)
  }

  get problem(): string | undefined {
    return this.#problem
  }

  push(push: Push): void {
    for (const listener of this.#pushListeners) listener(push)
    const connection = this.#open
    if (!connection) {
      this.hints.lost += push.to.length
      return
    }
    const bytes = UTF8.encode(envelopeText(push))
    for (const account of push.to)
      this.#publish(connection, `${this.#prefix}.${push.app}.u.${account}`, bytes)
  }

  onPush(listener: (push: Push) => void): void {
    this.#pushListeners.push(listener)
  }

  pushGroup(push: GroupPush): void {
    for (const listener of this.#groupListeners) listener(push)
    const connection = this.#open
    if (!connection) this.hints.lost++
    else
      this.#publish(
        connection,
        this.#groupSubject(push.app, push.group),
        UTF8.encode(groupEnvelopeText(push)),
      )
  }

  onGroupPush(listener: (push: GroupPush) => void): void {
    this.#groupListeners.push(listener)
  }

  watch(app: number, account: number): void {
    this.#watch(`${this.#prefix}.${app}.u.${account}`, text => {
      const enveloped = readEnvelope(text)
      if (!enveloped) return false
      for (const listener of this.#pushListeners) listener({ app, to: [account], ...enveloped })
      return true
    })
  }

  unwatch(app: number, account: number): void {
    this.#unwatch(`${this.#prefix}.${app}.u.${account}`)
  }

  watchGroup(app: number, group: number): void {
    this.#watch(this.#groupSubject(app, group), text => {
      const enveloped = readGroupEnvelope(text)
      if (!enveloped) return false
      for (const listener of this.#groupListeners) listener({ app, group, ...enveloped })
      return true
    })
  }

  unwatchGroup(app: number, group: number): void {
    this.#unwatch(this.#groupSubject(app, group))
  }

  hurry(): void {
    if (this.#open) this.#publish(this.#open, `${this.#prefix}.hurry`, NOTHING)
  }

  onHurry(listener: () => void): void {
    this.#hurryListeners.push(listener)
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#isUp = false
    this.#problem = 'the server is stopping'
    await this.#dialling
    await this.#connection?.close()
  }

  /** The connection, when hints can leave now. */
  get #open(): NatsConnection | undefined {
    return this.#isUp && this.#unconfirmed < UNCONFIRMED_MAX ? this.#connection : undefined
  }

  #groupSubject(app: number, group: number): string {
    return `${this.#prefix}.${app}.g.${group}`
  }

  #watch(subject: string, take: Watched['take']): void {
    if (this.#watched.has(subject)) return
    const watched: Watched = { take, subscription: undefined }
    this.#watched.set(subject, watched)
    if (this.#connection) this.#subscribe(this.#connection, subject, watched)
  }

  #unwatch(subject: string): void {
    this.#watched.get(subject)?.subscription?.unsubscribe()
    this.#watched.delete(subject)
  }

  #publish(connection: NatsConnection, subject: string, bytes: Uint8Array): void {
    try {
      connection.publish(subject, bytes)
    } catch {
      // Larger than what the NATS server takes, or closed this moment.
      this.hints.lost++
      return
    }
    this.hints.sent++
    // What every publish costs beside its payload.
    this.#unasked += bytes.length + subject.length
    if (this.#unasked >= CONFIRM_EVERY) this.#confirm(connection)
  }

  /** The server's answer to a ping says that everything before it has left this process. */
  #confirm(connection: NatsConnection): void {
    const asked = this.#unasked
    this.#unasked = 0
    this.#unconfirmed += asked
    const settle = () => {
      this.#unconfirmed -= asked
    }
    // A lost connection settles it too: what was not sent is gone.
    connection.flush().then(settle, settle)
  }

  #subscribe(connection: NatsConnection, subject: string, watched: Watched): void {
    watched.subscription = connection.subscribe(subject, {
      callback: (error, message) => {
        // The server refused the subscription; the status of the connection tells why.
        if (error) return
        if (watched.take(message.string())) this.hints.received++
        else this.hints.lost++
      },
    })
  }

  async #dial(): Promise<void> {
    while (!this.#closed) {
      try {
        const connection = await connect({
          ...natsOptions(this.#options),
          name: 'rookery',
          noEcho: true,
          maxReconnectAttempts: -1,
          ignoreAuthErrorAbort: true,
          reconnectDelayHandler: pause,
          timeout: DIAL_TIMEOUT_MS,
          pingInterval: PING_EVERY_MS,
          maxPingOut: PINGS_UNANSWERED,
        })
        this.#begin(connection)
        return
      } catch (error) {
        this.#tell(`NATS can't be reached: ${reasonOf(error)}`)
        await Bun.sleep(pause())
      }
    }
  }

  #begin(connection: NatsConnection): void {
    this.#connection = connection
    if (this.#closed) return
    connection.subscribe(`${this.#prefix}.hurry`, {
      callback: error => {
        if (!error) for (const listener of this.#hurryListeners) listener()
      },
    })
    for (const [subject, watched] of this.#watched) this.#subscribe(connection, subject, watched)
    void this.#follow(connection)
    this.#turn(true)
  }

  async #follow(connection: NatsConnection): Promise<void> {
    for await (const status of connection.status()) {
      if (status.type === 'disconnect') this.#turn(false)
      else if (status.type === 'reconnect') this.#turn(true)
      else if (status.type === 'error') this.#tell(`NATS refuses: ${reasonOf(status.error)}`)
    }
  }

  #turn(isUp: boolean): void {
    this.#isUp = isUp && !this.#closed
    this.#tell(isUp ? undefined : 'the connection to NATS is lost')
  }

  #tell(problem: string | undefined): void {
    if (this.#closed || problem === this.#problem) return
    this.#problem = problem
    this.#options.onChange?.(problem)
  }
}

interface Watched {
  /** False for what no node of this version sends. */
  readonly take: (text: string) => boolean
  subscription: Subscription | undefined
}

/** Half the cost of `Buffer.from` for a frame (measured). */
const UTF8 = new TextEncoder()
const NOTHING = new Uint8Array()

function pause(): number {
  return RECONNECT_MS + Math.floor(Math.random() * RECONNECT_MS)
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
