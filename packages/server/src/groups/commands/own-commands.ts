import { ErrorCode } from '@rookery/protocol/error-code'
import type { WireGroup } from '@rookery/protocol/wire-group'
import Type from 'typebox'
import { type Call, type Command, defineCommand } from '../../commands/command.ts'
import { MemberRole } from '../../store/schema.ts'
import { type ApplicationCursor, listApplications } from '../applications/application-list.ts'
import { handleApplication } from '../applications/handle-application.ts'
import { checkFields } from '../custom-fields/custom-fields.ts'
import { fieldRole } from '../custom-fields/field-reader.ts'
import { badField } from '../group-error.ts'
import type { GroupRow } from '../group-rows.ts'
import { actorRole } from '../judge.ts'
import { changeMember } from '../members/change-member.ts'
import { joinGroup } from '../members/join-group.ts'
import { quitGroup } from '../members/quit-group.ts'
import { memberFieldBounds } from '../profile/group-text.ts'
import { wireGroup, wireSelf } from '../profile/wire-group.ts'
import { enterRoom, quitRoom } from '../rooms/enter-room.ts'
import { TYPE_RULES } from '../rules/group-types.ts'
import { changeInTopic } from './change-in-topic.ts'
import { accountOf, COMMON_ERRORS, groupCall, groupOf, requireRead } from './group-caller.ts'
import { count, groupId, memberCustom, receiveOption } from './group-fields.ts'
import { requireNameCard } from './member-commands.ts'

const now = () => Math.floor(Date.now() / 1000)
const wire = Type.Unsafe<WireGroup>(
  Type.Object(
    { GroupId: groupId },
    { additionalProperties: true, description: 'The group as the asker sees it (WireGroup).' },
  ),
)
const cursor = Type.Optional(
  Type.String({ description: '`NextCursor` of the last answer; absent: the first page.' }),
)
const nextCursor = Type.String({ description: 'For the next page; empty: this was the last one.' })

/** A group with the asker's own part when it is a member. */
async function groupFor(
  call: Pick<Call<unknown>, 'caller' | 'services'>,
  group: GroupRow,
): Promise<WireGroup> {
  const { read } = call.services.store
  const { row } = await call.services.groups.membership(group, call.caller.accountId)
  const actor = { account: call.caller.accountId, admin: false }
  const shown = await wireGroup(read, group, fieldRole(call, group, actorRole(group, row, actor)))
  return row ? { ...shown, SelfInfo: await wireSelf(read, group, row, now()) } : shown
}

/** After an entry: a group that was dismissed meanwhile is left out, for the entry happened all the same. */
async function groupNow(
  call: Pick<Call<unknown>, 'caller' | 'services'>,
  groupNo: number,
): Promise<{ Group?: WireGroup }> {
  const group = await call.services.groups.byNo(call.caller.app.id, groupNo)
  return group ? { Group: await groupFor(call, group) } : {}
}

/** Groups of a page. */
const PAGE = 100

const listRequest = Type.Object({ Cursor: cursor })
const listCommand = defineCommand({
  name: 'group/list',
  summary: 'Lists the groups that the user is in, without live rooms.',
  http: 'none',
  request: listRequest,
  socket: { request: listRequest },
  response: Type.Object({
    Groups: Type.Array(wire, { description: 'The groups, oldest first.' }),
    NextCursor: nextCursor,
  }),
  errors: [],
  async handler(call) {
    const { body, caller, services } = call
    const after = body.Cursor || '0'
    if (!/^\d{1,15}$/.test(after)) throw badField('Cursor', 'is not a value that this command answered')
    const rows = await services.store.read
      .selectFrom('group_member as member')
      .innerJoin('chat_group', join =>
        join
          .onRef('chat_group.app_id', '=', 'member.app_id')
          .onRef('chat_group.group_no', '=', 'member.group_no'),
      )
      .selectAll('chat_group')
      .where('member.app_id', '=', caller.app.id)
      .where('member.account_id', '=', caller.accountId)
      .where('member.group_no', '>', Number(after))
      .where('chat_group.dismissed', '=', 0)
      .where('chat_group.type', '<>', 'AVChatRoom')
      // A work group without a message so far is its owner's secret (rest-2 section 1.7).
      .where(eb => eb.or([eb('chat_group.active', '=', 1), eb('member.role', '=', MemberRole.OWNER)]))
      .orderBy('member.group_no')
      .limit(PAGE + 1)
      .execute()
    const page = rows.slice(0, PAGE)
    const Groups = []
    for (const row of page) Groups.push(await groupFor(call, row))
    return { Groups, NextCursor: rows.length > PAGE ? String(page.at(-1)?.group_no ?? '') : '' }
  },
})

