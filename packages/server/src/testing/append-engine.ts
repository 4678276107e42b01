import type { AppendItem } from '../store/append.ts'
import { appendBatch } from '../store/postgres/append-batch.ts'
import { PairCache } from '../store/postgres/append-pairs.ts'
import type { AppendOutcome } from '../store/postgres/append-plan.ts'
import { CONNECTION_LIMITS, PgConnection } from '../store/postgres/connection.ts'
import { BatchWriter } from '../store/sqlite/batch-writer.ts'
import { openDatabase } from '../store/sqlite/open-database.ts'
import { PostgresTestDatabase } from './postgres-test-database.ts'
import { SqliteTestDatabase } from './sqlite-test-database.ts'
import type { RunSql, SqlValue, TestEngine } from './test-database.ts'

/** The app of {@link appendItem}'s accounts. */
export const APP = 7

/** An engine's append without queue and threads: one call is one batch. */
export interface AppendEngine {
  append(batch: readonly AppendItem[]): Promise<readonly AppendOutcome[]>
  /** One statement behind the append's back, with `?` for its values. */
  sql: RunSql
  close(): Promise<void>
}

/** With the accounts 1 … `accounts` of {@link APP}. */
export async function openAppendEngine(engine: TestEngine, accounts: number): Promise<AppendEngine> {
  const opened = engine === 'sqlite' ? await openSqlite() : await openPostgres()
  for (let account = 1; account <= accounts; account++)
    await opened.sql(
      `insert into account (app_id, account_id, user_id, created) values (${APP}, ?, ?, 0)`,
      account,
      `user${account}`,
    )
  return opened
}

export function appendItem(random: number, over: Partial<AppendItem> = {}): AppendItem {
  return {
    app: APP,
    sender: 1,
    receiver: 2,
    msgSeq: 1,
    random,
    clientTime: 100,
    flags: 0,
    body: `[{"n":"\\"${random}\\\\"}]`,
    custom: '',
    pushInfo: '',
    key: { kind: 'client', hash: `h${random}` },
    importTime: 0,
    ...over,
  }
}

async function openSqlite(): Promise<AppendEngine> {
  const test = new SqliteTestDatabase(undefined)
  await test.prepare()
  const database = openDatabase(test.folder, 'write')
  // A new writer has no head in memory, as after a mutation.
  const newWriter = async () => {
    const writer = new BatchWriter(database, 'n')
    await writer.open()
    return writer
  }
  let writer = await newWriter()
  return {
    async append(batch) {
      const { outcomes, storageError } = await writer.write(batch.map(item => ({ kind: 'append', item })))
      if (storageError !== undefined) throw new Error(storageError)
      return outcomes.map(outcome => {
        if (!('appended' in outcome)) throw new Error(JSON.stringify(outcome))
        return outcome.appended as AppendOutcome
      })
    },
    async sql<R>(statement: string, ...values: SqlValue[]) {
      const rows = database.query<R, SqlValue[]>(statement).all(...values)
      writer = await newWriter()
      return rows
    },
    async close() {
      writer.close()
      await test.remove()
    },
  }
}

async function openPostgres(): Promise<AppendEngine> {
  const test = new PostgresTestDatabase()
  await test.prepare()
  const session = await openLane(test, 1)
  const context = { lane: 1, nodeId: 'node1', pairs: new PairCache(), waits: false }
  return {
    append: async batch => (await appendBatch(session, batch, context)).outcomes,
    sql: (statement, ...values) => test.edit(run => run(statement, ...values)),
    async close() {
      session.drop('The test is over.')
      await test.remove()
    },
  }
}

/** A connection and its lane, which belongs to the node `node<lane>`. */
export async function openLane(database: PostgresTestDatabase, lane: number): Promise<PgConnection> {
  await database.edit(run =>
    run('insert into lane (lane, node_id) values (?, ?) on conflict do nothing', lane, `node${lane}`),
  )
  return PgConnection.open({ url: database.url, limits: CONNECTION_LIMITS })
}
