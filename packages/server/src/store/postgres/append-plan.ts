import type { AppendItem, AppendResult } from '../append.ts'
import {
  advance,
  forgottenResult,
  goneResult,
  holds,
  type MessageNumbers,
  type NumberedResult,
  numberMessage,
  type RestKey,
  refusedByGroup,
  restKeyOf,
  storedResult,
} from '../number-message.ts'
import type { Placed, Questions } from './append-questions.ts'
import type { KnownClientKey, KnownMessage, KnownRestKey, LookUpRow } from './append-statements.ts'
import type { LockedHead, LockedHeads } from './locked-heads.ts'

export type AppendOutcome =
  | AppendResult
  /** Nothing was stored and nothing is wrong: append it again, before any later message of its conversation. */
  | { readonly outcome: 'skipped' }
  /** PostgreSQL refuses this one item, and always will. */
  | { readonly outcome: 'refused'; readonly error: unknown }

export const SKIPPED: AppendOutcome = { outcome: 'skipped' }

export interface NewMessage {
  readonly item: AppendItem
  readonly head: LockedHead
  readonly numbers: MessageNumbers
}

export interface NewRestKey extends NewMessage {
  readonly key: RestKey
}

interface TakenKey {
  /** Of an SDK's send. */
  readonly hash: string
  readonly time: number
  readonly result: NumberedResult
}

/** Numbers the items of a batch in memory, in their order, by what the database answered under the lock. */
export class AppendPlan {
  /** One for each item; true once everything of this plan is committed. */
  readonly outcomes: readonly AppendOutcome[]
  readonly messages: NewMessage[] = []
  /** Of conversations with new messages. */
  readonly heads = new Set<LockedHead>()
  /** By the key's text; a key whose time is over may be taken anew within one batch. */
  readonly restKeys = new Map<string, NewRestKey>()
  readonly nowMs: number
  readonly #now: number
  readonly #locked: LockedHeads
  readonly #gone = new Set<string>()
  readonly #knownSends = new Map<AppendItem, KnownClientKey>()
  readonly #knownRestKeys = new Map<AppendItem, KnownRestKey>()
  readonly #taken = new Map<string, TakenKey>()

  constructor(batch: readonly Placed[], questions: Questions, locked: LockedHeads, answers: LookUpRow) {
    this.nowMs = answers.now_ms
    this.#now = Math.floor(answers.now_ms / 1000)
    this.#locked = locked
    this.#readAnswers(questions, answers)
    this.outcomes = batch.map(placed => this.#append(placed))
  }

  #readAnswers(questions: Questions, answers: LookUpRow): void {
    for (const n of listOf<number>(answers.gone)) {
      const gone = questions.accounts[n - 1]
      if (gone) this.#gone.add(`${gone.app}:${gone.account}`)
    }
    for (const known of listOf<KnownClientKey>(answers.client_keys)) {
      const asked = questions.clientKeys[known.n - 1]
      if (asked) this.#knownSends.set(asked.item, known)
    }
    for (const known of listOf<KnownRestKey>(answers.rest_keys)) {
      const asked = questions.restKeys[known.n - 1]
      if (asked) this.#knownRestKeys.set(asked.item, known)
    }
  }

  #append({ item, pair }: Placed): AppendOutcome {
    if (this.#gone.size > 0)
      for (const account of item.group ? [item.sender] : [pair.lo, pair.hi])
        if (this.#gone.has(`${pair.app}:${account}`)) return goneResult(item, account)
    const head = pair.conv === undefined ? undefined : this.#locked.get(pair.conv)
    if (!head) return SKIPPED
    return item.key.kind === 'client'
      ? this.#appendOnce(item, head, item.key.hash)
      : this.#appendOfRest(item, head)
  }

  /** An SDK's send. */
  #appendOnce(item: AppendItem, head: LockedHead, hash: string): AppendOutcome {
    const name = `${head.conv}:${item.sender}:${item.clientTime}:${item.random}`
    const taken = this.#taken.get(name)
    if (taken)
      return taken.hash === hash ? { ...taken.result, outcome: 'duplicate' } : { outcome: 'conflict' }
    const known = this.#knownSends.get(item)
    if (known) return known.hash === hash ? earlierResult(head.conv, known) : { outcome: 'conflict' }
    return refusedByGroup(head, item, this.#now) ?? this.#store(item, head, name, hash).result
  }

  #appendOfRest(item: AppendItem, head: LockedHead): AppendOutcome {
    const key = restKeyOf(item)
    if (!key) throw new Error('An SDK send has no REST key.')
    const name = `${head.conv}:${key.kind}:${key.sender}:${item.msgSeq}:${item.random}:${key.hash}`
    const taken = this.#taken.get(name)
    if (taken && holds(key, taken.time, this.#now)) return { ...taken.result, outcome: 'duplicate' }
    const known = taken ? undefined : this.#knownRestKeys.get(item)
    if (known && holds(key, known.key_time, this.#now))
      return known.seq === null
        ? forgottenResult(head.conv, item, known.key_seq, head.countNo)
        : earlierResult(head.conv, known)
    const refused = refusedByGroup(head, item, this.#now)
    if (refused) return refused
    const message = this.#store(item, head, name, '')
    this.restKeys.set(name, { ...message, key })
    return message.result
  }

  #store(
    item: AppendItem,
    head: LockedHead,
    name: string,
    hash: string,
  ): NewMessage & { readonly result: NumberedResult } {
    const numbers = numberMessage(head, item, this.#now)
    advance(head, item, numbers)
    const result = storedResult(head.conv, numbers)
    const message = { item, head, numbers, result }
    this.messages.push(message)
    this.heads.add(head)
    this.#taken.set(name, { hash, time: numbers.time, result })
    return message
  }
}

function earlierResult(conv: number, known: KnownMessage): AppendResult {
  const { seq, time, msg_seq: msgSeq, count_no: countNo, flags } = known
  return { outcome: 'duplicate', conv, seq, time, msgSeq, countNo, flags }
}

function listOf<T>(json: string | null | undefined): T[] {
  return json ? (JSON.parse(json) as T[]) : []
}