const groupRequest = Type.Object({ GroupId: groupId })
const profileCommand = defineCommand({
  name: 'group/profile',
  summary: 'Shows the profile of a group; work groups show themselves to members only.',
  http: 'none',
  request: groupRequest,
  socket: { request: groupRequest },
  response: Type.Object({ Group: wire }),
  errors: [...COMMON_ERRORS],
  async handler(call) {
    const group = await groupOf(call, call.body.GroupId)
    await requireRead(call, 'lookUp', group)
    return { Group: await groupFor(call, group) }
  },
})

const NOTE_BYTES = 1000
function requireNote(field: string, text: string | undefined): string {
  if (Buffer.byteLength(text ?? '') > NOTE_BYTES) throw badField(field, `has more than ${NOTE_BYTES} bytes`)
  return text ?? ''
}

const joinRequest = Type.Object({
  GroupId: groupId,
  ApplyMsg: Type.Optional(Type.String({ description: 'Text for who approves, up to 1000 bytes.' })),
})
const joinCommand = defineCommand({
  name: 'group/join',
  summary: 'Joins a group, or applies where somebody has to approve.',
  http: 'none',
  request: joinRequest,
  socket: { request: joinRequest },
  response: Type.Object({
    JoinedStatus: Type.String({ description: 'JoinedSuccess, AlreadyInGroup or WaitAdminApproval.' }),
    Group: Type.Optional(wire),
  }),
  errors: [...COMMON_ERRORS, ErrorCode.GROUP_FULL, ErrorCode.GROUP_JOINED_COUNT_LIMIT],
  async handler(call) {
    const note = requireNote('ApplyMsg', call.body.ApplyMsg)
    const target = await groupCall(call, call.body.GroupId)
    const group = await groupOf(call, call.body.GroupId)
    if (!TYPE_RULES[group.type].storesMembers) {
      const isNew = await enterRoom(call, group)
      return { JoinedStatus: isNew ? 'JoinedSuccess' : 'AlreadyInGroup', Group: await groupFor(call, group) }
    }
    const JoinedStatus = await call.services.store.mutate(joinGroup, {
      ...target,
      note,
      userField: '',
      joinedMax: call.caller.app.setting('group.joinedMax'),
    })
    if (JoinedStatus === 'WaitAdminApproval') return { JoinedStatus }
    return { JoinedStatus, ...(await groupNow(call, target.group)) }
  },
})

const quitCommand = defineCommand({
  name: 'group/quit',
  summary: 'Leaves a group.',
  http: 'none',
  request: groupRequest,
  socket: { request: groupRequest },
  response: Type.Object({}),
  errors: [...COMMON_ERRORS, ErrorCode.GROUP_OWNER_CANNOT_QUIT],
  async handler(call) {
    const group = await groupOf(call, call.body.GroupId)
    if (TYPE_RULES[group.type].storesMembers)
      await call.services.store.mutate(quitGroup, await groupCall(call, call.body.GroupId))
    else quitRoom(call, group)
    return {}
  },
})

