import { parseArgs } from 'node:util'
import { FAULTS } from './faults/faults.ts'

export interface RunOptions {
  readonly seed: number
  readonly minutes: number
  readonly nodes: number
  readonly engine: 'embedded' | 'postgres'
  /** Names of faults; empty: none. */
  readonly faults: readonly string[]
  /** Operations begun a second, all devices together. */
  readonly rate: number
  readonly users: number
  /** Of each user. */
  readonly devices: number
  /** 0: one-to-one messages only, with the plan of before. */
  readonly groups: number
}

export type Wish =
  | { readonly do: 'run'; readonly options: RunOptions }
  | { readonly do: 'judge'; readonly file: string }

export const USAGE = `Usage: npm run contract -- [--seed N] [--minutes M] [--engine postgres|embedded] [--nodes 3] [--faults a,b]
                          [--rate 20] [--users 6] [--devices 3] [--groups 5]
       npm run contract -- --judge FILE

Runs real servers and SDK clients under faults and judges the recorded history (docs/delivery-contract.md).
Faults: ${Object.keys(FAULTS).join(', ')}; "none" for none. Default: all that the engine knows.
`

export class UsageError extends Error {}

/** What is not given is drawn (the seed) or a default. */
export function wishOf(args: readonly string[], drawSeed: () => number): Wish {
  let values: Partial<Record<string, string>>
  try {
    ;({ values } = parseArgs({
      args: [...args],
      options: Object.fromEntries(
        ['seed', 'minutes', 'nodes', 'engine', 'faults', 'rate', 'users', 'devices', 'groups', 'judge'].map(
          name => [name, { type: 'string' as const }],
        ),
      ),
    }) as { values: Partial<Record<string, string>> })
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause))
  }
  if (values.judge !== undefined) return { do: 'judge', file: values.judge }
  const engine = values.engine ?? 'postgres'
  if (engine !== 'postgres' && engine !== 'embedded')
    throw new UsageError(`--engine is "${engine}"; it is postgres or embedded.`)
  const options: RunOptions = {
    seed: numberOf('seed', values.seed, drawSeed(), [0, 4_294_967_295]),
    minutes: numberOf('minutes', values.minutes, 1, [0.05, 60]),
    nodes: numberOf('nodes', values.nodes, engine === 'postgres' ? 3 : 1, [1, engine === 'postgres' ? 8 : 1]),
    engine,
    faults: faultsOf(values.faults, engine),
    rate: numberOf('rate', values.rate, 20, [1, 200]),
    users: numberOf('users', values.users, 6, [2, 12]),
    devices: numberOf('devices', values.devices, 3, [1, 4]),
    groups: numberOf('groups', values.groups, 5, [0, 12]),
  }
  if (options.users * options.devices > MAX_CLIENTS)
    throw new UsageError(`--users times --devices is at most ${MAX_CLIENTS}.`)
  return { do: 'run', options }
}

const MAX_CLIENTS = 24

/** The command that runs the same again. */
export function commandOf(options: RunOptions): string {
  const { seed, minutes, engine, nodes, faults, rate, users, devices, groups } = options
  return (
    `npm run contract -- --seed ${seed} --minutes ${minutes} --engine ${engine} --nodes ${nodes}` +
    ` --faults ${faults.join(',') || 'none'} --rate ${rate} --users ${users} --devices ${devices} --groups ${groups}`
  )
}

export function faultsOf(text: string | undefined, engine: RunOptions['engine']): readonly string[] {
  if (text === 'none') return []
  const known = Object.entries(FAULTS).filter(([, fault]) => engine === 'postgres' || fault.embedded)
  if (text === undefined) return known.map(([name]) => name)
  const names = text.split(',')
  const unknown = names.filter(name => !known.some(([it]) => it === name))
  if (unknown.length > 0) throw new UsageError(`--faults: ${engine} has no ${unknown.join(', ')}.`)
  return names
}

function numberOf(
  name: string,
  text: string | undefined,
  otherwise: number,
  [least, most]: readonly [number, number],
): number {
  if (text === undefined) return otherwise
  const value = Number(text)
  if (!Number.isFinite(value) || value < least || value > most)
    throw new UsageError(`--${name} is "${text}"; it is a number from ${least} to ${most}.`)
  return value
}
