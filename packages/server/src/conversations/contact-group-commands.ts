import { ErrorCode } from '@rookery/protocol/error-code'
import Type from 'typebox'
import type { App } from '../apps/app.ts'
import { type Call, defineCommand } from '../commands/command.ts'
import { CommandError } from '../commands/command-error.ts'
import type { Contact } from './contact.ts'
import {
  changeContactGroup,
  createContactGroup,
  deleteContactGroup,
  renameContactGroup,
} from './contact-groups.ts'
import {
  type ContactItem,
  contactItem,
  type ItemResult,
  itemResult,
  markedResult,
  resolveContact,
} from './contact-item.ts'
import { owner } from './conversation-parties.ts'
import { checkBatch } from './mark-contact-command.ts'

const fromAccount = { From_Account: Type.String({ minLength: 1 }) }
const groupItem = Type.Object({ GroupName: Type.String(), GroupId: Type.Integer() })
const RENAME = 1
const CHANGE = 2
const ADD = 1

const createFields = {
  GroupContactItem: Type.Array(
    Type.Object({ GroupName: Type.String({ minLength: 1 }), ContactItem: Type.Array(contactItem) }),
    { minItems: 1, maxItems: 1 },
  ),
}

/** `recentcontact/create_contact_group` (rest-1 section 7.4). */
export const createContactGroupCommand = defineCommand({
  name: 'recentcontact/create_contact_group',
  summary: 'Creates a group of conversations.',
  http: 'admin',
  socket: { request: Type.Object(createFields), acting: 'From_Account' },
  request: Type.Object({ ...fromAccount, ...createFields }),
  response: Type.Object({
    GroupResultItem: Type.Array(
      Type.Object({
        GroupItem: groupItem,
        ResultItem: Type.Array(Type.Object({ ContactItem: contactItem, ...itemResult })),
      }),
    ),
  }),
  errors: [
    ErrorCode.CONVERSATION_ACCOUNT_NOT_FOUND,
    ErrorCode.CONVERSATION_PARAMETER_INVALID,
    ErrorCode.CONVERSATION_BATCH_LIMIT,
    ErrorCode.CONVERSATION_GROUP_CHAT_FAILED,
    ErrorCode.CONVERSATION_MARKED_LIMIT,
    ErrorCode.CONVERSATION_GROUP_COUNT_LIMIT,
    ErrorCode.CONVERSATION_GROUP_NAME_TOO_LONG,
  ],
  async handler(call) {
    const { app } = call.caller
    const { GroupName, ContactItem } = call.body.GroupContactItem[0] ?? refuseEmpty()
    checkName(app, GroupName)
    if (ContactItem.length > 0) checkBatch(app, ContactItem.length)
    const { id } = await owner(call, call.body.From_Account)
    const contacts = await resolveAll(call, id, ContactItem)
    const markedMax = app.setting('conv.markedMax')
    const { groupId, codes } = await call.services.store.mutate(createContactGroup, {
      app: app.id,
      owner: id,
      name: GroupName,
      contacts: contacts.found,
      groupsMax: app.setting('conv.groupsMax'),
      markedMax,
    })
    const results = contacts.results(codes, markedMax)
    return {
      GroupResultItem: [
        {
          GroupItem: { GroupName, GroupId: groupId },
          ResultItem: ContactItem.map((item, index) => ({ ContactItem: item, ...results[index] })),
        },
      ],
    }
  },
})

const updateFields = {
  UpdateType: Type.Literal(1),
  UpdateGroup: Type.Object({
    UpdateGroupType: Type.Union([Type.Literal(RENAME), Type.Literal(CHANGE)]),
    OldGroupName: Type.String({ minLength: 1 }),
    NewGroupName: Type.Optional(Type.String({ minLength: 1 })),
    ContactUpdateItem: Type.Optional(
      Type.Array(
        Type.Object({
          ContactOptType: Type.Union([Type.Literal(ADD), Type.Literal(2)]),
          ContactItem: contactItem,
        }),
      ),
    ),
  }),
}

