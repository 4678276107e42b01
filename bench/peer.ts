import type { BenchOptions } from './options.ts'

/** What is measured of other servers too, under the same load and in the same run. */
export type PeerScenario = 'send' | 'fanout' | 'login' | 'idle'

/** What one side of a scenario showed: medians of its rounds. What it does not measure is left out. */
export interface Figures {
  /** Messages (send), deliveries (fanout) or logins (login) a second, at full load. */
  readonly perSecond?: number
  /** CPU microseconds for each of them, of all processes of the server, its database included. */
  readonly cpu?: number
  /** Milliseconds: delivery at half load (send), sent to last member reached (fanout), connect to ready (login). */
  readonly p50?: number
  readonly p95?: number
  readonly p99?: number
  /** Resident bytes of a connection (idle). */
  readonly bytes?: number
  /** Share of a core that the load took. */
  readonly loadShare?: number
  /** What differs from the others, as "acknowledges before the disk has it". */
  readonly note?: string
}

/** Another server, beside which Rookery's figures are shown. */
export interface Peer {
  readonly name: string
  /** Why it can't be measured on this machine; undefined when it can. */
  available(): Promise<string | undefined>
  /** Each starts the server, measures `options.repeat` rounds and stops it again. */
  readonly scenarios: Partial<Record<PeerScenario, (options: BenchOptions) => Promise<Figures>>>
}
