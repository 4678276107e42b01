import { type Kysely, sql } from 'kysely'
import type { Account } from '../accounts/account.ts'
import { isHiddenByFlags } from '../messages/stored-message.ts'
import { PreparedQuery, perDatabase } from '../store/prepared.ts'
import type { Schema } from '../store/schema.ts'
import { conversationItemText } from './conversation-item.ts'
import {
  type ContactGroupRow,
  groupsByConversation,
  PAIR_COLUMNS,
  type PairRow,
  pairView,
} from './conversation-view.ts'
import { conversationViews } from './conversation-views.ts'
import { isListed } from './is-listed.ts'
import type { LastMessage } from './joined-message.ts'
import {
  type ConversationList,
  type ListedConversation,
  type ListServices,
  listed,
} from './listed-conversation.ts'
import { type OwnConversation, ownGroups, withoutSuperseded } from './own-conversations.ts'
import { DISCARD, uncounted } from './unread.ts'

/** The most that one page shows. */
const SHORT = 100

/** Few columns: making their values costs more than finding the rows. */
interface Row extends PairRow {
  unread_sum: number
  /** 1: the owner deleted messages of it. */
  hides: number
}

const NONE: readonly number[] = []

interface Pair {
  readonly row: Row
  readonly peer: Account
}

const queries = perDatabase(db => ({
  rows: rowsQuery(db),
  contactGroups: new PreparedQuery<{ app: number; owner: number }, ContactGroupRow>(db, (db, parameter) =>
    db
      .selectFrom('contact_group_member')
      .select(['conv_id', 'group_id'])
      .where('app_id', '=', parameter('app'))
      .where('account_id', '=', parameter('owner'))
      .orderBy('group_id'),
  ),
}))

/**
 * The list of an account with few conversations; undefined for one with many. One statement reads it all but the messages, most of
 * which are in memory, as people are. Conversations that need more than that are read as those of a long list.
 */
export async function shortList(
  services: ListServices,
  app: number,
  ownerId: number,
): Promise<ConversationList | undefined> {
  const { store, accounts, lastMessages } = services
  const rows = await queries(store.read).rows.all({ app, owner: ownerId })
  if (rows.length > SHORT) return undefined
  const owner = accounts.knownById(app, ownerId) ?? (await accounts.byId(app, ownerId))
  if (!owner) return undefined
  const pairs = new Map<number, Pair>()
  const all: OwnConversation[] = []
  let inGroups = false
  for (const row of rows) {
    if (row.peer_id === 0) {
      inGroups = true
      continue
    }
    const peer = accounts.knownById(app, row.peer_id) ?? (await accounts.byId(app, row.peer_id))
    if (!peer) continue
    all.push(ownPair(row, peer))
    pairs.set(row.conv_id, { row, peer })
  }
  if (inGroups) all.push(...(await ownGroups(store.read, app, ownerId)))

  return {
    all: withoutSuperseded(all),
    async show(convs) {
      const groups = groupsByConversation(
        await queries(store.read).contactGroups.all({ app, owner: ownerId }),
      )
      const items = convs.map(conv => {
        const pair = pairs.get(conv)
        return pair && showPair(pair, owner, groups.get(conv) ?? NONE, lastMessages)
      })
      const others = convs.filter((_, index) => !items[index])
      if (others.length === 0) return items.filter(item => item !== undefined)
      const views = await conversationViews(store.read, app, ownerId, others, lastMessages)
      const read = new Map(views.map(view => [view.conv, listed(view)]))
      return convs.flatMap((conv, index) => items[index] ?? read.get(conv) ?? [])
    },
  }
}

function ownPair(row: Row, peer: Account): OwnConversation {
  return {
    conv: row.conv_id,
    peerUserId: peer.userId,
    peerDeleted: peer.deleted,
    headSeq: row.head_seq,
    changeNo: row.change_no,
    logNo: row.log_no,
    pinnedMs: row.pinned_ms,
    listTime: row.list_time,
    isListed: isListed(row, row.list_seq),
  }
}

/** Undefined when its last message is not in memory, or not for this owner, who may see an older one. */
function showPair(
  { row, peer }: Pair,
  owner: Account,
  contactGroups: readonly number[],
  lastMessages: ListServices['lastMessages'],
): ListedConversation | undefined {
  if (row.hides) return undefined
  let last: LastMessage | undefined
  if (row.list_seq > row.cleared_seq) {
    last = lastMessages.find(row)
    if (!last || isHiddenByFlags({ flags: last.flags, sender_id: last.senderId }, owner.id)) return undefined
  }
  const view = pairView(row, {
    peer,
    owner,
    unread: row.recv_opt === DISCARD ? 0 : Math.max(0, row.unread_sum),
    isListed: isListed(row, row.list_seq),
    contactGroups,
    last,
  })
  const text = () => {
    if (!last) return conversationItemText(view, 'null')
    const isOwn = last.senderId === owner.id
    return conversationItemText(view, lastMessages.text(row, isOwn ? owner : peer, isOwn ? peer : owner))
  }
  return { view, text }
}

function rowsQuery(db: Kysely<Schema>): PreparedQuery<{ app: number; owner: number }, Row> {
  return new PreparedQuery<{ app: number; owner: number }, Row>(db, (db, parameter) =>
    db
      .selectFrom('user_conversation as uc')
      .innerJoin('conversation as c', join =>
        join.onRef('c.app_id', '=', 'uc.app_id').onRef('c.conv_id', '=', 'uc.conv_id'),
      )
      .where('uc.app_id', '=', parameter('app'))
      .where('uc.account_id', '=', parameter('owner'))
      .select(PAIR_COLUMNS)
      .select(eb => [
        // A recall is a change: most conversations have none.
        sql<number>`c.count_no - uc.read_count - (case when c.lo_id = uc.account_id then c.sent_lo else c.sent_hi end
          - uc.read_own) - case when c.change_no > 0 then ${uncounted(eb)} else 0 end`.as('unread_sum'),
        // The first is looked up once for all: most people deleted nothing.
        sql<number>`case when exists (select 1 from message_hidden as any_hidden
          where any_hidden.app_id = ${parameter('app')} and any_hidden.account_id = ${parameter('owner')})
          and exists (select 1 from message_hidden as hidden where hidden.app_id = uc.app_id
          and hidden.account_id = uc.account_id and hidden.conv_id = uc.conv_id) then 1 else 0 end`.as(
          'hides',
        ),
      ])
      .limit(sql.lit(SHORT + 1)),
  )
}
