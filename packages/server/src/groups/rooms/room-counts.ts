import { defineMutation } from '../../store/mutation.ts'
import type { Store } from '../../store/store.ts'
import type { GroupRow } from '../group-rows.ts'
import type { LiveRooms } from './live-rooms.ts'

/** How old another node's figures are at most, but for the time of a write. */
const PUBLISH_EVERY_MS = 2000
/** People of each room that a node tells the others of, newest first: about 20 kB. */
const NEWEST_MAX = 1000

/** Somebody in a room, on whichever node. */
export interface Insider {
  readonly account: number
  readonly joinTime: number
}

interface Figures {
  readonly app: number
  readonly group: number
  readonly visitors: number
  /** JSON array of [account, join time]. */
  readonly newest: string
}

const publishAudience = defineMutation<
  { readonly rooms: readonly Figures[]; readonly dead: readonly string[] },
  void
>(
  'rooms/publish-audience',
  async (tx, { rooms, dead }) => {
    if (dead.length > 0) await tx.db.deleteFrom('room_audience').where('node_id', 'in', dead).execute()
    for (const { app, group, visitors, newest } of rooms)
      if (visitors === 0)
        await tx.db
          .deleteFrom('room_audience')
          .where('app_id', '=', app)
          .where('group_no', '=', group)
          .where('node_id', '=', tx.nodeId)
          .execute()
      else
        await tx.db
          .insertInto('room_audience')
          .values({ app_id: app, group_no: group, node_id: tx.nodeId, visitors, newest })
          .onConflict(conflict =>
            conflict.columns(['app_id', 'group_no', 'node_id']).doUpdateSet({ visitors, newest }),
          )
          .execute()
  },
  // Rows of this node and of dead ones: nobody else writes them.
  { keepsHeads: true, locks: () => [] },
)

/** How many people are in live rooms, and who, over all nodes: this one's at once, the others' some seconds old. */
export class RoomCounts {
  readonly #store: Pick<Store, 'read' | 'mutate' | 'nodeId' | 'liveNodes' | 'vitals'>
  readonly #live: LiveRooms
  readonly #onProblem: (error: unknown) => void
  /** What the others were told, by room. */
  #published = new Map<string, Figures>()
  #publishedAs = ''
  #publishing = false
  readonly #timer: ReturnType<typeof setInterval> | undefined

  constructor(
    store: Pick<Store, 'read' | 'mutate' | 'nodeId' | 'liveNodes' | 'vitals'>,
    live: LiveRooms,
    onProblem: (error: unknown) => void,
  ) {
    this.#store = store
    this.#live = live
    this.#onProblem = onProblem
    if (store.vitals) this.#timer = setInterval(() => void this.publish(), PUBLISH_EVERY_MS)
  }

  async count(group: GroupRow): Promise<number> {
    const own = this.#live.count(group.app_id, group.group_no)
    return (await this.#others(group)).reduce((sum, row) => sum + row.visitors, own)
  }

  /** Newest first, each person once. */
  async newest(group: GroupRow, limit: number): Promise<Insider[]> {
    const own: Insider[] = this.#live.newest(group.app_id, group.group_no, limit)
    const others = (await this.#others(group)).flatMap(row => insiders(row.newest))
    const merged = [...own, ...others].sort((a, b) => b.joinTime - a.joinTime || b.account - a.account)
    return [...new Map(merged.map(it => [it.account, it])).values()].slice(0, limit)
  }

  /** Join times of those of the accounts that are inside; of other nodes only their newest people are known. */
  async inside(group: GroupRow, accounts: readonly number[]): Promise<Map<number, number>> {
    const { app_id: app, group_no: no } = group
    const known = new Map(
      (await this.#others(group)).flatMap(row =>
        insiders(row.newest).map(it => [it.account, it.joinTime] as const),
      ),
    )
    for (const account of accounts) {
      const visitor = this.#live.visitor(app, no, account)
      if (visitor) known.set(account, visitor.joinTime)
    }
    return new Map(
      accounts.flatMap(account => {
        const joinTime = known.get(account)
        return joinTime === undefined ? [] : [[account, joinTime] as const]
      }),
    )
  }

  /** Numbers of the app's rooms that an account is in; of other nodes only their newest people are known. */
  async roomsOf(app: number, account: number): Promise<number[]> {
    const rooms = new Set<number>()
    for (const { group } of this.#live.all())
      if (group.app_id === app && this.#live.has(app, group.group_no, account)) rooms.add(group.group_no)
    const { nodeId, liveNodes, vitals, read } = this.#store
    if (!vitals) return [...rooms]
    const rows = await read
      .selectFrom('room_audience')
      .select(['node_id', 'group_no'])
      .where('app_id', '=', app)
      .where('newest', 'like', `%[${account},%`)
      .execute()
    for (const row of rows) if (row.node_id !== nodeId && liveNodes.has(row.node_id)) rooms.add(row.group_no)
    return [...rooms]
  }

  /** Tells the other nodes what changed since the last time. */
  async publish(): Promise<void> {
    if (this.#publishing) return
    this.#publishing = true
    try {
      const { nodeId, liveNodes } = this.#store
      // Under a new name nothing was told yet; the rows of the old one are a dead node's.
      if (this.#publishedAs !== nodeId) this.#published = new Map()
      const present = new Map<string, Figures>()
      for (const { group, count } of this.#live.all()) {
        const newest = this.#live
          .newest(group.app_id, group.group_no, NEWEST_MAX)
          .map(({ account, joinTime }) => [account, joinTime])
        present.set(`${group.app_id}:${group.group_no}`, {
          app: group.app_id,
          group: group.group_no,
          visitors: count,
          newest: JSON.stringify(newest),
        })
      }
      const changed = [...present]
        .filter(([key, { newest, visitors }]) => {
          const before = this.#published.get(key)
          return before?.newest !== newest || before.visitors !== visitors
        })
        .map(([, figures]) => figures)
      const gone = [...this.#published.values()]
        .filter(({ app, group }) => !present.has(`${app}:${group}`))
        .map(figures => ({ ...figures, visitors: 0, newest: '[]' }))
      const dead = (await this.#store.read.selectFrom('room_audience').select('node_id').distinct().execute())
        .map(row => row.node_id)
        .filter(id => !liveNodes.has(id))
      if (changed.length + gone.length + dead.length > 0)
        await this.#store.mutate(publishAudience, { rooms: [...changed, ...gone], dead })
      this.#published = present
      this.#publishedAs = nodeId
    } catch (error) {
      this.#onProblem(error)
    } finally {
      this.#publishing = false
    }
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  async #others(group: GroupRow): Promise<{ visitors: number; newest: string }[]> {
    const { nodeId, liveNodes, vitals, read } = this.#store
    if (!vitals) return []
    const rows = await read
      .selectFrom('room_audience')
      .select(['node_id', 'visitors', 'newest'])
      .where('app_id', '=', group.app_id)
      .where('group_no', '=', group.group_no)
      .execute()
    return rows.filter(row => row.node_id !== nodeId && liveNodes.has(row.node_id))
  }
}

function insiders(newest: string): Insider[] {
  return (JSON.parse(newest) as [number, number][]).map(([account, joinTime]) => ({ account, joinTime }))
}
