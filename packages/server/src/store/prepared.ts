import type { Compilable, CompiledQuery, Kysely } from 'kysely'
import type { Schema } from './schema.ts'

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

  constructor(
    db: Kysely<Schema>,
    build: (db: Kysely<Schema>, parameter: <K extends keyof P & string>(name: K) => P[K]) => Compilable<R>,
  ) {
    this.#db = db
    this.#compiled = build(db, name => new Placeholder(name) as unknown as P[typeof name]).compile()
    this.#names = this.#compiled.parameters.map(value =>
      value instanceof Placeholder ? value.name : undefined,
    )
  }

  async all(values: P): Promise<R[]> {
    return (await this.#db.executeQuery(this.#bind(values))).rows
  }

  async first(values: P): Promise<R | undefined> {
    return (await this.all(values))[0]
  }

  /** Number of rows that the statement changed. */
  async run(values: P): Promise<number> {
    return Number((await this.#db.executeQuery(this.#bind(values))).numAffectedRows ?? 0n)
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
