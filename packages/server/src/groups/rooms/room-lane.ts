import type { Bus } from '../../bus/bus.ts'
import { defineMutation } from '../../store/mutation.ts'
import type { Store } from '../../store/store.ts'
import type { GroupRow } from '../group-rows.ts'

/** In the order in which they are given up. */
export const PRIORITIES = ['Lowest', 'Low', 'Normal', 'High'] as const
export type Priority = (typeof PRIORITIES)[number]

/** Messages that get their numbers in one transaction. */
const BATCH_MAX = 500

/** What goes to everybody in a live room. */
export interface RoomMessage {
  /** As the sender was judged by. */
  readonly group: GroupRow
  readonly priority: Priority
  /** The session that knows already. */
  readonly except?: string
  /** The event frame, once the number and the time (Unix seconds) are known. */
  readonly frame: (seq: number, time: number) => string
}

export type RoomSent =
  | { readonly outcome: 'sent'; readonly seq: number; readonly time: number }
  /** Given up under pressure, for others of a higher priority or because nothing more fits. */
  | { readonly outcome: 'shed'; readonly time: number }
  /** Rights in the room changed since the sender was judged, or the room is gone: judge again. */
  | { readonly outcome: 'stale' }

interface Waiting {
  readonly message: RoomMessage
  readonly settle: (sent: RoomSent) => void
  readonly fail: (error: unknown) => void
}

interface TakeNumbers {
  readonly rooms: readonly {
    readonly app: number
    readonly group: number
    readonly conv: number
    readonly count: number
  }[]
}

interface TakenNumbers {
  readonly now: number
  /** Of each room, in the same order. `authNo` -1: it was dismissed. */
  readonly rooms: readonly { readonly last: number; readonly authNo: number }[]
}

const takeNumbers = defineMutation<TakeNumbers, TakenNumbers>(
  'rooms/take-numbers',
  async (tx, { rooms }) => {
    const taken = []
    for (const { app, group, conv, count } of rooms) {
      const head = await tx.db
        .updateTable('conversation')
        .set(eb => ({ head_seq: eb('head_seq', '+', count) }))
        .where('app_id', '=', app)
        .where('conv_id', '=', conv)
        .returning('head_seq')
        .executeTakeFirstOrThrow()
      const room = await tx.db
        .selectFrom('chat_group')
        .select(['auth_no', 'dismissed'])
        .where('app_id', '=', app)
        .where('group_no', '=', group)
        .executeTakeFirstOrThrow()
      taken.push({ last: head.head_seq, authNo: room.dismissed > 0 ? -1 : room.auth_no })
    }
    return { now: tx.now, rooms: taken }
  },
  {
    // No message of such a room is ever stored, so nobody caches its head.
    keepsHeads: true,
    locks: ({ rooms }) => rooms.map(({ app, conv }) => ({ on: 'conversation', app, conv })),
  },
)

/** How many of each priority were shed since the start. */
export type ShedCount = Record<Priority, number>

/**
 * Messages to live rooms: they are not stored, only numbered, a block of numbers a batch (DESIGN-DATA 7). What comes while a
 * batch is numbered waits; when more waits than the bound, the oldest of the lowest priority is given up.
 */
export class RoomLane {
  readonly shed: ShedCount = { Lowest: 0, Low: 0, Normal: 0, High: 0 }
  readonly #store: Pick<Store, 'mutate'>
  readonly #bus: Pick<Bus, 'pushGroup'>
  readonly #waitingMax: number
  readonly #queues: Record<Priority, Waiting[]> = { Lowest: [], Low: [], Normal: [], High: [] }
  #waiting = 0
  #numbering = false

  /** @param waitingMax `live.waitingMax` */
  constructor(store: Pick<Store, 'mutate'>, bus: Pick<Bus, 'pushGroup'>, waitingMax: number) {
    this.#store = store
    this.#bus = bus
    this.#waitingMax = waitingMax
  }

  get waiting(): number {
    return this.#waiting
  }

  /** Resolves once it is on its way to everybody, or given up. Rejects when the store can't number it. */
  send(message: RoomMessage): Promise<RoomSent> {
    return new Promise((settle, fail) => {
      this.#queues[message.priority].push({ message, settle, fail })
      this.#waiting++
      if (this.#waiting > this.#waitingMax) this.#giveUpOne()
      void this.#run()
    })
  }

  #giveUpOne(): void {
    for (const priority of PRIORITIES) {
      const oldest = this.#queues[priority].shift()
      if (!oldest) continue
      this.#waiting--
      this.shed[priority]++
      oldest.settle({ outcome: 'shed', time: Math.floor(Date.now() / 1000) })
      return
    }
  }

  async #run(): Promise<void> {
    if (this.#numbering) return
    this.#numbering = true
    // What else comes in this turn of the event loop goes along.
    await Promise.resolve()
    while (this.#waiting > 0) {
      const batch = this.#take()
      try {
        await this.#number(batch)
      } catch (error) {
        for (const { fail } of batch) fail(error)
      }
    }
    this.#numbering = false
  }

  #take(): Waiting[] {
    const batch: Waiting[] = []
    for (const priority of PRIORITIES.toReversed())
      batch.push(...this.#queues[priority].splice(0, BATCH_MAX - batch.length))
    this.#waiting -= batch.length
    return batch
  }

  async #number(batch: readonly Waiting[]): Promise<void> {
    const rooms = [
      ...Map.groupBy(batch, ({ message: { group } }) => `${group.app_id}:${group.group_no}`).values(),
    ]
    const taken = await this.#store.mutate(takeNumbers, {
      rooms: rooms.flatMap(waiting => {
        const group = waiting[0]?.message.group
        return group
          ? [{ app: group.app_id, group: group.group_no, conv: group.conv_id, count: waiting.length }]
          : []
      }),
    })
    for (const [index, waiting] of rooms.entries()) {
      const { last, authNo } = taken.rooms[index] ?? { last: 0, authNo: -1 }
      let seq = last - waiting.length
      for (const { message, settle } of waiting) {
        const { group, except } = message
        seq++
        if (group.auth_no !== authNo) {
          settle({ outcome: 'stale' })
          continue
        }
        this.#bus.pushGroup({
          app: group.app_id,
          group: group.group_no,
          frame: message.frame(seq, taken.now),
          authNo,
          ...(except !== undefined && { except }),
        })
        settle({ outcome: 'sent', seq, time: taken.now })
      }
    }
  }
}
