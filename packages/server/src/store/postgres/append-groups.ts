import type { GroupAddress } from '../append.ts'
import type { GroupCounters, SenderCounters } from '../group-counters.ts'
import { addressText } from '../message-address.ts'
import { numbersLiteral, textsLiteral } from './append-literals.ts'
import type { AppendPlan, NewMessage } from './append-plan.ts'
import type { Questions } from './append-questions.ts'
import type { LockedHead } from './locked-heads.ts'
import type { PgSession } from './session.ts'

/** What a batch with messages of groups knows beside the heads, read after their lock. By number of the conversation. */
export type GroupAnswers = ReadonlyMap<number, GroupCounters>

interface CountersRow {
  readonly conv_id: number
  readonly auth_no: number
  readonly reset_no: number
  readonly reset_seq: number
  readonly reset_count: number
  readonly rate_time: number
  readonly rate_upper: number
  readonly rate_lower: number
}

interface SenderRow {
  readonly conv_id: number
  readonly account_id: number
  readonly sent_no: number
  readonly last_sent: number
  readonly base_no: number
  readonly base_own: number
}

const COUNTERS = `
  select c.* from unnest($1::bigint[], $2::bigint[]) as wanted(app_id, conv_id)
  cross join lateral (
    select conv_id, auth_no, reset_no, reset_seq, reset_count, rate_time, rate_upper, rate_lower from conversation
    where app_id = wanted.app_id and conv_id = wanted.conv_id offset 0) c`

const SENDERS = `
  select uc.* from unnest($1::bigint[], $2::bigint[], $3::bigint[]) as wanted(app_id, conv_id, account_id)
  cross join lateral (
    select conv_id, account_id, sent_no, last_sent, base_no, base_own from user_conversation
    where app_id = wanted.app_id and account_id = wanted.account_id and conv_id = wanted.conv_id and to_seq < 0 offset 0) uc`

/** To be sent behind the lock, in the same transaction. Costs nothing when the batch has no group. */
export async function groupAnswers(session: PgSession, questions: Questions): Promise<GroupAnswers> {
  const senders = [...questions.groupSenders.values()]
  if (senders.length === 0) return new Map()
  const convs = [...new Map(senders.map(sender => [sender.conv, sender.app]))]
  const reading = [
    session.run<CountersRow>(COUNTERS, [
      numbersLiteral(convs.map(([, app]) => app)),
      numbersLiteral(convs.map(([conv]) => conv)),
    ]),
    session.run<SenderRow>(SENDERS, [
      numbersLiteral(senders.map(({ app }) => app)),
      numbersLiteral(senders.map(({ conv }) => conv)),
      numbersLiteral(senders.map(({ account }) => account)),
    ]),
  ] as const
  const [counters, own] = await Promise.allSettled(reading)
  if (counters.status === 'rejected') throw counters.reason
  if (own.status === 'rejected') throw own.reason
  const groups = new Map(counters.value.map(row => [row.conv_id, countersOf(row)]))
  for (const row of own.value) groups.get(row.conv_id)?.senders.set(row.account_id, senderOf(row))
  return groups
}

function countersOf(row: CountersRow): GroupCounters {
  return {
    authNo: row.auth_no,
    resetNo: row.reset_no,
    resetSeq: row.reset_seq,
    resetCount: row.reset_count,
    rateTime: row.rate_time,
    rateUpper: row.rate_upper,
    rateLower: row.rate_lower,
    senders: new Map(),
  }
}

function senderOf(row: SenderRow): SenderCounters {
  return {
    sentNo: row.sent_no,
    lastSent: row.last_sent,
    baseNo: row.base_no,
    baseOwn: row.base_own,
    dirty: false,
  }
}

type Statement = readonly [text: string, parameters: readonly unknown[]]
type GroupMessage = NewMessage & { readonly group: GroupAddress }

/** What the messages of groups write beside the rest of the batch, behind it in the same transaction. */
export function groupStatements(plan: AppendPlan): Statement[] {
  const heads = [...plan.heads].filter(head => head.group !== undefined)
  if (heads.length === 0) return []
  const messages = plan.messages.flatMap(message =>
    message.item.group ? [{ ...message, group: message.item.group }] : [],
  )
  return [
    ...counterStatements(heads),
    ...senderStatements(heads),
    ...addressStatements(messages),
    ...mentionStatements(messages),
    ...activations(messages),
  ]
}

