import { sql } from 'kysely'
import { PreparedQuery, perDatabase } from '../store/prepared.ts'
import type { Store } from '../store/store.ts'
import { type GroupRow, groupRow, type MemberRow } from './group-rows.ts'
import { type Rights, rightsOf } from './permissions/rights.ts'

/** 20,000 groups at about 1 kB: the active ones of one node. The one that was added first goes first. */
const GROUPS_MAX = 20_000
/** Memberships kept for one group, at about 200 bytes. */
const MEMBERS_MAX = 2000

/** What judging and showing needs to know of an account in a group. */
export interface Membership {
  readonly row: MemberRow | undefined
  /** Last second of its mute; 0 = none, 4294967295 = for ever. */
  readonly mutedUntil: number
  /** Of a member where permission groups are on. */
  readonly rights?: Rights
}

interface Entry {
  readonly group: GroupRow
  readonly members: Map<number, Membership>
}

const queries = perDatabase(db => ({
  byName: new PreparedQuery<{ app: number; name: string }, GroupRow>(db, (db, parameter) =>
    db
      .selectFrom('chat_group')
      .selectAll()
      .where('app_id', '=', parameter('app'))
      .where('name', '=', parameter('name'))
      // A literal, so that the partial index of living groups applies.
      .where('dismissed', '=', sql.lit(0)),
  ),
  membership: new PreparedQuery<
    { app: number; group: number; account: number },
    MemberRow & { until: number | null; present: number | null }
  >(db, (db, parameter) =>
    db
      .selectFrom('account')
      .leftJoin('group_member as member', join =>
        join
          .onRef('member.app_id', '=', 'account.app_id')
          .onRef('member.account_id', '=', 'account.account_id')
          .on('member.group_no', '=', parameter('group')),
      )
      .leftJoin('group_mute as mute', join =>
        join
          .onRef('mute.app_id', '=', 'account.app_id')
          .onRef('mute.account_id', '=', 'account.account_id')
          .on('mute.group_no', '=', parameter('group')),
      )
      .selectAll('member')
      .select(['mute.until', 'member.group_no as present'])
      .where('account.app_id', '=', parameter('app'))
      .where('account.account_id', '=', parameter('account'))
      .$castTo<MemberRow & { until: number | null; present: number | null }>(),
  ),
}))

/**
 * Living groups by name and by number with the memberships that were asked for, cached with a bound and kept true by the
 * commits. `group.auth_no` tells which state of the rights the answers belong to: a writer compares it under its lock.
 */
export class GroupDirectory {
  readonly #store: Store
  readonly #byNo = new Map<string, Entry>()
  readonly #noByName = new Map<string, number>()
  /** Topics that are kept, by their community: they have its `auth_no`, so they go with it. */
  readonly #topics = new Map<string, Set<number>>()
  /** A row that was read before a change must not be kept after it. */
  #invalidations = 0

  constructor(store: Store) {
    this.#store = store
    store.onCommit(changes => {
      for (const change of changes) {
        if (change.kind === 'group') this.#forget(change.app, change.group)
        // Its memberships go one by one after it; until then nobody may take them for living.
        else if (change.kind === 'account') this.#invalidations++
      }
    })
  }

  /** Drops what is known of a group, and of a topic's community: the writer found other rights under its lock. */
  refresh(group: Pick<GroupRow, 'app_id' | 'group_no' | 'community_no'>): void {
    this.#forget(group.app_id, group.community_no || group.group_no)
  }

  /** The living group of that id when it is in memory, so that who sends often need not wait a turn. */
  known(app: number, groupId: string): GroupRow | undefined {
    const no = this.#noByName.get(`${app}:${groupId}`)
    return no === undefined ? undefined : this.#byNo.get(`${app}:${no}`)?.group
  }

  /** The living group of that id. */
  async find(app: number, groupId: string): Promise<GroupRow | undefined> {
    const known = this.known(app, groupId)
    if (known) return known
    const before = this.#invalidations
    const row = await queries(this.#store.read).byName.first({ app, name: groupId })
    return row && this.#keep(row, before)
  }

  /** The living group of that number. */
  async byNo(app: number, group: number): Promise<GroupRow | undefined> {
    const known = this.#byNo.get(`${app}:${group}`)
    if (known) return known.group
    const before = this.#invalidations
    const row = await groupRow(this.#store.read, app, group)
    return row && row.dismissed === 0 ? this.#keep(row, before) : undefined
  }

  /** An account's place in a group: without a row it is no member, and may be muted all the same. */
  async membership(group: GroupRow, account: number): Promise<Membership> {
    const { app_id: app, group_no: no } = group
    const kept = this.#byNo.get(`${app}:${no}`)
    const known = kept?.members.get(account)
    if (known) return known
    const before = this.#invalidations
    const row = await queries(this.#store.read).membership.first({ app, group: no, account })
    const isMember = row !== undefined && row.present !== null
    const rights = isMember ? await rightsOf(this.#store.read, kept?.group ?? group, account) : undefined
    const membership: Membership = {
      row: isMember ? row : undefined,
      mutedUntil: row?.until ?? 0,
      ...(rights && { rights }),
    }
    if (kept && this.#invalidations === before) {
      if (kept.members.size >= MEMBERS_MAX) dropOldest(kept.members)
      kept.members.set(account, membership)
    }
    return membership
  }

  #keep(group: GroupRow, before: number): GroupRow {
    if (this.#invalidations !== before) return group
    if (this.#byNo.size >= GROUPS_MAX) {
      const [oldest] = this.#byNo.values()
      if (oldest) this.#drop(oldest.group)
    }
    this.#byNo.set(`${group.app_id}:${group.group_no}`, { group, members: new Map() })
    this.#noByName.set(`${group.app_id}:${group.name}`, group.group_no)
    if (group.community_no > 0) {
      const key = `${group.app_id}:${group.community_no}`
      const topics = this.#topics.get(key) ?? new Set()
      this.#topics.set(key, topics.add(group.group_no))
    }
    return group
  }

  #forget(app: number, no: number): void {
    this.#invalidations++
    for (const known of [no, ...(this.#topics.get(`${app}:${no}`) ?? [])]) {
      const entry = this.#byNo.get(`${app}:${known}`)
      if (entry) this.#drop(entry.group)
    }
  }

  #drop(group: GroupRow): void {
    this.#byNo.delete(`${group.app_id}:${group.group_no}`)
    this.#noByName.delete(`${group.app_id}:${group.name}`)
    const key = `${group.app_id}:${group.community_no}`
    const topics = this.#topics.get(key)
    if (topics?.delete(group.group_no) && topics.size === 0) this.#topics.delete(key)
  }
}

function dropOldest<K>(map: Map<K, unknown>): void {
  const oldest = map.keys().next()
  if (!oldest.done) map.delete(oldest.value)
}
