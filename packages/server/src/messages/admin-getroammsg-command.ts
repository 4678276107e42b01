import { ErrorCode } from '@rookery/protocol/error-code'
import { formatMessageKey, type MessageKey, parseMessageKey } from '@rookery/protocol/message-key'
import Type from 'typebox'
import { recordAudit } from '../audit/audit-row.ts'
import { defineCommand, RawAnswer } from '../commands/command.ts'
import { CommandError } from '../commands/command-error.ts'
import type { Services } from '../commands/services.ts'
import { historyFloor } from './history-floor.ts'
import { messageSides, UNKNOWN_WHEN_ADDRESSING } from './message-accounts.ts'
import { MessageList, takePage } from './message-list.ts'
import { type HistoryPair, ownPairWith } from './pair.ts'
import { fromAccount, msgKey, toAccount, U32_MAX } from './request-fields.ts'
import { olderMessages, type Place } from './roam-page.ts'
import { findMessage } from './stored-message.ts'

/** The documented bound of a page (rest-1 section 1.10). */
const PAGE_BYTES = 13 * 1024
const COUNT_MAX = 100

const seconds = Type.Integer({ minimum: 0, maximum: U32_MAX, fromText: true })

/** `openim/admin_getroammsg`: one side's view of a conversation (rest-1 section 4.5). */
export const adminGetroammsgCommand = defineCommand({
  name: 'openim/admin_getroammsg',
  summary: "Reads one side's history of a conversation, newest page first, each page oldest message first.",
  http: 'admin',
  request: Type.Object({
    Operator_Account: fromAccount,
    Peer_Account: toAccount,
    MaxCnt: Type.Integer({ minimum: 1, fromText: true }),
    MinTime: seconds,
    MaxTime: seconds,
    LastMsgKey: Type.Optional(Type.Union([Type.Literal(''), msgKey], { code: ErrorCode.MSG_KEY_INVALID })),
  }),
  spellings: { From_Account: 'Operator_Account', To_Account: 'Peer_Account' },
  response: Type.Object({
    Complete: Type.Integer(),
    MsgCnt: Type.Integer(),
    LastMsgTime: Type.Integer(),
    LastMsgKey: Type.String(),
    MsgList: Type.Array(Type.Object({})),
  }),
  errors: [ErrorCode.MSG_TO_ACCOUNT_INVALID, ErrorCode.MSG_FROM_ACCOUNT_INVALID, ErrorCode.MSG_KEY_INVALID],
  async handler({ caller, body, services }) {
    const names = { from: body.Operator_Account, to: body.Peer_Account }
    const { from, to } = await messageSides(services, caller, names, UNKNOWN_WHEN_ADDRESSING)
    const last = body.LastMsgKey ? keyOrThrow(body.LastMsgKey) : undefined
    const pair = await ownPairWith(services.store.read, caller.app.id, from.id, to.id)
    if (!pair) return answer([], undefined, true)
    const limit = Math.min(body.MaxCnt, COUNT_MAX)
    const rows = await olderMessages(
      services.store.read,
      pair,
      await startOf(services, pair, body.MaxTime, last),
      { floor: Math.max(body.MinTime, historyFloor(caller.app)), limit: limit + 1 },
    )
    const list = new MessageList(services.accounts, pair)
    const page = await takePage(rows.slice(0, limit), row => list.roamText(row), PAGE_BYTES)
    const oldest = rows[page.taken - 1]
    // Who read whose history stays on record (DESIGN-SECURITY 7): no row, no answer.
    if (oldest)
      await services.store.mutate(recordAudit, {
        app: caller.app.id,
        actor: `rest:${caller.userId}`,
        action: 'history/read',
        target: from.userId,
        detail: { peer: to.userId, messages: page.taken },
      })
    return answer(
      page.texts.toReversed(),
      oldest && { msgSeq: oldest.msg_seq, random: oldest.random, time: oldest.time },
      page.taken === rows.length,
    )
  },
})

function keyOrThrow(text: string): MessageKey {
  const key = parseMessageKey(text)
  if (!key)
    throw new CommandError(
      ErrorCode.MSG_KEY_INVALID,
      'LastMsgKey must be the LastMsgKey of the previous page, or absent.',
      { check: 'LastMsgKey' },
    )
  return key
}

/** Where a page begins: at the newest allowed second, or beyond the last message of the page before. */
async function startOf(
  services: Services,
  pair: HistoryPair,
  maxTime: number,
  last: MessageKey | undefined,
): Promise<Place> {
  if (!last || last.time > maxTime) return { time: maxTime, seq: Number.MAX_SAFE_INTEGER }
  // It may have left the view since: its place counts, not whether it is seen.
  const found = await findMessage(services.store.read, pair, { key: last, notBefore: 0 })
  return { time: last.time, seq: found?.seq ?? 0 }
}

function answer(texts: readonly string[], oldest: MessageKey | undefined, complete: boolean): RawAnswer {
  const key = oldest ? formatMessageKey(oldest) : ''
  return new RawAnswer(
    `"Complete":${complete ? 1 : 0},"MsgCnt":${texts.length},"LastMsgTime":${oldest?.time ?? 0},` +
      `"LastMsgKey":"${key}","MsgList":[${texts.join(',')}]`,
  )
}
