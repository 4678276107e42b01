import { ErrorCode } from '@rookery/protocol/error-code'
import Type from 'typebox'
import { defineCommand, RawAnswer } from '../commands/command.ts'
import { CommandError } from '../commands/command-error.ts'
import { PAGE_BYTES } from '../messages/message-list.ts'
import { contactGroups } from './contact-groups.ts'
import { conversationItems } from './conversation-item.ts'
import { ownConversations } from './own-conversations.ts'
import { ownerLog } from './owner-log.ts'
import { cursorText, parseCursor, type SnapshotCursor, snapshotSteps } from './snapshot-page.ts'

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
    const steps = snapshotSteps(await ownConversations(db, app, owner), cursor, log.logNo)
    const items = await conversationItems(
      db,
      app,
      owner,
      steps.map(step => step.conversation.conv),
    )
    const texts: string[] = []
    let bytes = 0
    for (const item of items) {
      bytes += Buffer.byteLength(item.text)
      if (texts.length > 0 && bytes > PAGE_BYTES) break
      texts.push(item.text)
    }
    const next = steps[texts.length - 1]?.next
    const groups = cursor ? '' : `"Groups":${JSON.stringify(await contactGroups(db, app, owner))},`
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
