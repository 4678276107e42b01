import { addressedAccounts } from '../store/message-address.ts'
import { type Author, roamItemText, type ShownMessage, wireMessageText } from './message-frame.ts'
import { type MessageRow, type ShownRow, shownFromRow } from './message-row.ts'
import { otherSide, type Pair } from './pair.ts'

const NOBODY: Author = { id: 0, userId: '', nick: '', faceUrl: '' }
/** Sender of what the system says in groups, account 0 (rest-2 section 2.1). */
export const SYSTEM_AUTHOR: Author = { id: 0, userId: '@TIM#SYSTEM', nick: '', faceUrl: '' }

/** Names and profiles by account number. */
export interface Authors {
  byId(app: number, account: number): Promise<Author | undefined>
}

/** What messages of a group show of it. */
export interface ListedGroup {
  readonly groupId: string
  readonly nameCard: (account: number) => Promise<string>
}

/** Bytes of one answer's messages: a page of the largest messages must not fill a socket's outbound buffer. */
export const PAGE_BYTES = 262_144

type TextFormat = (message: ShownMessage, from: Author, to: Author) => string

/** Builds the JSON of stored messages of one conversation; names are looked up once. */
export class MessageList {
  readonly #accounts: Authors
  readonly #pair: Pick<Pair, 'app' | 'lo' | 'hi'>
  readonly #group: ListedGroup | undefined
  readonly #known = new Map<number, Author>()

  constructor(accounts: Authors, pair: Pick<Pair, 'app' | 'lo' | 'hi'>, group?: ListedGroup) {
    this.#accounts = accounts
    this.#pair = pair
    this.#group = group
  }

  /** As events and the SDK's history show it. */
  wireText(row: MessageRow): string | Promise<string> {
    return this.#group ? this.#groupText(row, this.#group) : this.pairText(row)
  }

  /** The same of a conversation of two. */
  pairText(row: ShownRow): string | Promise<string> {
    return this.#text(row, wireMessageText)
  }

  async #groupText(row: MessageRow, group: ListedGroup): Promise<string> {
    const to: string[] = []
    for (const account of addressedAccounts(row.to_ids)) to.push((await this.author(account)).userId)
    return wireMessageText(
      shownFromRow(row, await this.#revoker(row)),
      await this.author(row.sender_id),
      NOBODY,
      {
        groupId: group.groupId,
        nameCard: row.sender_id > 0 ? await group.nameCard(row.sender_id) : '',
        atInfo: row.at_info,
        to,
      },
    )
  }

  /** As `openim/admin_getroammsg` shows it. */
  roamText(row: ShownRow): string | Promise<string> {
    return this.#text(row, roamItemText)
  }

  /** Of a group's message; the system for a tip. */
  async author(account: number): Promise<Author> {
    const known = this.#known.get(account)
    if (known) return known
    const author =
      account === 0 ? SYSTEM_AUTHOR : ((await this.#accounts.byId(this.#pair.app, account)) ?? NOBODY)
    this.#known.set(account, author)
    return author
  }

  /** At once where nobody need be looked up: a turn of the loop costs more than a text. */
  #text(row: ShownRow, format: TextFormat): string | Promise<string> {
    const from = this.#known.get(row.sender_id)
    const to = this.#known.get(otherSide(this.#pair, row.sender_id))
    if (from && to && row.revoker_id === 0) return format(shownFromRow(row, ''), from, to)
    return this.#lookedUpText(row, format)
  }

  async #lookedUpText(row: ShownRow, format: TextFormat): Promise<string> {
    const from = await this.author(row.sender_id)
    const to = await this.author(otherSide(this.#pair, row.sender_id))
    return format(shownFromRow(row, await this.#revoker(row)), from, to)
  }

  async #revoker(row: ShownRow): Promise<string> {
    return row.revoker_id > 0 ? (await this.author(row.revoker_id)).userId : ''
  }
}

/** The JSON of messages, in their order. */
export interface Page {
  readonly texts: readonly string[]
  /** How many of the rows are in it; at least one where there was one. */
  readonly taken: number
}

/** UTF-8 bytes of a UTF-16 unit, at most. */
const BYTES_A_UNIT = 3

/** Takes rows, first to last, until the page has `maxBytes`; the first one is always taken. */
export async function takePage<Row>(
  rows: readonly Row[],
  text: (row: Row) => string | Promise<string>,
  maxBytes: number,
): Promise<Page> {
  const texts: string[] = []
  let units = 0
  let bytes: number | undefined
  for (const row of rows) {
    const made = text(row)
    const next = typeof made === 'string' ? made : await made
    units += next.length + 1
    // Most pages are far below their end: only those near it are counted byte by byte.
    if (units * BYTES_A_UNIT > maxBytes) {
      bytes = (bytes ?? bytesOf(texts)) + bytesOf([next])
      if (texts.length > 0 && bytes > maxBytes) break
    }
    texts.push(next)
  }
  return { texts, taken: texts.length }
}

/** With a comma after each. */
function bytesOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text) + 1, 0)
}
