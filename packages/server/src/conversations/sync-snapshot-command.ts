import { ErrorCode } from '@rookery/protocol/error-code'
import Type from 'typebox'
import { defineCommand, RawAnswer } from '../commands/command.ts'
import { CommandError } from '../commands/command-error.ts'
import { PAGE_BYTES } from '../messages/message-list.ts'
import { contactGroups } from './contact-groups.ts'
import { conversationList } from './conversation-list.ts'
import { ownerLog } from './owner-log.ts'
import { cursorText, parseCursor, type SnapshotCursor, snapshotPage } from './snapshot-page.ts'

const request = Type.Object({ Cursor: Type.Optional(Type.String()) })

/** `sync/snapshot`: all conversations of a user, page by page, the latest first (docs/wire-protocol.md). */
export const syncSnapshotCommand = defineCommand({
  name: 'sync/snapshot',
  summary: 'Reads all conversations of a user, for a device that knows nothing yet.',
  http: 'none',
  request,
  socket: { request },
  response: Type.Object({
    StoreEpoch: Type.String(),
    LogNo: Type.Integer(),
    Items: Type.Array(Type.Object({})),
    Groups: Type.Optional(Type.Array(Type.Object({ GroupId: Type.Integer(), GroupName: Type.String() }))),
    NextCursor: Type.String(),
  }),
  errors: [ErrorCode.CONVERSATION_PARAMETER_INVALID],
  async handler({ body, caller, services }) {
    const app = caller.app.id
    const owner = caller.accountId
    const { store } = services
    const db = store.read
    const cursor = givenCursor(body.Cursor)
    const log = await ownerLog(db, app, owner)
    const list = await conversationList(services, app, owner)
    const page = snapshotPage(list.all, cursor, log.logNo)
    const items = await list.show(page.conversations.map(it => it.conv))
    const texts = withinPage(items.map(item => item.text()))
    const next = texts.length > 0 ? page.after(texts.length) : undefined
    // Their number moves with the first of them.
    const own = log.groupsLogNo > 0 ? await contactGroups(db, app, owner) : []
    const groups = cursor ? '' : `"Groups":${JSON.stringify(own)},`
    return new RawAnswer(
      `"StoreEpoch":"${store.epoch}","LogNo":${cursor?.log ?? log.logNo},"Items":[${texts.join(',')}],` +
        `${groups}"NextCursor":"${cursorText(next)}"`,
    )
  },
})

/** UTF-8 bytes of a UTF-16 unit, at most. */
const BYTES_A_UNIT = 3

/** The first ones, as many as fit into a page, and at least one. */
function withinPage(texts: readonly string[]): readonly string[] {
  const units = texts.reduce((sum, text) => sum + text.length, 0)
  if (units * BYTES_A_UNIT <= PAGE_BYTES) return texts
  let bytes = 0
  const end = texts.findIndex((text, index) => {
    bytes += Buffer.byteLength(text)
    return index > 0 && bytes > PAGE_BYTES
  })
  return end < 0 ? texts : texts.slice(0, end)
}

function givenCursor(text: string | undefined): SnapshotCursor | undefined {
  if (text === undefined || text === '') return undefined
  const cursor = parseCursor(text)
  if (cursor) return cursor
  throw new CommandError(
    ErrorCode.CONVERSATION_PARAMETER_INVALID,
    'Cursor is none that sync/snapshot gave; begin again without one.',
    { check: 'Cursor' },
  )
}