/** `recentcontact/update_contact_group` (rest-1 section 7.4). */
export const updateContactGroupCommand = defineCommand({
  name: 'recentcontact/update_contact_group',
  summary: 'Renames a group of conversations, or puts conversations into it and takes them out.',
  http: 'admin',
  socket: { request: Type.Object(updateFields), acting: 'From_Account' },
  request: Type.Object({ ...fromAccount, ...updateFields }),
  response: Type.Object({
    UpdateType: Type.Integer(),
    UpdateGroupResult: Type.Object({
      UpdateGroupType: Type.Integer(),
      GroupName: Type.String(),
      OldGroupName: Type.String(),
      GroupId: Type.Integer(),
      ContactResultItem: Type.Array(
        Type.Object({ ContactOptType: Type.Integer(), ContactItem: contactItem, ...itemResult }),
      ),
    }),
  }),
  errors: [
    ErrorCode.CONVERSATION_ACCOUNT_NOT_FOUND,
    ErrorCode.CONVERSATION_PARAMETER_INVALID,
    ErrorCode.CONVERSATION_BATCH_LIMIT,
    ErrorCode.CONVERSATION_GROUP_CHAT_FAILED,
    ErrorCode.CONVERSATION_MARKED_LIMIT,
    ErrorCode.CONVERSATION_GROUP_NOT_FOUND,
    ErrorCode.CONVERSATION_GROUP_NAME_TOO_LONG,
  ],
  async handler(call) {
    const { UpdateGroupType, OldGroupName, NewGroupName, ContactUpdateItem } = call.body.UpdateGroup
    const { app } = call.caller
    if (UpdateGroupType === RENAME && NewGroupName === undefined)
      throw missing('UpdateGroup.NewGroupName', RENAME)
    if (UpdateGroupType === CHANGE && !ContactUpdateItem)
      throw missing('UpdateGroup.ContactUpdateItem', CHANGE)
    if (NewGroupName !== undefined) checkName(app, NewGroupName)
    const { id } = await owner(call, call.body.From_Account)
    const group = { app: app.id, owner: id, name: OldGroupName }
    if (UpdateGroupType === RENAME) {
      const newName = NewGroupName ?? OldGroupName
      const { groupId } = await call.services.store.mutate(renameContactGroup, { ...group, newName })
      return updateAnswer(RENAME, groupId, newName, OldGroupName, [])
    }
    const items = ContactUpdateItem ?? []
    checkBatch(app, items.length)
    const contacts = await resolveAll(
      call,
      id,
      items.map(item => item.ContactItem),
    )
    const markedMax = app.setting('conv.markedMax')
    const { groupId, codes } = await call.services.store.mutate(changeContactGroup, {
      ...group,
      changes: contacts.found.map((contact, index) => ({
        ...contact,
        add: items[contacts.places[index] ?? 0]?.ContactOptType === ADD,
      })),
      markedMax,
    })
    const results = contacts.results(codes, markedMax)
    return updateAnswer(
      CHANGE,
      groupId,
      OldGroupName,
      OldGroupName,
      items.map((item, index) => ({ ...item, ...results[index] })),
    )
  },
})

const deleteFields = {
  GroupName: Type.Array(Type.String({ minLength: 1 }), { minItems: 1, maxItems: 1 }),
}

/** `recentcontact/del_contact_group` (rest-1 section 7.4). */
export const deleteContactGroupCommand = defineCommand({
  name: 'recentcontact/del_contact_group',
  summary: 'Deletes a group of conversations; the conversations stay.',
  http: 'admin',
  socket: { request: Type.Object(deleteFields), acting: 'From_Account' },
  request: Type.Object({ ...fromAccount, ...deleteFields }),
  response: Type.Object({ GroupItem: Type.Array(groupItem) }),
  errors: [
    ErrorCode.CONVERSATION_ACCOUNT_NOT_FOUND,
    ErrorCode.CONVERSATION_PARAMETER_INVALID,
    ErrorCode.CONVERSATION_GROUP_NOT_FOUND,
  ],
  async handler(call) {
    const name = call.body.GroupName[0] ?? refuseEmpty()
    const { id } = await owner(call, call.body.From_Account)
    const { groupId } = await call.services.store.mutate(deleteContactGroup, {
      app: call.caller.app.id,
      owner: id,
      name,
    })
    return { GroupItem: [{ GroupName: name, GroupId: groupId }] }
  },
})

function updateAnswer(
  UpdateGroupType: number,
  GroupId: number,
  GroupName: string,
  OldGroupName: string,
  ContactResultItem: readonly object[],
): object {
  const UpdateGroupResult = { UpdateGroupType, GroupName, GroupId, OldGroupName, ContactResultItem }
  return { UpdateType: 1, UpdateGroupResult }
}

interface ResolvedItems {
  readonly found: readonly Contact[]
  /** Place in the request of each of them. */
  readonly places: readonly number[]
  results(codes: readonly number[], markedMax: number): readonly ItemResult[]
}

async function resolveAll(
  call: Pick<Call<unknown>, 'caller' | 'services'>,
  ownerId: number,
  items: readonly ContactItem[],
): Promise<ResolvedItems> {
  const found: Contact[] = []
  const places: number[] = []
  const refusals = new Map<number, ItemResult>()
  for (const [index, item] of items.entries()) {
    const contact = await resolveContact(call, ownerId, item)
    if ('refused' in contact) refusals.set(index, contact.refused)
    else {
      found.push(contact)
      places.push(index)
    }
  }
  return {
    found,
    places,
    results: (codes, markedMax) =>
      items.map(
        (_, index) => refusals.get(index) ?? markedResult(codes[places.indexOf(index)] ?? 0, markedMax),
      ),
  }
}

function checkName(app: App, name: string): void {
  const bytes = Buffer.byteLength(name)
  const max = app.setting('conv.groupNameBytes')
  if (bytes > max)
    throw new CommandError(
      ErrorCode.CONVERSATION_GROUP_NAME_TOO_LONG,
      `The name has ${bytes} bytes, ${max} are allowed; shorten it.`,
      { check: 'conv.groupNameBytes', bytes, max },
    )
}

function missing(field: string, type: number): CommandError {
  return new CommandError(
    ErrorCode.CONVERSATION_PARAMETER_INVALID,
    `${field} is missing for UpdateGroupType ${type}.`,
    { check: 'request', field },
  )
}

function refuseEmpty(): never {
  throw new CommandError(ErrorCode.CONVERSATION_PARAMETER_INVALID, 'The list holds nothing.')
}
