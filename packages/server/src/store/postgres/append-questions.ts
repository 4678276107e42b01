import type { AppendItem } from '../append.ts'
import { type RestKey, restKeyOf } from '../number-message.ts'
import { numbersLiteral, textsLiteral } from './append-literals.ts'
import type { Pair } from './append-pairs.ts'
import { LOOK_UP } from './append-statements.ts'

/** An item of a batch and what is known of its conversation before the lock. */
export interface Placed {
  readonly item: AppendItem
  readonly pair: Pair
}

/** What a batch asks of the database once its conversations are locked. Places in the answers count from 1. */
export class Questions {
  /** Senders of group messages, each once for each conversation. */
  readonly groupSenders = new Map<
    string,
    { readonly app: number; readonly conv: number; readonly account: number }
  >()
  readonly accounts: { readonly app: number; readonly account: number }[] = []
  readonly clientKeys: (Placed & { readonly conv: number })[] = []
  readonly restKeys: (Placed & { readonly conv: number; readonly key: RestKey })[] = []

  constructor(batch: readonly Placed[], pairs: Iterable<Pair>) {
    const known = new Set<string>()
    const ask = (app: number, account: number): void => {
      const before = known.size
      if (known.add(`${app}:${account}`).size > before) this.accounts.push({ app, account })
    }
    for (const { app, lo, hi } of pairs) if (lo > 0) for (const account of [lo, hi]) ask(app, account)
    for (const { item, pair } of batch) {
      const { conv } = pair
      if (conv === undefined) continue
      if (item.group) {
        ask(item.app, item.sender)
        this.groupSenders.set(`${conv}:${item.sender}`, { app: item.app, conv, account: item.sender })
      }
      const key = restKeyOf(item)
      if (key) this.restKeys.push({ item, pair, conv, key })
      else this.clientKeys.push({ item, pair, conv })
    }
  }

  /** Text and parameters of the statement that answers all of them. */
  statement(lane: number, nodeId: string): readonly [string, readonly unknown[]] {
    const { accounts, clientKeys, restKeys } = this
    const parameters = [
      lane,
      nodeId,
      numbersLiteral(accounts.map(({ app }) => app)),
      numbersLiteral(accounts.map(({ account }) => account)),
      numbersLiteral(clientKeys.map(({ item }) => item.app)),
      numbersLiteral(clientKeys.map(({ item }) => item.clientTime)),
      numbersLiteral(clientKeys.map(({ conv }) => conv)),
      numbersLiteral(clientKeys.map(({ item }) => item.sender)),
      numbersLiteral(clientKeys.map(({ item }) => item.random)),
    ]
    if (restKeys.length === 0) return [LOOK_UP.plain, parameters]
    parameters.push(
      numbersLiteral(restKeys.map(({ item }) => item.app)),
      numbersLiteral(restKeys.map(({ conv }) => conv)),
      numbersLiteral(restKeys.map(({ key }) => key.kind)),
      numbersLiteral(restKeys.map(({ key }) => key.sender)),
      numbersLiteral(restKeys.map(({ item }) => item.msgSeq)),
      numbersLiteral(restKeys.map(({ item }) => item.random)),
      textsLiteral(restKeys.map(({ key }) => key.hash)),
    )
    return [LOOK_UP.rest, parameters]
  }
}