const applicationItem = Type.Object({
  Applicant_Account: Type.String({ description: 'UserID of who asks, or who invites.' }),
  Applicant_Nick: Type.String({ description: 'Display name of the same.' }),
  User_Account: Type.String({ description: 'UserID of the invited one; else empty.' }),
  GroupId: groupId,
  GroupName: Type.String({ description: 'Name of the group.' }),
  ApplicationType: Type.Integer({
    description:
      '0 somebody asks to join, 1 an invitation that an admin approves, 2 one that the invited accepts.',
  }),
  Note: Type.String({ description: 'Text of the request.' }),
  Time: Type.Integer({ description: 'When it was made, Unix seconds.' }),
  MsgKey: Type.Integer({ description: 'Key of the request, for handling it.' }),
  Authentication: Type.String({ description: 'Token of the request, for handling it.' }),
  HandleAction: Type.Optional(Type.String({ description: 'Agree or Reject, once it is handled.' })),
  HandledMsg: Type.Optional(Type.String({ description: 'Text of the answer.' })),
})

const applicationsCommand = defineCommand({
  name: 'group/applications',
  summary: 'Lists requests that the user may answer, newest first.',
  http: 'none',
  request: listRequest,
  socket: { request: listRequest },
  response: Type.Object({
    Items: Type.Array(applicationItem, { description: 'The requests.' }),
    NextCursor: nextCursor,
  }),
  errors: [],
  async handler({ body, caller, services }) {
    const after = parseCursor(body.Cursor)
    const { items, next } = await listApplications(services.store.read, caller.app.id, caller.accountId, {
      ...(after && { cursor: after }),
      now: now(),
      days: caller.app.setting('group.noticeDays'),
    })
    return {
      Items: items.map(({ row, ...item }) => ({
        Applicant_Account: item.applicant,
        Applicant_Nick: item.applicantNick,
        User_Account: item.user,
        GroupId: item.groupId,
        GroupName: item.groupName,
        ApplicationType: row.kind,
        Note: row.note,
        Time: row.time,
        MsgKey: row.msg_key,
        Authentication: row.token,
        ...(row.handled > 0 && {
          HandleAction: row.handled === 1 ? 'Agree' : 'Reject',
          HandledMsg: row.handled_text,
        }),
      })),
      NextCursor: next ? `${next.msgKey}.${next.applicant}` : '',
    }
  },
})

function parseCursor(text: string | undefined): ApplicationCursor | undefined {
  if (!text) return undefined
  const match = /^(\d{1,16})\.(\d{1,15})$/.exec(text)
  if (!match) throw badField('Cursor', 'is not a value that this command answered')
  return { msgKey: Number(match[1]), applicant: Number(match[2]) }
}

const handleRequest = Type.Object({
  GroupId: groupId,
  Applicant_Account: Type.String({ minLength: 1, description: 'UserID of who asks, or who invites.' }),
  User_Account: Type.Optional(Type.String({ description: 'UserID of the invited one.' })),
  ApplicationType: Type.Integer({
    minimum: 0,
    maximum: 2,
    description:
      '0 somebody asks to join, 1 an invitation that an admin approves, 2 one that the invited accepts.',
  }),
  MsgKey: count(Number.MAX_SAFE_INTEGER, 'Key of the request.'),
  Authentication: Type.String({ description: 'Token of the request.' }),
  Action: Type.Union([Type.Literal('Agree'), Type.Literal('Reject')], { description: 'The answer.' }),
  HandleMsg: Type.Optional(Type.String({ description: 'Text for who asked, up to 1000 bytes.' })),
})
const handleCommand = defineCommand({
  name: 'group/handle_application',
  summary: 'Agrees to a request or refuses it.',
  http: 'none',
  request: handleRequest,
  socket: { request: handleRequest },
  response: Type.Object({ Group: Type.Optional(wire) }),
  errors: [
    ...COMMON_ERRORS,
    ErrorCode.GROUP_REQUEST_ALREADY_HANDLED,
    ErrorCode.GROUP_ACCOUNT_NOT_FOUND,
    ErrorCode.GROUP_FULL,
    ErrorCode.GROUP_JOINED_COUNT_LIMIT,
  ],
  async handler(call) {
    const { body } = call
    const text = requireNote('HandleMsg', body.HandleMsg)
    const target = await groupCall(call, body.GroupId)
    const applicant = await accountOf(call, body.Applicant_Account)
    const user = body.ApplicationType === 0 ? 0 : (await accountOf(call, body.User_Account ?? '')).id
    const entered = await call.services.store.mutate(handleApplication, {
      ...target,
      kind: body.ApplicationType,
      applicant: applicant.id,
      user,
      msgKey: body.MsgKey,
      token: body.Authentication,
      agree: body.Action === 'Agree',
      text,
      joinedMax: call.caller.app.setting('group.joinedMax'),
    })
    return entered ? groupNow(call, target.group) : {}
  },
})

