import { conversationList } from './conversation-list.ts'
import type { ConversationView } from './conversation-view.ts'
import type { ConversationList, ListServices } from './listed-conversation.ts'
import { byListOrder, type OwnConversation } from './own-conversations.ts'

/** Conversations of a page in each part, rest-1 section 7.1. */
const PAGE = 100

/** Bits of `AssistFlags` (rest-1 section 7.1). */
const Assist = { PINNED: 1, EMPTY: 2, PAGE_PINNED: 4 } as const

/** The last conversation that was returned of a part: its time and its number; 0, 0 = none yet. */
export interface PartCursor {
  readonly time: number
  readonly conv: number
}

export interface ListQuery {
  readonly normal: PartCursor
  readonly pinned: PartCursor
  readonly assistFlags: number
  /** `conversation.max` */
  readonly max: number
}

export interface ListPage {
  readonly items: readonly ListItem[]
  readonly normal: PartCursor
  readonly pinned: PartCursor
  readonly isComplete: boolean
}

export interface ListItem {
  readonly view: ConversationView
  readonly isPinned: boolean
}

/**
 * One page of an account's list: the pinned part, then the rest, each from the newest to the oldest activity. A cursor names
 * the last conversation returned, so that a page begins right after it whatever became of it.
 */
export async function listPage(
  services: ListServices,
  app: number,
  owner: number,
  query: ListQuery,
): Promise<ListPage> {
  const splits = (query.assistFlags & Assist.PINNED) !== 0
  const isPinned = (it: OwnConversation): boolean => splits && it.pinnedMs > 0
  const list = await conversationList(services, app, owner)
  const listed = list.all
    .filter(it => it.isListed)
    .sort(byListOrder)
    .slice(0, query.max)
  const pinned = listed.filter(it => isPinned(it) && isAfter(it, query.pinned))
  const normal = listed
    .filter(it => !isPinned(it) && isAfter(it, query.normal))
    .sort((a, b) => b.listTime - a.listTime || b.conv - a.conv)

  const takes = async (part: readonly OwnConversation[], size: number) =>
    takePart(list, part, size, (query.assistFlags & Assist.EMPTY) !== 0)
  const pinnedSize = query.assistFlags & Assist.PAGE_PINNED ? PAGE : pinned.length
  const top = await takes(pinned, pinnedSize)
  const rest = top.isComplete
    ? await takes(normal, Math.max(0, PAGE - (query.assistFlags & Assist.PAGE_PINNED ? top.views.length : 0)))
    : { views: [], last: undefined, isComplete: false }
  return {
    items: [
      ...top.views.map(view => ({ view, isPinned: true })),
      ...rest.views.map(view => ({ view, isPinned: false })),
    ],
    pinned: cursorOf(top.last) ?? query.pinned,
    normal: cursorOf(rest.last) ?? query.normal,
    isComplete: rest.isComplete,
  }
}

function isAfter(it: OwnConversation, cursor: PartCursor): boolean {
  if (cursor.conv === 0) return true
  return it.listTime < cursor.time || (it.listTime === cursor.time && it.conv < cursor.conv)
}

function cursorOf(it: OwnConversation | undefined): PartCursor | undefined {
  return it && { time: it.listTime, conv: it.conv }
}

/** Takes up to `size` that show; the views tell what the numbers do not: one-sided messages, cleared histories. */
async function takePart(
  list: ConversationList,
  part: readonly OwnConversation[],
  size: number,
  withEmpty: boolean,
): Promise<{
  readonly views: readonly ConversationView[]
  readonly last: OwnConversation | undefined
  readonly isComplete: boolean
}> {
  const views: ConversationView[] = []
  let at = 0
  while (at < part.length && views.length < size) {
    const batch = part.slice(at, at + size - views.length)
    for (const { view } of await list.show(batch.map(it => it.conv)))
      if (!view.hidden && (withEmpty || view.last !== undefined)) views.push(view)
    at += batch.length
  }
  return { views, last: part[at - 1], isComplete: at >= part.length }
}
