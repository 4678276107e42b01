import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { WireConversation } from '@rookery/protocol/wire'
import { findPostgres } from '../../testing/postgres-server.ts'
import { PostgresTestDatabase } from '../../testing/postgres-test-database.ts'
import type { SocketClient } from '../../testing/socket-client.ts'
import { TEST_APP, TestServer, textBody } from '../../testing/test-server.ts'
import { openDatabase } from '../sqlite/open-database.ts'
import { type ExportSummary, exportDatabase } from './export-database.ts'
import { checkExport } from './export-file.ts'
import { importDatabase } from './import-database.ts'
import { openSource, openTarget, type TransferPlace } from './open-transfer.ts'
import { IMPORT_POSITION, type TransferDatabase } from './transfer-database.ts'

const LARGEST = 9_223_372_036_854_775_807n
const USERS = ['ana', 'bo', 'cy']

let folder: string
let seed: TestServer
let file: string
let exported: ExportSummary
/** What clients held when the server stopped. */
let marks: Device
let pulled: unknown

interface Device {
  readonly epoch: string
  readonly logNo: number
  readonly items: readonly WireConversation[]
}

const quiet = () => undefined

async function exportTo(place: TransferPlace, path: string): Promise<ExportSummary> {
  const source = await openSource(place)
  try {
    return await exportDatabase(source, path, { version: 'test', progress: quiet })
  } finally {
    await source.close()
  }
}

async function importFrom(
  path: string,
  place: TransferPlace,
  options: {
    readonly newEpoch?: boolean
    readonly wrap?: (target: TransferDatabase) => TransferDatabase
  } = {},
): Promise<void> {
  const target = await openTarget(place)
  try {
    const used = options.wrap?.(target) ?? target
    await importDatabase(used, checkExport(path), {
      path,
      newEpoch: options.newEpoch ?? false,
      progress: quiet,
    })
  } finally {
    await target.close()
  }
}

async function deviceOf(client: SocketClient): Promise<Device> {
  const page = await client.ok<{
    StoreEpoch: string
    LogNo: number
    Items: WireConversation[]
    NextCursor: string
  }>('sync/snapshot')
  expect(page.NextCursor).toBe('')
  return { epoch: page.StoreEpoch, logNo: page.LogNo, items: page.Items }
}

/** All that a client can see of its conversations, messages in their latest state. */
async function pullAll(client: SocketClient, device: Device): Promise<unknown> {
  const pages = []
  for (const { ConvId, To_Account } of device.items)
    pages.push(
      await client.ok('sync/pull', { ConvId, To_Account, AfterSeq: 0, AfterChangeNo: 0, Limit: 100 }),
    )
  return JSON.parse(JSON.stringify(pages))
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rookery-transfer-'))
  seed = new TestServer({ users: USERS, engine: 'sqlite', settings: { 'rate.rest.default': 0 } })
  await seed.seed()
  await seed.start()
  const ana = await seed.connect('ana')
  await seed.connect('bo')
  const keys: string[] = []
  for (let n = 0; n < 40; n++) {
    const { MsgKey } = await seed.ok<{ MsgKey: string }>('openim/sendmsg', {
      From_Account: n % 3 ? 'ana' : 'bo',
      To_Account: n % 3 ? 'bo' : 'ana',
      MsgRandom: n,
      MsgBody: textBody(`message ${n} "quoted" \\ {braces} ünï 🐦`),
    })
    keys.push(MsgKey)
  }
  await seed.ok('openim/sendmsg', {
    From_Account: 'cy',
    To_Account: 'ana',
    MsgRandom: 1,
    MsgBody: textBody('hi'),
  })
  await seed.ok('openim/admin_msgwithdraw', { From_Account: 'ana', To_Account: 'bo', MsgKey: keys[1] })
  await seed.ok('openim/modify_c2c_msg', {
    From_Account: 'ana',
    To_Account: 'bo',
    MsgKey: keys[2],
    MsgBody: textBody('edited'),
  })
  await ana.ok('openim/set_msg_read', { Peer_Account: 'bo', ReadSeq: 20 })
  marks = await deviceOf(ana)
  pulled = await pullAll(ana, marks)
  await seed.halt()
  // More than a number of JSON holds, and several batches.
  await seed.edit(async run => {
    await run(`insert into retired_name (app_id, name_hash, valid_after) values (7, 'large', ${LARGEST})`)
    for (let n = 0; n < 2500; n++)
      await run('insert into retired_name (app_id, name_hash, valid_after) values (8, ?, ?)', `name ${n}`, n)
  })
  file = join(folder, 'export.jsonl')
  exported = await exportTo({ kind: 'embedded', folder: seed.folder }, file)
})

afterAll(async () => {
  await seed.stop()
  rmSync(folder, { recursive: true, force: true })
})

const fresh = (name: string): TransferPlace => ({ kind: 'embedded', folder: join(folder, name) })