/** Notices of an answer. */
const NOTICES = 100
const SECONDS_A_DAY = 86_400

const noticesRequest = Type.Object({
  AfterNoticeSeq: count(Number.MAX_SAFE_INTEGER, 'Notices up to this number are known to the device.'),
})
const noticesCommand = defineCommand({
  name: 'group/notices',
  summary: 'Lists the kept notices to the user, oldest first.',
  http: 'none',
  request: noticesRequest,
  socket: { request: noticesRequest },
  response: Type.Object({
    Notices: Type.Array(Type.Object({}, { additionalProperties: true }), {
      description: 'The notices (WireGroupNotice).',
    }),
    More: Type.Integer({ description: '1: ask again with the number of the last one.' }),
  }),
  errors: [],
  async handler({ body, caller, services }) {
    const rows = await services.store.read
      .selectFrom('group_notice')
      .select('body')
      .where('app_id', '=', caller.app.id)
      .where('account_id', '=', caller.accountId)
      .where('notice_no', '>', body.AfterNoticeSeq)
      .where('time', '>=', now() - caller.app.setting('group.noticeDays') * SECONDS_A_DAY)
      .orderBy('notice_no')
      .limit(NOTICES + 1)
      .execute()
    return {
      Notices: rows.slice(0, NOTICES).map(row => JSON.parse(row.body) as object),
      More: rows.length > NOTICES ? 1 : 0,
    }
  },
})

const selfRequest = Type.Object({
  GroupId: groupId,
  MsgFlag: Type.Optional(receiveOption),
  NameCard: Type.Optional(Type.String({ description: 'Name in this group.' })),
  AppMemberDefinedData: Type.Optional(memberCustom),
})
const setSelfCommand = defineCommand({
  name: 'group/set_self',
  summary: "Changes the user's own receive option, name card or custom fields in a group.",
  http: 'none',
  request: selfRequest,
  socket: { request: selfRequest },
  response: Type.Object({}),
  errors: [...COMMON_ERRORS],
  async handler(call) {
    const { body, caller } = call
    const { app } = caller
    checkFields('AppMemberDefinedData', body.AppMemberDefinedData ?? [], memberFieldBounds(app))
    requireNameCard(body.NameCard, app.setting('group.nameCardBytes'))
    const group = await groupOf(call, body.GroupId)
    if (group.community_no > 0) {
      await changeInTopic(call, group, caller.accountId, body)
      return {}
    }
    const target = await groupCall(call, body.GroupId)
    await requireRead(call, 'editSelf', group)
    await call.services.store.mutate(changeMember, {
      ...target,
      account: caller.accountId,
      fields: {
        ...(body.MsgFlag !== undefined && { receiveOption: body.MsgFlag }),
        ...(body.NameCard !== undefined && { nameCard: body.NameCard }),
        ...(body.AppMemberDefinedData !== undefined && { custom: body.AppMemberDefinedData }),
      },
      bounds: memberFieldBounds(app),
      adminsMax: 0,
    })
    return {}
  },
})

export const ownCommands: readonly Command[] = [
  listCommand,
  profileCommand,
  joinCommand,
  quitCommand,
  applicationsCommand,
  handleCommand,
  noticesCommand,
  setSelfCommand,
]
