import type { Lock } from '../locks.ts'
import type { Mutation } from '../mutation.ts'
import { AppendQueue } from './append-queue.ts'
import type { ConnectionOptions } from './connection.ts'
import { Lane } from './lane.ts'
import { laneHash } from './lock-plan.ts'
import { LogTailer, type TailerHost } from './log-tailer.ts'
import { type LaneHost, MutationLane } from './mutation-lane.ts'

/** What a node has for as long as it keeps its lanes: its id, its writers, its place in the log. */
export class Tenure {
  readonly nodeId: string
  readonly laneNumbers: readonly number[]
  readonly tailer: LogTailer
  readonly appends: AppendQueue
  readonly #mutations: readonly MutationLane[]

  /** @param claimed its last two lanes append messages, the others run mutations */
  constructor(
    claimed: { readonly nodeId: string; readonly lanes: readonly number[] },
    connection: ConnectionOptions,
    host: LaneHost,
    tailerHost: TailerHost,
  ) {
    this.nodeId = claimed.nodeId
    this.laneNumbers = claimed.lanes
    const lanes = claimed.lanes.map(no => new Lane(no, claimed.nodeId, connection.url, connection.limits))
    const [patient, main, ...others] = lanes.reverse()
    if (!patient || !main || others.length === 0) throw new Error('A node needs three lanes at least.')
    this.appends = new AppendQueue(main, patient, host)
    this.#mutations = others.map(lane => new MutationLane(lane, host))
    this.tailer = new LogTailer(connection.url, connection.limits, claimed, tailerHost)
  }

  get waiting(): number {
    return this.#mutations.reduce((sum, lane) => sum + lane.waiting, this.appends.waiting)
  }

  /** Mutations of the same first lock share a lane, so they run in their order. */
  mutate(
    mutation: Mutation<never, unknown>,
    args: unknown,
    locks: readonly Lock[],
    until: number,
  ): Promise<unknown> {
    const lane = this.#mutations[laneHash(locks, mutation.name) % this.#mutations.length]
    if (!lane) throw new Error('There is no lane for a mutation.')
    return lane.run(mutation, args, locks, until)
  }

  rejectLate(error: () => Error): void {
    for (const lane of this.#mutations) lane.rejectLate(error)
    this.appends.rejectLate(error)
  }

  async settled(): Promise<void> {
    await Promise.all([...this.#mutations.map(lane => lane.settled()), this.appends.settled()])
  }

  /** Refuses what waits, drops all connections. */
  async close(error: () => Error): Promise<void> {
    for (const lane of this.#mutations) lane.close(error)
    this.appends.close(error)
    await this.tailer.close()
  }
}
