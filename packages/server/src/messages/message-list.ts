import type { AccountDirectory } from '../accounts/account-directory.ts'
import { type Author, roamItemText, type ShownMessage, wireMessageText } from './message-frame.ts'
import { type MessageRow, shownFromRow } from './message-row.ts'
import { otherSide, type Pair } from './pair.ts'

const NOBODY: Author = { id: 0, userId: '', nick: '', faceUrl: '' }

/** Bytes of one answer's messages: a page of the largest messages must not fill a socket's outbound buffer. */
export const PAGE_BYTES = 262_144

/** Builds the JSON of stored messages of one conversation; names are looked up once. */
export class MessageList {
  readonly #accounts: AccountDirectory
  readonly #pair: Pair
  readonly #known = new Map<number, Author>()

  constructor(accounts: AccountDirectory, pair: Pair) {
    this.#accounts = accounts
    this.#pair = pair
  }

  /** As events and the SDK's history show it. */
  wireText(row: MessageRow): Promise<string> {
    return this.#text(row, wireMessageText)
  }

  /** As `openim/admin_getroammsg` shows it. */
  roamText(row: MessageRow): Promise<string> {
    return this.#text(row, roamItemText)
  }

  async #text(
    row: MessageRow,
    format: (message: ShownMessage, from: Author, to: Author) => string,
  ): Promise<string> {
    const from = await this.#author(row.sender_id)
    const to = await this.#author(otherSide(this.#pair, row.sender_id))
    const revoker = row.revoker_id > 0 ? (await this.#author(row.revoker_id)).userId : ''
    return format(shownFromRow(row, revoker), from, to)
  }

  async #author(account: number): Promise<Author> {
    const known = this.#known.get(account)
    if (known) return known
    const author = (await this.#accounts.byId(this.#pair.app, account)) ?? NOBODY
    this.#known.set(account, author)
    return author
  }
}

/** The JSON of messages, in their order. */
export interface Page {
  readonly texts: readonly string[]
  /** How many of the rows are in it; at least one where there was one. */
  readonly taken: number
}

/** Takes rows, first to last, until the page has `maxBytes`; the first one is always taken. */
export async function takePage(
  rows: readonly MessageRow[],
  text: (row: MessageRow) => Promise<string>,
  maxBytes: number,
): Promise<Page> {
  const texts: string[] = []
  let bytes = 0
  for (const row of rows) {
    const next = await text(row)
    bytes += Buffer.byteLength(next) + 1
    if (texts.length > 0 && bytes > maxBytes) break
    texts.push(next)
  }
  return { texts, taken: texts.length }
}
