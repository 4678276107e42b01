import { ErrorCode } from '@rookery/protocol/error-code'
import type { Kysely } from 'kysely'
import Type from 'typebox'
import { defineCommand, RawAnswer } from '../commands/command.ts'
import type { Schema } from '../store/schema.ts'
import { contactGroups } from './contact-groups.ts'
import { conversationItems } from './conversation-item.ts'
import { VIEW_BATCH } from './conversation-views.ts'
import { type OwnConversation, ownConversations } from './own-conversations.ts'
import { ownerLog } from './owner-log.ts'

/** docs/wire-protocol.md */
const MARKS_MAX = 3000
/** More than this is cheaper to read page by page; half of the smallest outbound buffer that is set by default. */
const ITEMS_MAX = 500
const ITEMS_BYTES = 524_288

const number = Type.Integer({ minimum: 0 })
const request = Type.Object({
  Epoch: Type.String(),
  LogNo: number,
  Marks: Type.Array(Type.Array(number, { minItems: 3, maxItems: 3 }), { maxItems: MARKS_MAX }),
})

/**
 * `sync/resume`: what moved since a device's marks, or that it must take a fresh snapshot (docs/wire-protocol.md). The answer is
 * complete: `More` is always 0, a longer one is a snapshot.
 */
export const syncResumeCommand = defineCommand({
  name: 'sync/resume',
  summary: 'Names the conversations that changed since a device was last connected.',
  http: 'none',
  request,
  socket: { request },
  response: Type.Object({
    Snapshot: Type.Optional(Type.Literal(1)),
    StoreEpoch: Type.Optional(Type.String()),
    LogNo: Type.Optional(Type.Integer()),
    Items: Type.Optional(Type.Array(Type.Object({}))),
    Groups: Type.Optional(Type.Array(Type.Object({ GroupId: Type.Integer(), GroupName: Type.String() }))),
    More: Type.Optional(Type.Literal(0)),
  }),
  errors: [ErrorCode.CONVERSATION_PARAMETER_INVALID],
  async handler({ body, caller, services }) {
    const app = caller.app.id
    const owner = caller.accountId
    const { store } = services
    const db = store.read
    const snapshot = { Snapshot: 1 }
    const log = await ownerLog(db, app, owner)
    // A device that is ahead of the store has seen another one (restore, failover).
    if (body.Epoch !== store.epoch || body.LogNo > log.logNo) return snapshot
    const marks = new Map(body.Marks.map(([conv = 0, seq = 0, change = 0]) => [conv, { seq, change }]))
    const own = await ownConversations(db, app, owner)
    if (own.some(it => isAhead(it, marks.get(it.conv)))) return snapshot
    const moved = own.filter(it => hasMoved(it, marks.get(it.conv), body.LogNo))
    if (moved.length > ITEMS_MAX) return snapshot
    const texts = await itemTexts(db, app, owner, moved)
    if (!texts) return snapshot
    const groups =
      log.groupsLogNo > body.LogNo ? `"Groups":${JSON.stringify(await contactGroups(db, app, owner))},` : ''
    return new RawAnswer(
      `"StoreEpoch":"${store.epoch}","LogNo":${log.logNo},"Items":[${texts.join(',')}],${groups}"More":0`,
    )
  },
})

interface Mark {
  readonly seq: number
  readonly change: number
}

function isAhead(it: OwnConversation, mark: Mark | undefined): boolean {
  return mark !== undefined && (mark.seq > it.headSeq || mark.change > it.changeNo)
}

function hasMoved(it: OwnConversation, mark: Mark | undefined, logNo: number): boolean {
  return !mark || it.headSeq > mark.seq || it.changeNo > mark.change || it.logNo > logNo
}

/** Undefined when they are too many bytes for one answer. */
async function itemTexts(
  db: Kysely<Schema>,
  app: number,
  owner: number,
  moved: readonly OwnConversation[],
): Promise<string[] | undefined> {
  const texts: string[] = []
  let bytes = 0
  for (let at = 0; at < moved.length; at += VIEW_BATCH) {
    const convs = moved.slice(at, at + VIEW_BATCH).map(it => it.conv)
    for (const item of await conversationItems(db, app, owner, convs)) {
      bytes += Buffer.byteLength(item.text)
      if (bytes > ITEMS_BYTES) return undefined
      texts.push(item.text)
    }
  }
  return texts
}
