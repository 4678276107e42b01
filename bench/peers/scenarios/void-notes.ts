import { median, percent } from '../../figures.ts'
import { SATURATED } from '../../load.ts'

/** More of the server's core than this that others take makes a figure say little. */
const NOISY = 0.1

export interface Shares {
  /** Of the load's core, what the load took; of the server's core, what neither of them took. */
  readonly loadShare: number
  readonly others: number
}

/** Why a measurement says nothing of the server; none when it does. */
export function voidNotes({ fulls }: { readonly fulls: readonly Shares[] }): string[] {
  const [load, others] = [median(fulls.map(one => one.loadShare)), median(fulls.map(one => one.others))]
  return [
    ...(load >= SATURATED ? [`VOID: the load was saturated (${percent(load)} of its core)`] : []),
    ...(others > NOISY ? [`VOID: others took ${percent(others)} of the server's core`] : []),
  ]
}
