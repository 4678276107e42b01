import { ErrorCode } from '@rookery/protocol/error-code'
import Type from 'typebox'
import { defineCommand, RawAnswer } from '../commands/command.ts'
import { CommandError } from '../commands/command-error.ts'
import { PAGE_BYTES, takePage } from '../messages/message-list.ts'
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
    const { texts, taken } = await takePage(items, item => item.text(), PAGE_BYTES)
    const next = taken > 0 ? page.after(taken) : undefined
    // Their number moves with the first of them.
    const own = log.groupsLogNo > 0 ? await contactGroups(db, app, owner) : []
    const groups = cursor ? '' : `"Groups":${JSON.stringify(own)},`
    return new RawAnswer(
      `"StoreEpoch":"${store.epoch}","LogNo":${cursor?.log ?? log.logNo},"Items":[${texts.join(',')}],` +
        `${groups}"NextCursor":"${cursorText(next)}"`,
    )
  },
})

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
