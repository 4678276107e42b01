import { ErrorCode } from '@rookery/protocol/error-code'
import type { GroupType, WireCustomField } from '@rookery/protocol/wire-group'
import Type from 'typebox'
import { refuse } from '../apps/refuse.ts'
import { CommandError } from '../commands/command-error.ts'
import { typeOf } from '../groups/commands/group-caller.ts'
import { requireMemberCeiling } from '../groups/profile/change-profile.ts'
import { dismissGroup } from '../groups/profile/dismiss-group.ts'
import { checkProfile, groupFieldBounds } from '../groups/profile/group-text.ts'
import { newGroup } from '../groups/profile/new-group.ts'
import { wireGroup } from '../groups/profile/wire-group.ts'
import { TYPE_RULES } from '../groups/rules/group-types.ts'
import { mayDo, OPERATIONS, type Operation } from '../groups/rules/operations.ts'
import { historyFloor } from '../messages/history-floor.ts'
import {
  changeProfileByOperator,
  closeGroupByOperator,
  createGroupByOperator,
  recallByOperator,
} from '../operators/group-changes.ts'
import { readGroupHistory } from '../operators/group-history.ts'
import { APP_ACTOR, accountNumber, groupTarget, operatorCall } from '../operators/group-target.ts'
import { searchGroups } from '../operators/search-groups.ts'
import { appId, groupId, knownApp } from './argument-fields.ts'
import { groupFieldCommands } from './group-field-commands.ts'
import { groupMemberCommands } from './group-member-commands.ts'
import { defineOperatorCommand, type OperatorCommand } from './operator-command.ts'
import { fieldList, moment, printable, textTable } from './text-table.ts'

const PAGE_DEFAULT = 50
const PAGE_MAX = 1000
const HISTORY_PAGE_MAX = 100
const TYPE_WORDS = ['Work', 'Private', 'Public', 'Meeting', 'ChatRoom', 'AVChatRoom', 'Community'] as const

const typeName = (type: GroupType) => TYPE_RULES[type].productName

const texts = {
  introduction: Type.Optional(Type.String({ word: 'TEXT', description: 'What the group is about.' })),
  notification: Type.Optional(Type.String({ word: 'TEXT', description: 'What every member shall read.' })),
  faceUrl: Type.Optional(Type.String({ word: 'URL', description: 'Address of the avatar.' })),
  applyOption: Type.Optional(
    Type.Enum(['FreeAccess', 'NeedPermission', 'DisableApply'], { description: 'How people join.' }),
  ),
  inviteOption: Type.Optional(
    Type.Enum(['FreeAccess', 'NeedPermission', 'DisableInvite'], { description: 'How members invite.' }),
  ),
}

const onOff = (description: string) => Type.Optional(Type.Enum(['on', 'off'], { description }))
const switched = (state: 'on' | 'off') => (state === 'on' ? 'On' : 'Off')

const listCommand = defineOperatorCommand({
  name: 'group list',
  summary: 'Lists groups, newest first, a page at a time; of a beginning of an id or a name, or of a type.',
  args: Type.Object({
    appId,
    text: Type.Optional(
      Type.String({ maxLength: 1024, word: 'TEXT', description: 'Beginning of the GroupId or the name.' }),
    ),
    type: Type.Optional(
      Type.Enum([...TYPE_WORDS], { word: 'TYPE', description: 'Work, Public, Meeting, …' }),
    ),
    after: Type.Optional(
      Type.Integer({ minimum: 1, word: 'NO', description: 'Begin behind the page that named it.' }),
    ),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: PAGE_MAX, description: `Page, ${PAGE_DEFAULT}.` }),
    ),
  }),
  async run(context, { appId, text = '', type, after, limit = PAGE_DEFAULT }) {
    const app = await knownApp(context, appId)
    return searchGroups(context.store, app.id, {
      text,
      limit,
      ...(type && { type: typeOf(type) }),
      ...(after !== undefined && { after }),
    })
  },
  show: ({ groups, next }) =>
    groups.length === 0
      ? 'No groups.'
      : `${textTable(
          ['GROUPID', 'TYPE', 'NAME', 'OWNER', 'MEMBERS', 'CREATED', 'LAST MESSAGE'],
          groups.map(group => [
            group.groupId,
            typeName(group.type),
            group.name,
            group.owner || '-',
            TYPE_RULES[group.type].storesMembers ? String(group.members) : '-',
            moment(group.created),
            moment(group.lastMessage),
          ]),
        )}${next === null ? '' : `\nThere are more: add --after ${next}`}`,
})

