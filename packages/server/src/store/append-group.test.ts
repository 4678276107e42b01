import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { APP, type AppendEngine, appendItem, openAppendEngine } from '../testing/append-engine.ts'
import { findPostgres, NO_POSTGRES } from '../testing/postgres-server.ts'
import type { TestEngine } from '../testing/test-database.ts'
import type { AppendItem, GroupAddress } from './append.ts'
import { MessageFlag } from './schema.ts'

const ENGINES: readonly TestEngine[] = ['sqlite', 'postgres']
const GROUP = 5
const CONV = 50

const ADDRESS: GroupAddress = {
  no: GROUP,
  conv: CONV,
  audience: GROUP,
  authNo: 3,
  to: [],
  mentions: [],
  atInfo: '',
  activates: false,
  perSecond: 0,
}

function groupItem(random: number, over: Partial<AppendItem> = {}, group: Partial<GroupAddress> = {}) {
  return appendItem(random, {
    receiver: 0,
    msgSeq: 0,
    ...over,
    flags: (over.flags ?? 0) | MessageFlag.GROUP,
    group: { ...ADDRESS, ...group },
  })
}

for (const kind of ENGINES)
  describe.skipIf(kind === 'postgres' && !findPostgres())(
    `the append to a group on ${kind}${kind === 'postgres' && !findPostgres() ? ` (${NO_POSTGRES})` : ''}`,
    () => {
      let engine: AppendEngine

      beforeEach(async () => {
        engine = await openAppendEngine(kind, 4)
        await engine.sql(
          `insert into conversation (app_id, conv_id, lo_id, hi_id, auth_no) values (${APP}, ${CONV}, 0, ${GROUP}, 3)`,
        )
        await engine.sql(
          `insert into chat_group (app_id, group_no, name, type, conv_id, title, created, create_time, info_time, auth_no,
           apply_option, invite_option, active) values (${APP}, ${GROUP}, 'g', 'Private', ${CONV}, '', 0, 0, 0, 3, '', '', 0)`,
        )
        for (const account of [1, 2])
          await engine.sql(
            `insert into user_conversation (app_id, account_id, conv_id, peer_id, kind) values (${APP}, ?, ${CONV}, 0, 1)`,
            account,
          )
      })

      afterEach(() => engine.close())

      test('writes one row a message, and beside it only the row of its sender', async () => {
        const batch = [
          groupItem(1),
          groupItem(2, { flags: MessageFlag.NO_UNREAD }),
          groupItem(3, { sender: 2 }),
          groupItem(4),
          groupItem(5, { sender: 3 }),
        ]
        const outcomes = await engine.append(batch)
        expect(outcomes.map(it => 'seq' in it && [it.outcome, it.seq, it.msgSeq, it.countNo])).toEqual([
          ['stored', 1, 1, 1],
          ['stored', 2, 2, 1],
          ['stored', 3, 3, 2],
          ['stored', 4, 4, 3],
          ['stored', 5, 5, 4],
        ])
        const rows = await engine.sql<{ own_no: number }>('select own_no from message order by seq')
        // Account 3 is no member: nobody counts its own messages.
        expect(rows.map(row => row.own_no)).toEqual([1, 1, 1, 2, 0])
        expect(
          await engine.sql(
            'select account_id, sent_no, active_day from user_conversation order by account_id',
          ),
        ).toEqual([
          { account_id: 1, sent_no: 2, active_day: 0 },
          { account_id: 2, sent_no: 1, active_day: 0 },
        ])
        expect(await engine.sql('select head_seq, count_no from conversation')).toEqual([
          { head_seq: 5, count_no: 4 },
        ])
      })

      test('stores nothing that was judged by other rights, and repeats a known answer all the same', async () => {
        const [first] = await engine.append([groupItem(1)])
        await engine.sql('update conversation set auth_no = 4')
        expect(
          await engine.append([groupItem(1), groupItem(2), groupItem(3, {}, { authNo: 4 })]),
        ).toMatchObject([
          { ...first, outcome: 'duplicate' },
          { outcome: 'stale' },
          { outcome: 'stored', seq: 2 },
        ] as never)
        expect(await engine.sql('select seq from message order by seq')).toHaveLength(2)
      })

      test('takes an equal REST send for the same one for five minutes', async () => {
        const send = groupItem(5, { key: { kind: 'rest', hash: 'content' } })
        const [first, again] = await engine.append([send, send])
        expect(again).toEqual({ ...first, outcome: 'duplicate' } as typeof again)
        await engine.sql('update rest_key set time = time - 290')
        expect(await engine.append([send])).toEqual([again as never])
        await engine.sql('update rest_key set time = time - 20')
        expect(await engine.append([send])).toMatchObject([{ outcome: 'stored', seq: 2 }])
      })

      test('drops over the limit what is not more important than what the second stored', async () => {
        const priority = (random: number, flags: number) => groupItem(random, { flags }, { perSecond: 2 })
        const { PRIORITY_HIGH: high, PRIORITY_LOWEST: lowest } = MessageFlag
        const outcomes = await engine.append([
          priority(1, 0),
          priority(2, 0),
          priority(3, 0),
          priority(4, lowest),
          priority(5, high),
          priority(6, high),
          priority(7, high),
        ])
        expect(outcomes.map(it => it.outcome)).toEqual([
          'stored',
          'stored',
          'dropped',
          'dropped',
          'stored',
          'stored',
          'dropped',
        ])
        expect(await engine.sql('select seq from message order by seq')).toEqual([
          { seq: 1 },
          { seq: 2 },
          { seq: 3 },
          { seq: 4 },
        ])
      })

      test('keeps whom a message is for and whom it mentions, and wakes the group', async () => {
        await engine.append([
          groupItem(1, {}, { to: [2], activates: true }),
          groupItem(2, {}, { mentions: [0, 2], atInfo: '[{}]', activates: true }),
        ])
        expect(await engine.sql('select to_ids, at_info from message order by seq')).toEqual([
          { to_ids: ',2,', at_info: '' },
          { to_ids: '', at_info: '[{}]' },
        ])
        expect(await engine.sql('select account_id, seq from message_mention order by account_id')).toEqual([
          { account_id: 0, seq: 2 },
          { account_id: 2, seq: 2 },
        ])
        expect(await engine.sql('select active from chat_group')).toEqual([{ active: 1 }])
      })

      test('an import begins the unread counts anew and is never older than what is there', async () => {
        const old = (random: number, importTime: number) =>
          groupItem(random, { key: { kind: 'import' }, importTime })
        expect(await engine.append([old(1, 1000), old(2, 900), old(3, 1000), old(1, 1000)])).toMatchObject([
          { outcome: 'stored', seq: 1, time: 1000 },
          { outcome: 'early' },
          { outcome: 'stored', seq: 2 },
          { outcome: 'duplicate', seq: 1 },
        ])
        expect(await engine.sql('select reset_no, reset_seq, reset_count from conversation')).toEqual([
          { reset_no: 2, reset_seq: 2, reset_count: 2 },
        ])
        await engine.append([groupItem(9)])
        expect(
          await engine.sql('select base_no, base_own, sent_no from user_conversation where account_id = 1'),
        ).toEqual([{ base_no: 2, base_own: 2, sent_no: 3 }])
      })

      test('stores nothing for a deleted sender or a group that is gone', async () => {
        await engine.sql('update account set deleted = 1 where account_id = 2')
        expect(await engine.append([groupItem(1, { sender: 2 })])).toEqual([
          { outcome: 'gone', which: 'sender' },
        ])
      })
    },
  )
