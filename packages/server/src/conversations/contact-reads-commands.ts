import { ErrorCode } from '@rookery/protocol/error-code'
import type { Kysely } from 'kysely'
import Type from 'typebox'
import { defineCommand } from '../commands/command.ts'
import type { Schema } from '../store/schema.ts'
import { contactGroups } from './contact-groups.ts'
import { contactItem } from './contact-item.ts'
import { groupNamed, owner, peerNamed } from './conversation-parties.ts'
import type { ConversationView } from './conversation-view.ts'
import { conversationViews } from './conversation-views.ts'

/** Conversations of one page; own choice, the interface names none. */
const PAGE = 100
/** rest-1 section 1.9 */
const SEARCH_MAX = 300

const fromAccount = { From_Account: Type.String({ minLength: 1 }) }
const groupItems = Type.Array(Type.Object({ GroupName: Type.String(), GroupId: Type.Integer() }))
const markedItems = Type.Array(
  Type.Object({
    Type: Type.Integer(),
    To_Account: Type.Optional(Type.String()),
    ToGroupId: Type.Optional(Type.String()),
    StandardMark: Type.String(),
    CustomMark: Type.String(),
    ContactGroupId: Type.Array(Type.Integer()),
    Timestamp: Type.Integer(),
  }),
)

const getFields = { StartIndex: Type.Integer({ minimum: 0 }) }

/** `recentcontact/get_contact_group` (rest-1 section 7.6). */
export const getContactGroupCommand = defineCommand({
  name: 'recentcontact/get_contact_group',
  summary:
    'Lists the groups of conversations, and the conversations that carry marks, groups or custom data.',
  http: 'admin',
  socket: { request: Type.Object(getFields), acting: 'From_Account' },
  request: Type.Object({ ...fromAccount, ...getFields }),
  response: Type.Object({
    ContactItem: markedItems,
    GroupItem: groupItems,
    CompleteFlag: Type.Integer(),
    NextStartIndex: Type.Integer(),
  }),
  errors: [ErrorCode.CONVERSATION_ACCOUNT_NOT_FOUND, ErrorCode.CONVERSATION_PARAMETER_INVALID],
  async handler(call) {
    const app = call.caller.app.id
    const db = call.services.store.read
    const { id } = await owner(call, call.body.From_Account)
    const convs = await markedAfter(db, app, id, call.body.StartIndex)
    const page = convs.slice(0, PAGE)
    const isComplete = convs.length <= PAGE
    return {
      ContactItem: (await conversationViews(db, app, id, page)).map(markedItem),
      GroupItem: await contactGroups(db, app, id),
      CompleteFlag: isComplete ? 1 : 0,
      NextStartIndex: isComplete ? 0 : (page.at(-1) ?? 0),
    }
  },
})

const searchFields = { ContactItem: Type.Array(contactItem, { minItems: 1, maxItems: SEARCH_MAX }) }

/** `recentcontact/search_contact_group` (rest-1 section 7.6). */
export const searchContactGroupCommand = defineCommand({
  name: 'recentcontact/search_contact_group',
  summary: 'Tells marks, groups and custom data of given conversations.',
  http: 'admin',
  socket: { request: Type.Object(searchFields), acting: 'From_Account' },
  request: Type.Object({ ...fromAccount, ...searchFields }),
  response: Type.Object({ ContactResultItem: markedItems, GroupItem: groupItems }),
  errors: [ErrorCode.CONVERSATION_ACCOUNT_NOT_FOUND, ErrorCode.CONVERSATION_PARAMETER_INVALID],
  async handler(call) {
    const app = call.caller.app.id
    const db = call.services.store.read
    const { id } = await owner(call, call.body.From_Account)
    const convs: number[] = []
    for (const item of call.body.ContactItem) {
      if (item.Type === 2) {
        const group = await groupNamed(call, id, item.ToGroupId ?? '')
        if (group) convs.push(group.groupConv)
        continue
      }
      const peer = item.To_Account && (await peerNamed(call, id, item.To_Account))
      if (peer && peer.conv !== undefined) convs.push(peer.conv)
    }
    return {
      ContactResultItem: (await conversationViews(db, app, id, convs)).map(markedItem),
      GroupItem: await contactGroups(db, app, id),
    }
  },
})

/** Numbers of marked conversations above one, one more than a page. */
async function markedAfter(
  db: Kysely<Schema>,
  app: number,
  ownerId: number,
  after: number,
): Promise<number[]> {
  const rows = await db
    .selectFrom('user_conversation as uc')
    .select('uc.conv_id')
    .where('uc.app_id', '=', app)
    .where('uc.account_id', '=', ownerId)
    .where('uc.conv_id', '>', after)
    .where(eb =>
      eb.or([
        eb('uc.standard_mark', '!=', ''),
        eb('uc.custom_mark', '!=', ''),
        eb(
          'uc.conv_id',
          'in',
          eb
            .selectFrom('contact_group_member as member')
            .select('member.conv_id')
            .where('member.app_id', '=', app)
            .where('member.account_id', '=', ownerId),
        ),
      ]),
    )
    .orderBy('uc.conv_id')
    .limit(PAGE + 1)
    .execute()
  return rows.map(row => row.conv_id)
}

function markedItem(view: ConversationView): object {
  return {
    ...(view.group
      ? { Type: 2, ToGroupId: view.group.shown.GroupId }
      : { Type: 1, To_Account: view.peer.userId }),
    StandardMark: view.standardMark,
    CustomMark: view.customMark,
    ContactGroupId: view.contactGroups,
    Timestamp: view.listTime,
  }
}
