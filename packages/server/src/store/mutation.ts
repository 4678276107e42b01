import type { Kysely } from 'kysely'
import type { Change } from './change.ts'
import { INSTALLATION, type Lock } from './locks.ts'
import type { Schema } from './schema.ts'

/** What a mutation works with: the queries of its transaction and a place to say what it changed. */
export interface Transaction {
  readonly db: Kysely<Schema>
  /** The database's clock in Unix milliseconds; never runs backwards. */
  readonly nowMs: number
  /** The same in whole seconds. */
  readonly now: number
  /** Random, leased for the life of this process. */
  readonly nodeId: string
  /** Whether the process of that id still runs: sessions of another one are not connected. */
  isLive(nodeId: string): boolean
  /** Tells others after the commit; dropped when the mutation fails. */
  changed(change: Change): void
  /**
   * The next value of a source of internal numbers: higher than any before, never given twice; a rolled-back mutation may
   * leave a gap.
   */
  nextNumber(source: NumberSource): Promise<number>
  /** The latest value that the source gave; 0 when none. */
  lastNumber(source: NumberSource): Promise<number>
}

/** Everything that is numbered across the installation. PostgreSQL has a sequence for each (a migration makes it). */
export const NUMBER_SOURCES = [
  'account',
  'conversation',
  'contact_group',
  'group',
  'operator',
  'session_rank',
] as const
export type NumberSource = (typeof NUMBER_SOURCES)[number]

/**
 * A transaction that runs in the writer: all of it happens or nothing. Arguments and result cross a thread as JSON, so they
 * are plain data. A thrown `CommandError` reaches the caller as it is; anything else is an internal error.
 */
export interface Mutation<A, R> {
  readonly name: string
  readonly run: (tx: Transaction, args: A) => Promise<R>
  /** True when it changes no row that an append caches (conversation, user_conversation, account). */
  readonly keepsHeads: boolean
  /** What it locks first, in any order; the engine sorts. */
  readonly locks: (args: A) => readonly Lock[]
}

const registry = new Map<string, Mutation<never, unknown>>()

/** Declares a mutation. Its module must be imported by `store/mutations.ts`, else the writer does not know it. */
export function defineMutation<A, R>(
  name: string,
  run: (tx: Transaction, args: A) => Promise<R>,
  options: { readonly keepsHeads?: boolean; readonly locks?: (args: A) => readonly Lock[] } = {},
): Mutation<A, R> {
  if (registry.has(name)) throw new Error(`Two mutations are named ${name}.`)
  const mutation: Mutation<A, R> = {
    name,
    run,
    keepsHeads: options.keepsHeads ?? false,
    locks: options.locks ?? (() => INSTALLATION),
  }
  registry.set(name, mutation as unknown as Mutation<never, unknown>)
  return mutation
}

export function mutationNamed(name: string): Mutation<never, unknown> | undefined {
  return registry.get(name)
}

/** Everything that was declared so far, by name. */
export function declaredMutations(): ReadonlyMap<string, Mutation<never, unknown>> {
  return registry
}
