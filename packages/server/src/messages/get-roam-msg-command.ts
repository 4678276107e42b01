import { ErrorCode } from '@rookery/protocol/error-code'
import Type from 'typebox'
import { defineCommand, RawAnswer } from '../commands/command.ts'
import { historyFloor } from './history-floor.ts'
import { accountOrThrow } from './message-accounts.ts'
import { MessageList, PAGE_BYTES, takePage } from './message-list.ts'
import { ownPairWith } from './pair.ts'
import { toAccount, U32_MAX } from './request-fields.ts'
import { NEWEST, newerMessages, olderMessages, type Place } from './roam-page.ts'

/** Messages of one answer (docs/wire-protocol.md). */
const COUNT_MAX = 100

const OLDER = 0
const NEWER = 1

const anchor = Type.Object({
  MsgTimeStamp: Type.Integer({ minimum: 0, maximum: U32_MAX }),
  Seq: Type.Optional(Type.Integer({ minimum: 1 })),
})

const request = Type.Object({
  Peer_Account: toAccount,
  MaxCnt: Type.Integer({ minimum: 1 }),
  Anchor: Type.Optional(anchor),
  Direction: Type.Optional(Type.Union([Type.Literal(OLDER), Type.Literal(NEWER)])),
  Inclusive: Type.Optional(Type.Union([Type.Literal(0), Type.Literal(1)])),
})

/** `openim/get_roam_msg`: a page of the logged-in user's own history (docs/wire-protocol.md). */
export const getRoamMsgCommand = defineCommand({
  name: 'openim/get_roam_msg',
  summary: "Reads a page of the user's history with one peer, before or after a message.",
  http: 'none',
  socket: { request },
  request,
  response: Type.Object({ MsgList: Type.Array(Type.Object({})), Complete: Type.Integer() }),
  errors: [ErrorCode.MESSAGE_ACCOUNT_INVALID, ErrorCode.MSG_TO_ACCOUNT_INVALID],
  async handler({ caller, body, services }) {
    const peer = await accountOrThrow(
      services,
      caller.app.id,
      body.Peer_Account,
      ErrorCode.MESSAGE_ACCOUNT_INVALID,
    )
    const pair = await ownPairWith(services.store.read, caller.app.id, caller.accountId, peer.id)
    if (!pair) return new RawAnswer('"MsgList":[],"Complete":1')
    const limit = Math.min(body.MaxCnt, COUNT_MAX)
    const newer = body.Direction === NEWER
    const query = { floor: historyFloor(caller.app), limit: limit + 1 }
    const from = startOf(body.Anchor, newer, body.Inclusive === 1)
    const rows = newer
      ? await newerMessages(services.store.read, pair, from, query)
      : await olderMessages(services.store.read, pair, from, query)
    const list = new MessageList(services.accounts, pair)
    const page = await takePage(rows.slice(0, limit), row => list.pairText(row), PAGE_BYTES)
    const texts = newer ? page.texts : page.texts.toReversed()
    return new RawAnswer(`"MsgList":[${texts.join(',')}],"Complete":${page.taken < rows.length ? 0 : 1}`)
  },
})

/** The place that the page begins beyond. */
function startOf(at: Type.Static<typeof anchor> | undefined, newer: boolean, inclusive: boolean): Place {
  if (!at) return newer ? { time: 0, seq: 0 } : NEWEST
  const time = at.MsgTimeStamp
  // Without a number the anchor is the whole second.
  if (at.Seq === undefined) return { time, seq: newer === inclusive ? 0 : Number.MAX_SAFE_INTEGER }
  if (!inclusive) return { time, seq: at.Seq }
  return { time, seq: newer ? at.Seq - 1 : at.Seq + 1 }
}