const showCommand = defineOperatorCommand({
  name: 'group show',
  summary: "Shows a group's profile and options.",
  args: Type.Object({ appId, groupId }),
  async run(context, args) {
    const { group } = await groupTarget(context, args)
    const wire = await wireGroup(context.store.read, group, 'AppAdmin')
    const operations = Object.keys(OPERATIONS) as Operation[]
    const { optionsFixed, historyPerGroup, roles, storesHistory } = TYPE_RULES[group.type]
    return {
      ...wire,
      /** What the type lets the app do, for who shows buttons. */
      Allowed: operations.filter(operation => mayDo(operation, group.type, 'AppAdmin')),
      Type: group.type,
      Rules: { optionsFixed, historyPerGroup, hasAdmins: roles.includes('Admin'), storesHistory },
    }
  },
  show: group =>
    fieldList([
      ['GroupId', group.GroupId],
      ['Type', typeName(group.Type)],
      ['Name', group.Name],
      ['Introduction', group.Introduction],
      ['Notification', group.Notification],
      ['Avatar', group.FaceUrl],
      ['Owner', group.Owner_Account || '-'],
      ['Members', `${group.MemberNum} of ${group.MaxMemberNum || 'any number'}`],
      ['Joining', group.ApplyJoinOption],
      ['Inviting', group.InviteJoinOption],
      ['Everybody muted', group.MuteAllMember],
      ['History before joining', group.HistoryMsgBeforeJoin],
      ['Created', moment(group.CreateTime)],
      ['Last message', moment(group.LastMsgTime)],
      ...group.AppDefinedData.map(({ Key, Value }): [string, string] => [Key, Value]),
    ]),
})

const createCommand = defineOperatorCommand({
  name: 'group create',
  summary: 'Makes a group.',
  args: Type.Object({
    appId,
    name: Type.String({ position: 2, word: 'NAME', description: 'Name of the group.' }),
    type: Type.Enum([...TYPE_WORDS], { word: 'TYPE', description: 'Work, Public, Meeting, AVChatRoom, …' }),
    owner: Type.Optional(Type.String({ minLength: 1, word: 'USERID', description: 'Its owner.' })),
    id: Type.Optional(
      Type.String({
        minLength: 1,
        word: 'GROUPID',
        description: 'An id of your choice instead of a new one.',
      }),
    ),
    ...texts,
  }),
  async run(context, { appId, name, type, owner, id, ...given }) {
    const app = await knownApp(context, appId)
    const args = newGroup(
      app,
      typeOf(type),
      { Name: name, ...(id && { GroupId: id }), ...fieldsOf(given) },
      false,
    )
    const created = await context.store.mutate(createGroupByOperator, {
      ...args,
      actor: APP_ACTOR,
      owner: owner === undefined ? 0 : await accountNumber(context, app, owner),
      members: [],
      by: context.actor,
    })
    return { groupId: created.groupId }
  },
  show: ({ groupId }) => `Created: ${printable(groupId)}`,
})

interface GivenTexts {
  readonly introduction?: string
  readonly notification?: string
  readonly faceUrl?: string
  readonly applyOption?: 'FreeAccess' | 'NeedPermission' | 'DisableApply'
  readonly inviteOption?: 'FreeAccess' | 'NeedPermission' | 'DisableInvite'
}

function fieldsOf({ introduction, notification, faceUrl, applyOption, inviteOption }: GivenTexts) {
  return {
    ...(introduction !== undefined && { Introduction: introduction }),
    ...(notification !== undefined && { Notification: notification }),
    ...(faceUrl !== undefined && { FaceUrl: faceUrl }),
    ...(applyOption && { ApplyJoinOption: applyOption }),
    ...(inviteOption && { InviteJoinOption: inviteOption }),
  }
}

const setCommand = defineOperatorCommand({
  name: 'group set',
  summary: "Changes what is given of a group's profile and options.",
  args: Type.Object({
    appId,
    groupId,
    name: Type.Optional(Type.String({ word: 'NAME', description: 'Name of the group.' })),
    ...texts,
    muteAll: onOff('on: only owner and admins may send.'),
    history: onOff('on: new members see what was written before.'),
    maxMembers: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 2_147_483_647, description: 'Most members.' }),
    ),
    fields: Type.Optional(
      Type.Array(Type.String(), {
        word: 'KEY=VALUE,…',
        description: 'Custom fields; KEY= takes one away.',
      }),
    ),
  }),
  async run(context, args) {
    const target = await groupTarget(context, args)
    const { app, group } = target
    const { name, muteAll, history, maxMembers, fields: custom } = args
    const fields = {
      ...(name !== undefined && { Name: name }),
      ...fieldsOf(args),
      ...(muteAll && ({ MuteAllMember: switched(muteAll) } as const)),
      ...(history && ({ HistoryMsgBeforeJoin: switched(history) } as const)),
      ...(maxMembers !== undefined && { MaxMemberNum: maxMembers }),
      ...(custom && { AppDefinedData: custom.map(customField) }),
    }
    if (Object.keys(fields).length === 0)
      throw refuse('arguments', 'Nothing to change was named; "rookery help group set" lists the options.')
    checkProfile(app, fields)
    if (maxMembers !== undefined) {
      const { membersSetting } = TYPE_RULES[group.type]
      if (!membersSetting) throw refuse('max-members', 'A live room has no bound of its members.')
      requireMemberCeiling(maxMembers, app.setting(membersSetting))
    }
    const { detail } = await context.store.mutate(changeProfileByOperator, {
      ...operatorCall(context, target),
      fields,
      bounds: groupFieldBounds(app),
    })
    return { changed: detail !== null }
  },
  show: ({ changed }) => (changed ? 'Changed.' : 'Nothing changed: it is so already.'),
})

