import { type Kysely, SqliteAdapter } from 'kysely'

/** The few places in which the tables of the two engines are written differently. */
export interface EngineWords {
  /** Type of a text: compared by bytes, which is SQLite's default and not PostgreSQL's. */
  readonly text: string
  /** Ends a table that is its own primary key: SQLite needs one B-tree for it then instead of two. */
  readonly keyed: string
  /** What `Transaction.nextNumber` needs for new sources. */
  readonly numberSources: (...names: readonly string[]) => readonly string[]
}

export function engineOf(db: Kysely<unknown>): EngineWords {
  if (db.getExecutor().adapter instanceof SqliteAdapter)
    return {
      text: 'text',
      keyed: ' without rowid',
      numberSources: () => [
        'create table if not exists counter (name text primary key, value bigint not null)',
      ],
    }
  return {
    text: 'text collate "C"',
    keyed: '',
    numberSources: (...names) => names.map(name => `create sequence number_${name} as bigint`),
  }
}
