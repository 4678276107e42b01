import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Bus } from '../bus/bus.ts'
import type { LastMessages } from '../conversations/last-messages.ts'
import type { FrameCount } from '../doors/socket/device-socket.ts'
import type { GroupAudiences } from '../groups/audience/group-audiences.ts'
import type { RoomService } from '../groups/rooms/room-service.ts'
import type { Store } from '../store/store.ts'
import { TallyCounter } from './tally-counter.ts'

export interface Watched {
  readonly store: Store
  readonly audiences: Pick<GroupAudiences, 'counts'>
  readonly rooms: Pick<RoomService, 'live' | 'lane'>
  readonly lastMessages: Pick<LastMessages, 'counts'>
  readonly bus?: Bus
}

/** Everything that the server counts. Labels are bounded: names of commands and codes, never ids of users. */
export class Metrics {
  readonly registry = new Registry()

  readonly commands = new TallyCounter({
    name: 'rookery_commands_total',
    help: 'Calls of commands, by door, command and error code (0 = success).',
    labelNames: ['door', 'command', 'code'] as const,
    registers: [this.registry],
  })

  readonly commandSeconds = new Histogram({
    name: 'rookery_command_seconds',
    help: 'Time from a request to its answer, by door.',
    labelNames: ['door'] as const,
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3],
    registers: [this.registry],
  })

  readonly logins = new Counter({
    name: 'rookery_logins_total',
    help: 'Logins, by error code (0 = success).',
    labelNames: ['code'] as const,
    registers: [this.registry],
  })

  readonly messages = new TallyCounter({
    name: 'rookery_messages_total',
    help: 'Sends, by outcome: stored, duplicate, transient, conflict, suppressed, dropped.',
    labelNames: ['outcome'] as const,
    registers: [this.registry],
  })

  readonly sockets = new Gauge({
    name: 'rookery_sockets',
    help: 'Open WebSocket connections, logged in or not.',
    labelNames: ['state'] as const,
    registers: [this.registry],
  })

  readonly socketCloses = new Counter({
    name: 'rookery_socket_closes_total',
    help: 'Closed sockets, by the name of the close code; client: closed from the other side or lost.',
    labelNames: ['reason'] as const,
    registers: [this.registry],
  })

  /** Counted by the sockets themselves: a fan-out sends thousands. */
  readonly frames: FrameCount = { in: 0, out: 0 }

  constructor() {
    collectDefaultMetrics({ register: this.registry })
    const { frames } = this
    new Counter({
      name: 'rookery_frames_total',
      help: 'Frames over WebSockets, by direction.',
      labelNames: ['direction'] as const,
      registers: [this.registry],
      collect() {
        this.reset()
        this.inc({ direction: 'in' }, frames.in)
        this.inc({ direction: 'out' }, frames.out)
      },
    })
  }

  /** Shows how the store and the bus stand whenever somebody reads the metrics. */
  watch({ store, bus, audiences, rooms, lastMessages }: Watched): void {
    this.#gauge('rookery_groups', 'Groups that have members on this node.', () => audiences.counts.groups)
    this.#gauge(
      'rookery_group_frames_waiting',
      'Frames that wait until the node knows which members may see them.',
      () => audiences.counts.waiting,
    )
    this.#gauge('rookery_nodes', 'Nodes that run, this one included.', () => store.liveNodes.size)
    this.#watchRooms(rooms)
    this.#gauge(
      'rookery_last_messages',
      'Conversations whose latest message is kept for lists, at most 10,000.',
      () => lastMessages.counts.conversations,
    )
    this.#gauge('rookery_store_waiting', 'Writes that wait for the store.', () => store.waiting)
    this.#gauge(
      'rookery_node_behind',
      '1: it may not know what other nodes decided and serves nobody.',
      () => (store.behind === undefined ? 0 : 1),
    )
    if (store.vitals) this.#watchShared(store)
    if (!bus) return
    this.#gauge('rookery_bus_up', '1: hints travel between the nodes.', () =>
      bus.problem === undefined ? 1 : 0,
    )
    new Counter({
      name: 'rookery_hints_total',
      help: 'Hints over the bus, by outcome; a lost one costs its message some tenths of a second.',
      labelNames: ['outcome'] as const,
      registers: [this.registry],
      collect() {
        this.reset()
        const { sent, received, lost } = bus.hints
        this.inc({ outcome: 'sent' }, sent)
        this.inc({ outcome: 'received' }, received)
        this.inc({ outcome: 'lost' }, lost)
      },
    })
  }

  #watchRooms({ live, lane }: Watched['rooms']): void {
    this.#gauge('rookery_rooms', 'Live rooms that have visitors on this node.', () => live.counts.rooms)
    this.#gauge('rookery_room_visitors', 'People in live rooms on this node.', () => live.counts.visitors)
    this.#gauge(
      'rookery_room_waiting',
      'Messages to live rooms that wait for their number.',
      () => lane.waiting,
    )
    new Counter({
      name: 'rookery_room_shed_total',
      help: 'Messages to live rooms that were given up because too much waited, by priority.',
      labelNames: ['priority'] as const,
      registers: [this.registry],
      collect() {
        this.reset()
        for (const [priority, count] of Object.entries(lane.shed)) this.inc({ priority }, count)
      },
    })
  }

  #watchShared(store: Store): void {
    this.#gauge(
      'rookery_log_age_seconds',
      'Time since this node last knew every commit of the others.',
      () => (store.vitals?.logAgeMs ?? 0) / 1000,
    )
    this.#gauge('rookery_lanes', 'Lanes that this node writes on.', () => store.vitals?.lanes.length ?? 0)
    new Counter({
      name: 'rookery_append_batches_total',
      help: 'Transactions that stored messages. Messages divided by it are the size of a batch.',
      registers: [this.registry],
      collect() {
        this.reset()
        this.inc(store.vitals?.batches ?? 0)
      },
    })
    new Counter({
      name: 'rookery_append_messages_total',
      help: 'Messages that those transactions stored.',
      registers: [this.registry],
      collect() {
        this.reset()
        this.inc(store.vitals?.batchedMessages ?? 0)
      },
    })
  }

  #gauge(name: string, help: string, value: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.set(value())
      },
    })
  }
}
