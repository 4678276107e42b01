import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { FrameCount } from '../doors/socket/device-socket.ts'
import { TallyCounter } from './tally-counter.ts'

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
    help: 'Sends, by outcome: stored, duplicate, transient, conflict, suppressed.',
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
}
