import type { Transaction } from '../store/mutation.ts'

/** Keeps the number of conversations that carry marks, groups or custom data below its limit (51008). */
export class MarkedConversations {
  readonly #tx: Transaction
  readonly #app: number
  readonly #owner: number
  readonly #max: number
  #marked: Set<number> | undefined

  constructor(tx: Transaction, app: number, owner: number, max: number) {
    this.#tx = tx
    this.#app = app
    this.#owner = owner
    this.#max = max
  }

  /** Whether this conversation may carry a mark: it does already, or there is room. Counts it from now on. */
  async admit(conv: number): Promise<boolean> {
    this.#marked ??= await this.#load()
    if (!this.#marked.has(conv) && this.#marked.size >= this.#max) return false
    this.#marked.add(conv)
    return true
  }

  async #load(): Promise<Set<number>> {
    const { db } = this.#tx
    const own = await db
      .selectFrom('user_conversation')
      .select('conv_id')
      .where('app_id', '=', this.#app)
      .where('account_id', '=', this.#owner)
      .where(eb => eb.or([eb('standard_mark', '!=', ''), eb('custom_mark', '!=', '')]))
      .execute()
    const grouped = await db
      .selectFrom('contact_group_member')
      .select('conv_id')
      .distinct()
      .where('app_id', '=', this.#app)
      .where('account_id', '=', this.#owner)
      .execute()
    return new Set([...own, ...grouped].map(row => row.conv_id))
  }
}