/** Stops as a process that is killed after so many batches. */
function dyingAfter(batches: number): (target: TransferDatabase) => TransferDatabase {
  let left = batches
  return target => ({
    tables: target.tables,
    migrations: target.migrations,
    numbers: () => target.numbers(),
    meta: name => target.meta(name),
    read: table => target.read(table),
    finish: (numbers, meta) => target.finish(numbers, meta),
    close: () => target.close(),
    async insert(batch) {
      if (left-- === 0) throw new Error('killed')
      await target.insert(batch)
    },
  })
}

describe('a file', () => {
  test('holds every table with its count, and its owner alone may read it', () => {
    const checked = checkExport(file)
    expect(checked.tables.map(({ table }) => table)).toEqual(exported.tables.map(({ end }) => end))
    expect(checked.tables.find(({ table }) => table === 'message')?.rows).toBe(41)
    expect(checked.header.storeEpoch).toBe(marks.epoch)
    expect(statSync(file).mode & 0o077).toBe(0)
  })

  test('does not name anybody as connected, and carries no log and no lanes', () => {
    const checked = checkExport(file)
    for (const name of ['commit_log', 'lane', 'counter'])
      expect(checked.tables.map(it => it.table)).not.toContain(name)
    const text = readFileSync(file, 'utf8')
    const columns = checked.tables.find(it => it.table === 'session')?.columns ?? []
    const rows = text.slice(text.indexOf('{"table":"session"')).split('\n').slice(1, 3)
    expect(rows).toHaveLength(2)
    for (const row of rows) expect(JSON.parse(row)[columns.indexOf('connected')]).toBe(0)
  })

  test('is not written over, and leaves nothing behind when it fails', async () => {
    await expect(exportTo({ kind: 'embedded', folder: seed.folder }, file)).rejects.toThrow('exists already')
    const nowhere = { kind: 'embedded', folder: join(folder, 'nothing') } as const
    await expect(exportTo(nowhere, join(folder, 'x.jsonl'))).rejects.toThrow('There is no database in')
    expect(readdirSync(folder).filter(name => name.startsWith('x.') || name.endsWith('.partial'))).toEqual([])
  })

  const damage: readonly (readonly [string, (text: string) => string, string])[] = [
    ['cut off in a line', text => text.slice(0, text.length >> 1), 'is cut off after line'],
    [
      'without its last line',
      text => text.slice(0, text.trimEnd().lastIndexOf('\n') + 1),
      'is cut off after line',
    ],
    [
      'with another letter in a message',
      text => text.replace('message 7', 'message 8'),
      'the checksum of message is another one',
    ],
    ['without one of its rows', text => text.replace(/\n\[8,[^\n]*\n/, '\n'), 'has 2500 rows of 2501'],
    [
      'with a table taken out',
      text => text.replace(/\{"table":"rest_key"[\s\S]*?\{"end":"rest_key".*?\n/, ''),
      'it is neither a row, a table nor the end',
    ],
    ['with something after its end', text => `${text}[1]\n`, 'something follows its last line'],
    ['of a later format', text => text.replace('"rookeryExport":1', '"rookeryExport":2'), 'has format 2'],
    ['of another program', () => '{"hello":1}\n', 'is no export of Rookery'],
    ['that is empty', () => '', 'it has no first line'],
  ]
  test.each(damage.map(([name, change, message]) => ({ name, change, message })))(
    '$name is refused before a row reaches a database',
    ({ change, message }) => {
      const text = readFileSync(file, 'utf8')
      const damaged = join(folder, 'damaged.jsonl')
      writeFileSync(damaged, change(text))
      expect(readFileSync(damaged, 'utf8')).not.toBe(text)
      expect(() => checkExport(damaged)).toThrow(message)
    },
  )
})

describe('an import', () => {
  test('gives the same rows again, 64-bit numbers exactly, and goes on numbering above them', async () => {
    const place = fresh('again')
    await importFrom(file, place)
    const again = join(folder, 'again.jsonl')
    const summary = await exportTo(place, again)
    expect(summary.tables).toEqual(exported.tables)
    expect(checkExport(again).header.numbers).toEqual(checkExport(file).header.numbers)
    expect(checkExport(again).header.storeEpoch).toBe(marks.epoch)
    expect(readFileSync(again, 'utf8')).toContain(String(LARGEST))
    expect(checkExport(file).header.numbers.account).toBe(USERS.length + 1)
  })

  test('goes on where it was interrupted, with the same file only, and is not served before', async () => {
    const place = fresh('interrupted')
    await expect(importFrom(file, place, { wrap: dyingAfter(4) })).rejects.toThrow('killed')
    const database = openDatabase(join(folder, 'interrupted'), 'read')
    const position = () => database.query('select value from meta where name = ?').get(IMPORT_POSITION)
    expect(position()).not.toBeNull()
    const other = new TestServer({ folder: join(folder, 'interrupted') })
    await expect(other.start()).rejects.toThrow('An import into this database was not finished')
    const second = join(folder, 'second.jsonl')
    await exportTo({ kind: 'embedded', folder: seed.folder }, second)
    await expect(importFrom(second, place)).rejects.toThrow('An import of another file was begun')
    await expect(exportTo(place, join(folder, 'half.jsonl'))).rejects.toThrow('was not finished')
    await importFrom(file, place)
    expect(position()).toBeNull()
    database.close()
    expect((await exportTo(place, join(folder, 'resumed.jsonl'))).tables).toEqual(exported.tables)
  })

  test('takes a new epoch when it is told that the file is old', async () => {
    await importFrom(file, fresh('new-epoch'), { newEpoch: true })
    const target = await openSource(fresh('new-epoch'))
    const epoch = await target.meta('store_epoch')
    await target.close()
    expect(epoch).toMatch(/^[0-9a-f]{16}$/)
    expect(epoch).not.toBe(marks.epoch)
  })

  test('refuses a target that holds something, or has other migrations', async () => {
    await expect(importFrom(file, { kind: 'embedded', folder: seed.folder })).rejects.toThrow(
      'The target is not empty',
    )
    const older = join(folder, 'older.jsonl')
    const text = readFileSync(file, 'utf8')
    writeFileSync(older, text.replace('"migrations":["0001-first-house",', '"migrations":["0000-before",'))
    await expect(importFrom(older, fresh('other-migrations'))).rejects.toThrow('0000-before')
  })

  test('notices a row that somebody else wrote into the target meanwhile', async () => {
    const place = fresh('disturbed')
    const disturbing = (target: TransferDatabase) => ({
      ...dyingAfter(1000)(target),
      async insert(batch: Parameters<TransferDatabase['insert']>[0]) {
        await target.insert(batch)
        if (batch.table.name !== 'message') return
        const database = openDatabase(join(folder, 'disturbed'), 'write')
        database.run(`update message set body = 'other' where seq = 3`)
        database.close()
      },
    })
    await expect(importFrom(file, place, { wrap: disturbing })).rejects.toThrow(
      'message is not what was exported',
    )
  })
})

describe.if(findPostgres() !== undefined)('between the engines', () => {
  let database: PostgresTestDatabase
  let place: TransferPlace

  beforeAll(async () => {
    database = new PostgresTestDatabase()
    await database.prepare()
    place = { kind: 'postgres', url: database.url }
    await expect(importFrom(file, place, { wrap: dyingAfter(4) })).rejects.toThrow('killed')
    await importFrom(file, place)
  })

  afterAll(() => database.remove())

  test('both have the same tables, columns and keys', async () => {
    const [sqlite, postgres] = [
      await openSource({ kind: 'embedded', folder: seed.folder }),
      await openSource(place),
    ]
    expect(sqlite.tables).toEqual(postgres.tables)
    expect(sqlite.migrations).toEqual(postgres.migrations)
    for (const table of sqlite.tables) expect(table.key.length).toBeGreaterThan(0)
    await Promise.all([sqlite.close(), postgres.close()])
  })

  test('a way to PostgreSQL and back changes nothing', async () => {
    const there = join(folder, 'postgres.jsonl')
    expect((await exportTo(place, there)).tables).toEqual(exported.tables)
    expect(checkExport(there).header.numbers).toEqual(checkExport(file).header.numbers)
    await importFrom(there, fresh('back'))
    expect((await exportTo(fresh('back'), join(folder, 'back.jsonl'))).tables).toEqual(exported.tables)
  })

  test('a client resumes there from its old marks, sees the same, and goes on', async () => {
    const moved = new TestServer({ server: { store: database.source, secretBox: seed.box } })
    await moved.start()
    try {
      await expect(exportTo(place, join(folder, 'running.jsonl'))).rejects.toThrow(
        'A node runs on the database',
      )
      const client = await moved.socket()
      await client.ok('session/login', {
        sdkappid: TEST_APP,
        identifier: 'ana',
        usersig: seed.userSig('ana'),
      })
      const resumed = await client.ok<{ Snapshot?: 1; Items?: unknown[] }>('sync/resume', {
        Epoch: marks.epoch,
        LogNo: marks.logNo,
        Marks: marks.items.map(it => [it.ConvId, it.HeadSeq, it.ChangeNo]),
      })
      expect(resumed.Snapshot).toBeUndefined()
      expect(resumed.Items ?? []).toEqual([])
      expect(await deviceOf(client)).toEqual(marks)
      expect(await pullAll(client, marks)).toEqual(pulled)
      const head = marks.items.find(it => it.To_Account === 'bo')?.HeadSeq ?? 0
      const sent = await client.ok<{ Seq: number }>('openim/sendmsg', {
        To_Account: 'bo',
        MsgSeq: 1,
        MsgRandom: 999,
        MsgClientTime: 1,
        MsgBody: textBody('after the move'),
      })
      expect(sent.Seq).toBe(head + 1)
      client.close()
    } finally {
      await moved.stop()
    }
  })
})
