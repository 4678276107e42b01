import type { GroupType } from '@rookery/protocol/wire-group'
import type { Store } from '../store/store.ts'

export interface GroupSearch {
  /** The beginning of a GroupId or of a name; empty: all. */
  readonly text: string
  readonly type?: GroupType
  /** `next` of the page before. */
  readonly after?: number
  readonly limit: number
}

export interface FoundGroup {
  readonly groupId: string
  readonly type: GroupType
  readonly name: string
  /** Empty: nobody. */
  readonly owner: string
  /** Stored ones; a live room's audience is not. */
  readonly members: number
  readonly muteAll: boolean
  readonly created: number
  /** Null: no message so far. */
  readonly lastMessage: number | null
}

/** Above every text that begins with the prefix, in the order of bytes. */
const HIGHEST = '\u{10FFFF}'

/** The app's living groups, newest first; topics are not among them. */
export async function searchGroups(
  store: Store,
  app: number,
  search: GroupSearch,
): Promise<{ readonly groups: readonly FoundGroup[]; readonly next: number | null }> {
  const { text, type, after, limit } = search
  let query = store.read
    .selectFrom('chat_group as g')
    .innerJoin('conversation as c', join =>
      join.onRef('c.app_id', '=', 'g.app_id').onRef('c.conv_id', '=', 'g.conv_id'),
    )
    .leftJoin('account as owner', join =>
      join.onRef('owner.app_id', '=', 'g.app_id').onRef('owner.account_id', '=', 'g.owner_id'),
    )
    .select([
      'g.group_no',
      'g.name',
      'g.type',
      'g.title',
      'g.member_count',
      'g.mute_all',
      'g.create_time',
      'c.last_time',
      'owner.user_id as owner',
    ])
    .where('g.app_id', '=', app)
    .where('g.dismissed', '=', 0)
    .where('g.community_no', '=', 0)
    .orderBy('g.group_no', 'desc')
    .limit(limit + 1)
  if (text !== '')
    query = query.where(eb =>
      eb.or([
        eb.and([eb('g.name', '>=', text), eb('g.name', '<', text + HIGHEST)]),
        eb.and([eb('g.title', '>=', text), eb('g.title', '<', text + HIGHEST)]),
      ]),
    )
  if (type) query = query.where('g.type', '=', type)
  if (after !== undefined) query = query.where('g.group_no', '<', after)
  const rows = await query.execute()
  const page = rows.slice(0, limit)
  return {
    groups: page.map(row => ({
      groupId: row.name,
      type: row.type,
      name: row.title,
      owner: row.owner ?? '',
      members: row.member_count,
      muteAll: row.mute_all !== 0,
      created: row.create_time,
      lastMessage: row.last_time || null,
    })),
    next: rows.length > limit ? (page.at(-1)?.group_no ?? null) : null,
  }
}
