import type { Change } from '../change.ts'
import { numbersLiteral, textsLiteral } from './append-literals.ts'
import type { Pair } from './append-pairs.ts'
import type { AppendPlan, NewMessage, NewRestKey } from './append-plan.ts'
import { WRITE } from './append-statements.ts'
import type { LockedHead } from './locked-heads.ts'

const SECONDS_A_DAY = 86_400

/** The one statement that writes a plan. */
export class AppendWrite {
  readonly text: string
  readonly parameters: readonly unknown[]
  readonly #day: number
  readonly #pairs: readonly Pair[]

  constructor(plan: AppendPlan, lane: number, nodeId: string) {
    const heads = [...plan.heads]
    const restKeys = [...plan.restKeys.values()]
    this.#day = Math.floor(plan.nowMs / 1000 / SECONDS_A_DAY)
    this.#pairs = heads.map(head => head.pair).filter(pair => pair.lo > 0 && pair.activeDay !== this.#day)
    const parameters: unknown[] = [
      lane,
      nodeId,
      plan.nowMs,
      logOf(heads),
      ...messageColumns(plan.messages),
      ...headColumns(heads),
    ]
    if (this.#pairs.length > 0) parameters.push(this.#day, ...sideColumns(this.#pairs))
    if (restKeys.length > 0) parameters.push(...restKeyColumns(restKeys))
    this.parameters = parameters
    if (this.#pairs.length > 0) this.text = restKeys.length > 0 ? WRITE.sidesAndRest : WRITE.sides
    else this.text = restKeys.length > 0 ? WRITE.rest : WRITE.plain
  }

  /** To be called when it is committed and left no side stale: later batches of the day need not write the sides again. */
  sidesAreWritten(): void {
    for (const pair of this.#pairs) pair.activeDay = this.#day
  }
}

/** What other nodes read in the commit log. */
function logOf(heads: readonly LockedHead[]): string {
  return JSON.stringify(
    heads.map(({ pair, conv, headSeq }): Change => {
      const head = { kind: 'conversation', app: pair.app, conv, seq: headSeq } as const
      if (pair.audience !== undefined) return { ...head, group: pair.audience }
      return { ...head, members: pair.lo === pair.hi ? [pair.lo] : [pair.lo, pair.hi] }
    }),
  )
}

function messageColumns(messages: readonly NewMessage[]): string[] {
  return [
    numbersLiteral(messages.map(({ item }) => item.app)),
    numbersLiteral(messages.map(({ head }) => head.conv)),
    numbersLiteral(messages.map(({ numbers }) => numbers.seq)),
    numbersLiteral(messages.map(({ item }) => item.sender)),
    numbersLiteral(messages.map(({ numbers }) => numbers.msgSeq)),
    numbersLiteral(messages.map(({ item }) => item.random)),
    numbersLiteral(messages.map(({ numbers }) => numbers.time)),
    numbersLiteral(messages.map(({ item }) => item.clientTime)),
    numbersLiteral(messages.map(({ numbers }) => numbers.flags)),
    numbersLiteral(messages.map(({ numbers }) => numbers.countNo)),
    numbersLiteral(messages.map(({ numbers }) => numbers.ownNo)),
    textsLiteral(messages.map(({ item }) => item.body)),
    textsLiteral(messages.map(({ item }) => item.custom)),
    textsLiteral(messages.map(({ item }) => item.pushInfo)),
    textsLiteral(messages.map(({ item }) => (item.key.kind === 'client' ? item.key.hash : ''))),
    numbersLiteral(messages.map(({ numbers }) => numbers.lateAfter)),
  ]
}

function headColumns(heads: readonly LockedHead[]): string[] {
  return [
    numbersLiteral(heads.map(({ pair }) => pair.app)),
    numbersLiteral(heads.map(({ conv }) => conv)),
    numbersLiteral(heads.map(({ headSeq }) => headSeq)),
    numbersLiteral(heads.map(({ countNo }) => countNo)),
    numbersLiteral(heads.map(({ sentLo }) => sentLo)),
    numbersLiteral(heads.map(({ sentHi }) => sentHi)),
    numbersLiteral(heads.map(({ lastTime }) => lastTime)),
    numbersLiteral(heads.map(({ listSeq }) => listSeq)),
    numbersLiteral(heads.map(({ listTime }) => listTime)),
    numbersLiteral(heads.map(({ topSeq }) => topSeq)),
    numbersLiteral(heads.map(({ topTime }) => topTime)),
  ]
}

function sideColumns(pairs: readonly Pair[]): string[] {
  const sides = pairs.flatMap(({ app, lo, hi, conv = 0 }) => {
    const side = { app, account: lo, conv, peer: hi }
    return lo === hi ? [side] : [side, { app, account: hi, conv, peer: lo }]
  })
  return [
    numbersLiteral(sides.map(({ app }) => app)),
    numbersLiteral(sides.map(({ account }) => account)),
    numbersLiteral(sides.map(({ conv }) => conv)),
    numbersLiteral(sides.map(({ peer }) => peer)),
  ]
}

function restKeyColumns(restKeys: readonly NewRestKey[]): string[] {
  return [
    numbersLiteral(restKeys.map(({ item }) => item.app)),
    numbersLiteral(restKeys.map(({ head }) => head.conv)),
    numbersLiteral(restKeys.map(({ key }) => key.kind)),
    numbersLiteral(restKeys.map(({ key }) => key.sender)),
    numbersLiteral(restKeys.map(({ item }) => item.msgSeq)),
    numbersLiteral(restKeys.map(({ item }) => item.random)),
    textsLiteral(restKeys.map(({ key }) => key.hash)),
    numbersLiteral(restKeys.map(({ numbers }) => numbers.seq)),
    numbersLiteral(restKeys.map(({ numbers }) => numbers.time)),
  ]
}