function customField(text: string): WireCustomField {
  const at = text.indexOf('=')
  if (at < 1) throw refuse('fields', `A custom field is given as KEY=VALUE; "${text.slice(0, 60)}" is not.`)
  return { Key: text.slice(0, at), Value: text.slice(at + 1) }
}

const dismissCommand = defineOperatorCommand({
  name: 'group dismiss',
  summary: 'Dismisses a group for good: everybody is out of it.',
  confirm: 'The group will be gone for all its members. This cannot be undone.',
  args: Type.Object({ appId, groupId }),
  async run(context, args) {
    const call = operatorCall(context, await groupTarget(context, args))
    await dismissGroup(context.store, call, () => context.store.mutate(closeGroupByOperator, call))
    return null
  },
  show: () => 'Dismissed.',
})

const messagesCommand = defineOperatorCommand({
  name: 'group messages',
  summary: "Reads a group's history, newest first; the reading is in the audit log.",
  args: Type.Object({
    appId,
    groupId,
    before: Type.Optional(
      Type.Integer({ minimum: 1, word: 'SEQ', description: 'Only messages below this number.' }),
    ),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: HISTORY_PAGE_MAX, description: `Page, ${PAGE_DEFAULT}.` }),
    ),
  }),
  async run(context, { before, limit = PAGE_DEFAULT, ...args }) {
    const target = await groupTarget(context, args)
    if (!TYPE_RULES[target.group.type].storesHistory)
      throw new CommandError(
        ErrorCode.GROUP_PERMISSION_DENIED,
        'A live room keeps no history; its messages pass by.',
        { check: 'type' },
      )
    return readGroupHistory(context, target, { limit, ...(before !== undefined && { before }) })
  },
  show: ({ messages, next }) =>
    messages.length === 0
      ? 'No messages.'
      : `${textTable(
          ['SEQ', 'TIME', 'FROM', 'MESSAGE'],
          messages.map(message => [
            String(message.seq),
            moment(message.time),
            message.from,
            message.recalled ? '(recalled)' : JSON.stringify(message.body),
          ]),
        )}${next === null ? '' : `\nOlder messages: add --before ${next}`}`,
})

/** Bytes of a recall's reason (rest-2 section 6.3). */
const REASON_BYTES = 100

const recallCommand = defineOperatorCommand({
  name: 'group recall',
  summary: 'Takes a message of a group back: its content is gone for everybody.',
  confirm: 'The content of the message will be deleted. This cannot be undone.',
  args: Type.Object({
    appId,
    groupId,
    seq: Type.Integer({ minimum: 1, position: 3, word: 'SEQ', description: 'Number of the message.' }),
    reason: Type.Optional(Type.String({ word: 'TEXT', description: 'Shown to the members.' })),
  }),
  async run(context, { seq, reason = '', ...args }) {
    const target = await groupTarget(context, args)
    if (Buffer.byteLength(reason) > REASON_BYTES)
      throw refuse('reason', `The reason may have ${REASON_BYTES} bytes.`)
    const { result, detail } = await context.store.mutate(recallByOperator, {
      ...operatorCall(context, target),
      conv: target.group.conv_id,
      seqs: [seq],
      reason,
      notBefore: historyFloor(target.app),
    })
    const [code = 0] = result
    if (code !== 0)
      throw new CommandError(
        code,
        code === ErrorCode.GROUP_RECALL_DENIED
          ? `Message ${seq} was written by the system; tips stay.`
          : `The group has no message ${seq}; "rookery group messages" lists those that it has.`,
        { check: 'seq' },
      )
    return { recalled: detail !== null }
  },
  show: ({ recalled }) => (recalled ? 'Recalled.' : 'It was recalled before.'),
})

export const groupCommands: readonly OperatorCommand[] = [
  listCommand,
  showCommand,
  createCommand,
  setCommand,
  ...groupMemberCommands,
  ...groupFieldCommands,
  messagesCommand,
  recallCommand,
  dismissCommand,
]
