import { ErrorCode } from '@rookery/protocol/error-code'
import { defineMutation, type Transaction } from '../store/mutation.ts'
import { type Contact, contactConversation, contactLocks, ensureContact } from './contact.ts'
import { MarkedConversations } from './marked-conversations.ts'
import { KEEPS_HEADS } from './owner-row.ts'
import { bumpOwnerStates } from './owner-state.ts'

/** Marks of a conversation: 1–32 are the platform's, 33–64 the app's own (rest-1 section 7.5). */
export const MARKS = 64

export type MarkChange = Contact & {
  /** Numbers of marks, from 1. */
  readonly set: readonly number[]
  readonly clear: readonly number[]
  /** Undefined: stays as it is. */
  readonly custom?: string
}

export interface MarkConversations {
  readonly app: number
  readonly owner: number
  readonly changes: readonly MarkChange[]
  /** `conv.markedMax` */
  readonly markedMax: number
}

/** Sets and clears marks; answers a code for each change, 0 or 51008. A peer without a conversation gets an empty one. */
export const markConversations = defineMutation<MarkConversations, { readonly codes: readonly number[] }>(
  'conversations/mark',
  async (tx, { app, owner, changes, markedMax }) => {
    const marked = new MarkedConversations(tx, app, owner, markedMax)
    const changed = new Set<number>()
    const codes: number[] = []
    for (const change of changes) {
      const result = await applyChange(tx, app, owner, change, marked)
      if (result.conv !== undefined) changed.add(result.conv)
      codes.push(result.code)
    }
    if (changed.size > 0) await bumpOwnerStates(tx, app, owner, [...changed])
    return { codes }
  },
  {
    ...KEEPS_HEADS,
    locks: ({ app, owner, changes }) => contactLocks(app, owner, changes),
  },
)

async function applyChange(
  tx: Transaction,
  app: number,
  owner: number,
  change: MarkChange,
  marked: MarkedConversations,
): Promise<{ readonly code: number; readonly conv?: number }> {
  const known = await contactConversation(tx, app, owner, change)
  const row =
    known &&
    (await tx.db
      .selectFrom('user_conversation')
      .select(['standard_mark', 'custom_mark'])
      .where('app_id', '=', app)
      .where('account_id', '=', owner)
      .where('conv_id', '=', known.conv)
      .executeTakeFirst())
  const before = row ?? { standard_mark: '', custom_mark: '' }
  const standard = withMarks(before.standard_mark, change.set, change.clear)
  const custom = change.custom ?? before.custom_mark
  if (standard === before.standard_mark && custom === before.custom_mark) return { code: 0 }
  const conv = await ensureContact(tx, app, owner, change)
  const carries = standard !== '' || custom !== ''
  if (carries && !(await marked.admit(conv))) return { code: ErrorCode.CONVERSATION_MARKED_LIMIT }
  await tx.db
    .updateTable('user_conversation')
    .set({ standard_mark: standard, custom_mark: custom })
    .where('app_id', '=', app)
    .where('account_id', '=', owner)
    .where('conv_id', '=', conv)
    .execute()
  return { code: 0, conv }
}

/** The text form of marks: first character = mark 1, trailing zeros trimmed. What is set and cleared at once is cleared. */
export function withMarks(before: string, set: readonly number[], clear: readonly number[]): string {
  const places = [...before.padEnd(MARKS, '0')]
  for (const mark of set) places[mark - 1] = '1'
  for (const mark of clear) places[mark - 1] = '0'
  return places.join('').replace(/0+$/, '')
}
