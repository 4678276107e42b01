import type { GroupType } from '@rookery/protocol/wire-group'
import { type Kysely, sql } from 'kysely'
import type { Schema } from '../store/schema.ts'
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

/**
 * Numbers of the newest groups of a page. Each branch is answered by an index: ids and names that begin so are sought out, not
 * found among all groups of the app.
 */
function foundNumbers(db: Kysely<Schema>, app: number, { text, type, after, limit }: GroupSearch) {
  const newest = (column?: 'name' | 'title') => {
    let query = db
      .selectFrom('chat_group')
      .select('group_no')
      .where('app_id', '=', app)
      // In so many words, so that the partial indexes apply.
      .where('dismissed', '=', sql.lit(0))
      .where('community_no', '=', sql.lit(0))
      .orderBy('group_no', 'desc')
      .limit(limit + 1)
    if (column) query = query.where(column, '>=', text).where(column, '<', text + HIGHEST)
    if (type) query = query.where('type', '=', type)
    // Not the bare column where a text is sought: its own index would be tempted to walk all groups below.
    if (after !== undefined) query = query.where(column ? sql`group_no + 0` : 'group_no', '<', after)
    return db.selectFrom(query.as('newest')).select('group_no')
  }
  return text === '' ? newest() : newest('name').union(newest('title'))
}

/** The app's living groups, newest first; topics are not among them. */
export async function searchGroups(
  store: Store,
  app: number,
  search: GroupSearch,
): Promise<{ readonly groups: readonly FoundGroup[]; readonly next: number | null }> {
  const found = foundNumbers(store.read, app, search)
  const rows = await store.read
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
    .where('g.group_no', 'in', found)
    .orderBy('g.group_no', 'desc')
    .limit(search.limit + 1)
    .execute()
  const page = rows.slice(0, search.limit)
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
    next: rows.length > search.limit ? (page.at(-1)?.group_no ?? null) : null,
  }
}
