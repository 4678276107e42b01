import type { Compilable, CompiledQuery, Kysely } from 'kysely'
import type { Schema } from './schema.ts'

/** A statement of an engine that answers in the calling thread. */
export interface DirectStatement {
  all(parameters: readonly unknown[]): unknown[]
  get(parameters: readonly unknown[]): unknown
  /** Number of rows that it changed. */
  run(parameters: readonly unknown[]): number
}

/** A compiled text and what stands in it for each `?`: a value that is the same in every run, or {@link EACH_RUN}. */
export interface PreparedText {
  readonly sql: string
  readonly values: readonly unknown[]
}

/** A value that each run brings. */
export const EACH_RUN = Symbol('each run')

type Prepare = (text: PreparedText) => DirectStatement

const directEngines = new WeakMap<Kysely<Schema>, Prepare>()

/** Lets prepared queries of a database go to its engine, past Kysely's asynchronous layers, which cost more than SQLite. */
export function answerDirectly(db: Kysely<Schema>, prepare: Prepare): void {
  directEngines.set(db, prepare)
}

/** Stands for a value while the query is compiled. */
class Placeholder {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }
}

/**
 * A query that is built and compiled once and run with other values each time: building it anew costs more than
 * SQLite needs to answer it, which the login and send paths can't afford.
 */
export class PreparedQuery<P extends object, R> {
  readonly #compiled: CompiledQuery<R>
  readonly #names: readonly (string | undefined)[]
  readonly #db: Kysely<Schema>
  readonly #prepare: Prepare | undefined
  #statement: DirectStatement | undefined

  constructor(
    db: Kysely<Schema>,
    build: (db: Kysely<Schema>, parameter: <K extends keyof P & string>(name: K) => P[K]) => Compilable<R>,
  ) {
    this.#db = db
    this.#prepare = directEngines.get(db)
    this.#compiled = build(db, name => new Placeholder(name) as unknown as P[typeof name]).compile()
    this.#names = this.#compiled.parameters.map(value =>
      value instanceof Placeholder ? value.name : undefined,
    )
  }

  async all(values: P): Promise<R[]> {
    const statement = this.#direct()
    if (statement) return statement.all(this.#own(values)) as R[]
    return (await this.#db.executeQuery(this.#bind(values))).rows
  }

  async first(values: P): Promise<R | undefined> {
    const statement = this.#direct()
    if (statement) return (statement.get(this.#own(values)) ?? undefined) as R | undefined
    return (await this.all(values))[0]
  }

  /** Number of rows that the statement changed. */
  async run(values: P): Promise<number> {
    const statement = this.#direct()
    if (statement) return statement.run(this.#own(values))
    return Number((await this.#db.executeQuery(this.#bind(values))).numAffectedRows ?? 0n)
  }

  #direct(): DirectStatement | undefined {
    this.#statement ??= this.#prepare?.({
      sql: this.#compiled.sql,
      values: this.#names.map((name, index) =>
        name === undefined ? this.#compiled.parameters[index] : EACH_RUN,
      ),
    })
    return this.#statement
  }

  /** Only what each run brings. */
  #own(values: P): unknown[] {
    const named = values as Record<string, unknown>
    const own: unknown[] = []
    for (const name of this.#names) if (name !== undefined) own.push(named[name])
    return own
  }

  #bind(values: P): CompiledQuery<R> {
    const named = values as Record<string, unknown>
    const parameters = this.#names.map((name, index) =>
      name === undefined ? this.#compiled.parameters[index] : named[name],
    )
    return { ...this.#compiled, parameters }
  }
}

/** Builds a set of prepared queries once for each database connection. */
export function perDatabase<Q>(build: (db: Kysely<Schema>) => Q): (db: Kysely<Schema>) => Q {
  const built = new WeakMap<Kysely<Schema>, Q>()
  return db => {
    const known = built.get(db)
    if (known) return known
    const queries = build(db)
    built.set(db, queries)
    return queries
  }
}
