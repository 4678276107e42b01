import { ErrorCode } from '@rookery/protocol/error-code'
import Type from 'typebox'
import { defineCommand, RawAnswer } from '../commands/command.ts'
import { CommandError } from '../commands/command-error.ts'
import type { Services } from '../commands/services.ts'
import { groupRow } from '../groups/group-rows.ts'
import { groupMessageList } from '../groups/messages/group-message-list.ts'
import { historyFloor } from './history-floor.ts'
import { MessageList, PAGE_BYTES, takePage } from './message-list.ts'
import { type OwnPair, otherSide, ownPair } from './pair.ts'
import { changedMessages, followingMessages } from './pull-page.ts'

const number = Type.Integer({ minimum: 0 })

const request = Type.Object({
  To_Account: Type.Optional(Type.String({ minLength: 1 })),
  GroupId: Type.Optional(Type.String({ minLength: 1 })),
  ConvId: Type.Integer({ minimum: 1 }),
  AfterSeq: number,
  AfterChangeNo: number,
  Limit: Type.Integer({ minimum: 1, maximum: 100 }),
})

/** `sync/pull`: what a device missed of one conversation (docs/wire-protocol.md). */
export const syncPullCommand = defineCommand({
  name: 'sync/pull',
  summary: 'Reads the messages and changes of a conversation that a device does not have yet.',
  http: 'none',
  socket: { request },
  request,
  response: Type.Object({
    Messages: Type.Array(Type.Object({})),
    CoverSeq: Type.Integer(),
    Changes: Type.Array(Type.Object({})),
    CoverChangeNo: Type.Integer(),
    JoinSeq: Type.Optional(Type.Integer()),
    More: Type.Integer(),
  }),
  errors: [ErrorCode.CONVERSATION_PARAMETER_INVALID],
  async handler({ caller, body, services }) {
    const db = services.store.read
    // Read before the messages: what comes in between is above these numbers and is left to the next pull.
    const pair = await ownPair(db, caller.app.id, caller.accountId, body.ConvId)
    const list = pair && (await listOf(services, pair, body))
    if (!pair || !list)
      throw new CommandError(
        ErrorCode.CONVERSATION_PARAMETER_INVALID,
        'ConvId is not a conversation of this user with To_Account or GroupId; take a fresh snapshot.',
        { check: 'ConvId' },
      )
    const query = { limit: body.Limit, floor: historyFloor(caller.app) }
    const fresh = await followingMessages(db, pair, body.AfterSeq, query)
    const messages = await takePage(fresh.shown, row => list.wireText(row), PAGE_BYTES)
    const changed = await changedMessages(db, pair, body, query)
    const changes = await takePage(changed.shown, row => list.wireText(row), PAGE_BYTES)
    // A page that was cut by its size covers up to what it holds.
    const coverSeq = fresh.shown[messages.taken] ? fresh.shown[messages.taken - 1]?.seq : fresh.cover
    const coverChange = changed.shown[changes.taken]
      ? changed.shown[changes.taken - 1]?.change_no
      : changed.cover
    const more =
      (coverSeq ?? fresh.cover) < pair.headSeq || (coverChange ?? changed.cover) < pair.changeNo ? 1 : 0
    return new RawAnswer(
      `"Messages":[${messages.texts.join(',')}],"CoverSeq":${coverSeq},` +
        `"Changes":[${changes.texts.join(',')}],"CoverChangeNo":${coverChange},"More":${more}` +
        (pair.joinSeq === undefined ? '' : `,"JoinSeq":${pair.joinSeq}`),
    )
  },
})

/** Undefined when the conversation is not the one that the request names. */
async function listOf(
  services: Services,
  pair: OwnPair,
  named: { readonly To_Account?: string; readonly GroupId?: string },
): Promise<MessageList | undefined> {
  if (pair.lo === 0) {
    const group = await groupRow(services.store.read, pair.app, pair.hi)
    return group && group.name === named.GroupId ? groupMessageList(services, group) : undefined
  }
  const peer = await services.accounts.byId(pair.app, otherSide(pair, pair.owner))
  return peer && peer.userId === named.To_Account ? new MessageList(services.accounts, pair) : undefined
}
