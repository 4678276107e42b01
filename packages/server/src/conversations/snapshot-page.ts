import { byListOrder, type OwnConversation } from './own-conversations.ts'

/** Conversations of a page. */
const PAGE = 100

/**
 * Where a snapshot stands. It goes through the list from the top; what moved up meanwhile, and so was skipped, comes at the
 * end (`catchUp`), by number. `log` and `time` are the newest ones when it began.
 */
export type SnapshotCursor = {
  readonly log: number
  readonly time: number
} & (
  | { readonly at: 'list'; readonly pinned: boolean; readonly listTime: number; readonly conv: number }
  | { readonly at: 'catchUp'; readonly conv: number }
)

/** The conversations that come next. */
export interface SnapshotPage {
  readonly conversations: readonly OwnConversation[]
  /** Where to go on after so many of them; undefined after the last of all. */
  readonly after: (taken: number) => SnapshotCursor | undefined
}

/** The next page at most; a caller that takes fewer goes on from the last one it took. */
export function snapshotPage(
  all: readonly OwnConversation[],
  cursor: SnapshotCursor | undefined,
  logNo: number,
): SnapshotPage {
  const log = cursor?.log ?? logNo
  const time = cursor?.time ?? all.reduce((latest, it) => Math.max(latest, it.listTime), 0)
  const catchUp = cursor ? all.filter(it => it.logNo > log || it.listTime >= time).sort(byNumber) : []
  if (cursor?.at === 'catchUp') {
    const rest = catchUp.filter(it => it.conv > cursor.conv)
    return pageOf(rest, conv => ({ log, time, at: 'catchUp', conv: conv.conv }), undefined)
  }
  const list = [...all].sort(byListOrder)
  const rest = cursor ? list.filter(it => follows(it, cursor)) : list
  const after: SnapshotCursor | undefined =
    catchUp.length > 0 ? { log, time, at: 'catchUp', conv: 0 } : undefined
  return pageOf(
    rest,
    it => ({ log, time, at: 'list', pinned: it.pinnedMs > 0, listTime: it.listTime, conv: it.conv }),
    after,
  )
}

function pageOf(
  rest: readonly OwnConversation[],
  cursorAt: (conversation: OwnConversation) => SnapshotCursor,
  end: SnapshotCursor | undefined,
): SnapshotPage {
  return {
    conversations: rest.slice(0, PAGE),
    after(taken) {
      const last = rest[taken - 1]
      return last === undefined || taken === rest.length ? end : cursorAt(last)
    },
  }
}

function byNumber(a: OwnConversation, b: OwnConversation): number {
  return a.conv - b.conv
}

function follows(
  it: OwnConversation,
  cursor: { readonly pinned: boolean; readonly listTime: number; readonly conv: number },
): boolean {
  if (it.pinnedMs > 0 !== cursor.pinned) return cursor.pinned
  return it.listTime < cursor.listTime || (it.listTime === cursor.listTime && it.conv < cursor.conv)
}

/** The text that clients hand back unread. */
export function cursorText(cursor: SnapshotCursor | undefined): string {
  if (!cursor) return ''
  const { log, time, conv } = cursor
  const place = cursor.at === 'list' ? [cursor.pinned ? 1 : 0, cursor.listTime, conv] : [conv]
  return [log, time, ...place].join('.')
}

/** Undefined for a text that {@link cursorText} never made. */
export function parseCursor(text: string): SnapshotCursor | undefined {
  if (!/^\d{1,15}(\.\d{1,15}){2,4}$/.test(text)) return undefined
  const [log = 0, time = 0, ...place] = text.split('.').map(Number)
  const [first = 0, listTime, conv] = place
  if (place.length === 1) return { log, time, at: 'catchUp', conv: first }
  if (listTime === undefined || conv === undefined) return undefined
  return { log, time, at: 'list', pinned: first === 1, listTime, conv }
}