function counterStatements(heads: readonly LockedHead[]): Statement[] {
  return heads.flatMap(({ pair, conv, group }): Statement[] =>
    group
      ? [
          [
            `update conversation set reset_no = $3, reset_seq = $4, reset_count = $5, rate_time = $6, rate_upper = $7,
             rate_lower = $8 where app_id = $1 and conv_id = $2 and (reset_no, rate_time, rate_upper, rate_lower) is distinct from
             ($3::bigint, $6::bigint, $7::bigint, $8::bigint)`,
            [
              pair.app,
              conv,
              group.resetNo,
              group.resetSeq,
              group.resetCount,
              group.rateTime,
              group.rateUpper,
              group.rateLower,
            ],
          ],
        ]
      : [],
  )
}

/** Who changes rows of members holds the lock of the group's conversation first, as this batch does: nobody waits in a circle. */
function senderStatements(heads: readonly LockedHead[]): Statement[] {
  const dirty = heads.flatMap(({ pair, conv, group }) =>
    [...(group?.senders ?? [])].flatMap(([account, sender]) =>
      sender.dirty ? [{ app: pair.app, conv, account, sender }] : [],
    ),
  )
  if (dirty.length === 0) return []
  return [
    [
      `update user_conversation uc set sent_no = own.sent_no, last_sent = own.last_sent, base_no = own.base_no,
         base_own = own.base_own
       from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[])
         as own(app_id, account_id, conv_id, sent_no, last_sent, base_no, base_own)
       where uc.app_id = any(array[own.app_id]) and uc.account_id = any(array[own.account_id])
         and uc.conv_id = any(array[own.conv_id])`,
      [
        numbersLiteral(dirty.map(({ app }) => app)),
        numbersLiteral(dirty.map(({ account }) => account)),
        numbersLiteral(dirty.map(({ conv }) => conv)),
        numbersLiteral(dirty.map(({ sender }) => sender.sentNo)),
        numbersLiteral(dirty.map(({ sender }) => sender.lastSent)),
        numbersLiteral(dirty.map(({ sender }) => sender.baseNo)),
        numbersLiteral(dirty.map(({ sender }) => sender.baseOwn)),
      ],
    ],
  ]
}

function addressStatements(messages: readonly GroupMessage[]): Statement[] {
  const addressed = messages.filter(({ group }) => group.to.length > 0 || group.atInfo !== '')
  if (addressed.length === 0) return []
  return [
    [
      `update message m set to_ids = address.to_ids, at_info = address.at_info
       from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[])
         as address(app_id, conv_id, seq, to_ids, at_info)
       where m.app_id = any(array[address.app_id]) and m.conv_id = any(array[address.conv_id])
         and m.seq = any(array[address.seq])`,
      [
        numbersLiteral(addressed.map(({ item }) => item.app)),
        numbersLiteral(addressed.map(({ head }) => head.conv)),
        numbersLiteral(addressed.map(({ numbers }) => numbers.seq)),
        textsLiteral(addressed.map(({ group }) => addressText(group.to))),
        textsLiteral(addressed.map(({ group }) => group.atInfo)),
      ],
    ],
  ]
}

function mentionStatements(messages: readonly GroupMessage[]): Statement[] {
  const mentions = messages.flatMap(({ item, head, numbers, group }) =>
    group.mentions.map(account => ({ app: item.app, conv: head.conv, account, seq: numbers.seq })),
  )
  if (mentions.length === 0) return []
  return [
    [
      `insert into message_mention (app_id, conv_id, account_id, seq)
       select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) on conflict do nothing`,
      [
        numbersLiteral(mentions.map(({ app }) => app)),
        numbersLiteral(mentions.map(({ conv }) => conv)),
        numbersLiteral(mentions.map(({ account }) => account)),
        numbersLiteral(mentions.map(({ seq }) => seq)),
      ],
    ],
  ]
}

function activations(messages: readonly GroupMessage[]): Statement[] {
  const inactive = new Map(
    messages.filter(({ group }) => group.activates).map(it => [it.group.no, it.item.app]),
  )
  return [...inactive].map(([group, app]) => [
    'update chat_group set active = 1 where app_id = $1 and group_no = $2 and active = 0',
    [app, group],
  ])
}
