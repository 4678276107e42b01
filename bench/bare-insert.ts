import { numbersLiteral, textsLiteral } from '@rookery/server/store/postgres/append-literals'
import { CONNECTION_LIMITS, PgConnection } from '@rookery/server/store/postgres/connection'
import { migrate } from '@rookery/server/store/postgres/migrate'
import { TEXT } from './pair.ts'

const APP = 1
/** As an SDK's send has it: 22 letters. */
const CLIENT_HASH = 'q1J0yJ3mUe7n8tqvRr2m4A'
const BODY = JSON.stringify([{ MsgType: 'TIMTextElem', MsgContent: { Text: TEXT } }])

const INSERT = `
  insert into message (app_id, conv_id, seq, sender_id, msg_seq, random, time, client_time, flags, count_no, own_no, body, custom,
    push_info, client_hash, late_after)
  select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
    $8::bigint[], $9::int[], $10::bigint[], $11::bigint[], $12::text[], $13::text[], $14::text[], $15::text[], $16::bigint[])`

/**
 * The comparison: the same rows in a table with the same indexes, one connection, one statement and one commit a batch, the next when it
 * is answered. Nothing is locked, looked up, numbered, logged or delivered.
 */
export class BareInsert {
  rows = 0
  readonly #connection: PgConnection
  readonly #conversations: number
  #running: Promise<void> | undefined
  #stopped = false
  #next = 0

  private constructor(connection: PgConnection, conversations: number) {
    this.#connection = connection
    this.#conversations = conversations
  }

  /** @param url of an empty database */
  static async open(url: string, conversations: number): Promise<BareInsert> {
    await migrate(url)
    return new BareInsert(await PgConnection.open({ url, limits: CONNECTION_LIMITS }), conversations)
  }

  /** Batch after batch until {@link stop}. */
  start(batch: number): void {
    this.#stopped = false
    this.#running = this.#insert(batch)
    // Told by `stop`.
    this.#running.catch(() => undefined)
  }

  /** Rejects when an insert failed. */
  async stop(): Promise<void> {
    this.#stopped = true
    await this.#running
  }

  close(): void {
    this.#connection.drop('The bench is done.')
  }

  async #insert(batch: number): Promise<void> {
    const same = (value: number) => numbersLiteral(Array.from({ length: batch }, () => value))
    const text = (value: string) => textsLiteral(Array.from({ length: batch }, () => value))
    const [app, zero, bodies, empty, hashes] = [same(APP), same(0), text(BODY), text(''), text(CLIENT_HASH)]
    while (!this.#stopped) {
      const places = Array.from({ length: batch }, (_, place) => this.#next + place)
      const conversations = numbersLiteral(places.map(place => 1 + (place % this.#conversations)))
      const numbers = numbersLiteral(places.map(place => 1 + Math.floor(place / this.#conversations)))
      const random = numbersLiteral(places.map(place => 1_000_000_000 + place))
      const now = same(Math.floor(Date.now() / 1000))
      await this.#connection.run(INSERT, [
        ...[app, conversations, numbers, conversations, random, random, now, now, zero, numbers, numbers],
        ...[bodies, empty, empty, hashes, zero],
      ])
      this.#next += batch
      this.rows += batch
    }
  }
}
