import { ErrorCode } from '@rookery/protocol/error-code'
import Type from 'typebox'
import { type Call, type Command, defineCommand } from '../../commands/command.ts'
import { checkElements } from '../../messages/element-check.ts'
import { checkMessageSize, messageBodyText } from '../../messages/message-body.ts'
import { randomU32 } from '../../messages/send-options.ts'
import { accountOf, accountsOf, COMMON_ERRORS, groupOf } from '../commands/group-caller.ts'
import { accounts, groupId, userId } from '../commands/group-fields.ts'
import { badField, denied, requireBatch } from '../group-error.ts'
import type { GroupRow } from '../group-rows.ts'
import { personsOf } from '../persons.ts'
import { TYPE_RULES } from '../rules/group-types.ts'
import { broadcast } from './broadcast.ts'
import { changeLiveAdmins } from './change-live-admins.ts'
import { changeMarks } from './change-marks.ts'
import { onlineMembers } from './online-members.ts'

type AnyCall = Pick<Call<unknown>, 'caller' | 'services'>

const PAGE = 500
const PEOPLE_A_CALL = 500
/** Own marks begin here; 500 and 600 are the interface's (rest-2 section 2.6). */
const FIRST_MARK = 1000
const SPECIAL_MARKS: readonly number[] = [500, 600]

/** The live room of an id. Throws 10007 for another type. */
async function roomOf(call: AnyCall, id: string): Promise<GroupRow> {
  const group = await groupOf(call, id)
  if (TYPE_RULES[group.type].storesMembers)
    throw denied(`${id} is no live room; this command is for groups of type AVChatRoom.`, 'type')
  return group
}

/** Over the socket: who is inside. Throws 10007. */
function requireInside(call: AnyCall, room: GroupRow): void {
  const { caller, services } = call
  if (caller.door === 'socket' && !services.rooms.live.has(room.app_id, room.group_no, caller.accountId))
    throw denied(`Enter the room ${room.name} first.`, 'audience')
}

const roomRequest = Type.Object({ GroupId: groupId })

/** `group_open_http_svc/get_online_member_num` (rest-2 section 8.1), for every type. */
const onlineCommand = defineCommand({
  name: 'group_open_http_svc/get_online_member_num',
  summary: 'Tells how many people are in a live room, or how many members of another group are online.',
  http: 'admin',
  request: roomRequest,
  socket: { request: roomRequest },
  response: Type.Object({ OnlineMemberNum: Type.Integer({ description: 'The people.' }) }),
  errors: [...COMMON_ERRORS],
  async handler(call) {
    const group = await groupOf(call, call.body.GroupId)
    if (!TYPE_RULES[group.type].storesMembers) {
      requireInside(call, group)
      return { OnlineMemberNum: await call.services.rooms.counts.count(group) }
    }
    const { row } = await call.services.groups.membership(group, call.caller.accountId)
    if (call.caller.door === 'socket' && !row) throw denied('You are not in the group.', 'role')
    return { OnlineMemberNum: await onlineMembers(call.services.store, group) }
  },
})

const membersRequest = Type.Object({
  GroupId: groupId,
  Timestamp: Type.Integer({ minimum: 0, description: '0 first, then NextTimestamp.', fromText: true }),
  Mark: Type.Optional(Type.Integer({ description: 'Only people with this mark.', fromText: true })),
})

/** `group_open_avchatroom_http_svc/get_members` (rest-2 section 8.2). `Timestamp` counts the people that were answered. */
const membersCommand = defineCommand({
  name: 'group_open_avchatroom_http_svc/get_members',
  summary: 'Lists the people in a live room, newest first.',
  http: 'admin',
  request: membersRequest,
  socket: { request: membersRequest },
  response: Type.Object({
    MemberList: Type.Array(
      Type.Object({
        Member_Account: userId,
        JoinTime: Type.Integer({ description: 'When the person entered, Unix seconds.' }),
        NickName: Type.String({ description: 'Display name.' }),
        Avatar: Type.String({ description: 'Address of the avatar.' }),
        Marks: Type.Array(Type.Integer(), { description: 'Marks of the person.' }),
      }),
      { description: 'The people.' },
    ),
    NextTimestamp: Type.Integer({ description: 'For the next page; 0: this was the last one.' }),
  }),
  errors: [...COMMON_ERRORS],
  async handler(call) {
    const { body, caller, services } = call
    const room = await roomOf(call, body.GroupId)
    requireInside(call, room)
    const everybody = await services.rooms.counts.newest(room, caller.app.setting('live.membersShown'))
    const marks = await marksOf(call, room, new Map(everybody.map(it => [it.account, it.joinTime])))
    const { Mark } = body
    const wanted =
      Mark === undefined ? everybody : everybody.filter(it => marks.get(it.account)?.includes(Mark))
    const page = wanted.slice(body.Timestamp, body.Timestamp + PAGE)
    const persons = await personsOf(
      services.store.read,
      caller.app.id,
      page.map(it => it.account),
    )
    const end = body.Timestamp + page.length
    return {
      MemberList: page.flatMap(({ account, joinTime }) => {
        const person = persons.get(account)
        if (!person || person.deleted) return []
        return [
          {
            Member_Account: person.userId,
            JoinTime: joinTime,
            NickName: person.nick,
            Avatar: person.faceUrl,
            Marks: marks.get(account) ?? [],
          },
        ]
      }),
      NextTimestamp: end < wanted.length ? end : 0,
    }
  },
})

/** Marks that were set since their people entered. */
async function marksOf(
  { services }: AnyCall,
  room: GroupRow,
  inside: ReadonlyMap<number, number>,
): Promise<Map<number, number[]>> {
  const rows = await services.store.read
    .selectFrom('room_mark')
    .select(['account_id', 'mark', 'time'])
    .where('app_id', '=', room.app_id)
    .where('group_no', '=', room.group_no)
    .orderBy('mark')
    .execute()
  const marks = new Map<number, number[]>()
  for (const { account_id: account, mark, time } of rows)
    if (time >= (inside.get(account) ?? Number.POSITIVE_INFINITY))
      marks.set(account, [...(marks.get(account) ?? []), mark])
  return marks
}

const marked = Type.Object({
  Member_Account: userId,
  Marks: Type.Array(Type.Integer({ minimum: 0, maximum: 4_294_967_295 }), {
    description: 'Marks: 1000 and above, or 500 or 600.',
  }),
})
const markRequest = Type.Object({
  GroupId: groupId,
  CommandType: Type.Integer({ minimum: 1, maximum: 2, description: '1 set, 2 delete.', fromText: true }),
  MemberList: Type.Array(marked, { minItems: 1, description: 'People with their marks, up to 500.' }),
})

/** `group_open_avchatroom_http_svc/modify_user_info` (rest-2 section 8.3). */
const markCommand = defineCommand({
  name: 'group_open_avchatroom_http_svc/modify_user_info',
  summary: 'Marks people in a live room, or takes their marks away.',
  http: 'admin',
  request: markRequest,
  socket: { request: markRequest },
  response: Type.Object({
    CommandType: Type.Integer({ description: 'As it was asked.' }),
    MemberList: Type.Array(marked, { description: 'The people for whom it was done: who was inside.' }),
  }),
  errors: [...COMMON_ERRORS, ErrorCode.GROUP_ACCOUNT_COUNT_LIMIT],
  async handler(call) {
    const { body, caller, services } = call
    requireBatch('MemberList', body.MemberList, PEOPLE_A_CALL)
    for (const { Marks } of body.MemberList)
      for (const mark of Marks)
        if (mark < FIRST_MARK && !SPECIAL_MARKS.includes(mark))
          throw badField('Marks', `holds ${mark}; own marks are ${FIRST_MARK} and above`)
    const room = await roomOf(call, body.GroupId)
    if (caller.door === 'socket' && room.owner_id !== caller.accountId)
      throw denied('Only the owner of a live room marks people.', 'role')
    const named = await accountsOf(
      call,
      body.MemberList.map(it => it.Member_Account),
    )
    const ids = [...named.values()].map(account => account.id)
    const { gone, inside } = await presence(call, room, ids)
    const done = body.MemberList.filter(it => inside.has(named.get(it.Member_Account)?.id ?? 0))
    await services.store.mutate(changeMarks, {
      app: room.app_id,
      group: room.group_no,
      set: body.CommandType === 1,
      people: done.map(it => ({
        account: named.get(it.Member_Account)?.id ?? 0,
        marks: [...new Set(it.Marks)],
      })),
      gone,
      bounds: { marks: caller.app.setting('live.marksMax'), users: caller.app.setting('live.markUsersMax') },
    })
    return { CommandType: body.CommandType, MemberList: done }
  },
})

/** Who of these is inside, and whose marks are void because he left since. */
async function presence(
  { services }: AnyCall,
  room: GroupRow,
  accounts: readonly number[],
): Promise<{ inside: Map<number, number>; gone: number[] }> {
  const rows = await services.store.read
    .selectFrom('room_mark')
    .select(eb => ['account_id', eb.fn.max<number>('time').as('time')])
    .where('app_id', '=', room.app_id)
    .where('group_no', '=', room.group_no)
    .groupBy('account_id')
    .execute()
  const inside = await services.rooms.counts.inside(room, [...accounts, ...rows.map(row => row.account_id)])
  const gone = rows.filter(row => row.time < (inside.get(row.account_id) ?? Number.POSITIVE_INFINITY))
  return { inside, gone: gone.map(row => row.account_id) }
}

/** `group_open_avchatroom_http_svc/modify_admin` (rest-2 section 8.4). */
const adminCommand = defineCommand({
  name: 'group_open_avchatroom_http_svc/modify_admin',
  summary: 'Appoints or dismisses admins of a live room.',
  http: 'admin',
  request: Type.Object({
    GroupId: groupId,
    CommandType: Type.Integer({ minimum: 1, maximum: 2, description: '1 add, 2 remove.', fromText: true }),
    Admin_Account: accounts('UserIDs of the admins.'),
  }),
  response: Type.Object({}),
  errors: [...COMMON_ERRORS, ErrorCode.GROUP_ACCOUNT_NOT_FOUND],
  async handler(call) {
    const { body, caller, services } = call
    const room = await roomOf(call, body.GroupId)
    const ids = []
    for (const name of new Set(body.Admin_Account)) ids.push((await accountOf(call, name)).id)
    await services.store.mutate(changeLiveAdmins, {
      app: caller.app.id,
      group: room.group_no,
      add: body.CommandType === 1,
      accounts: ids,
      adminsMax: caller.app.setting('live.adminsMax'),
    })
    return {}
  },
})

/** `group_open_avchatroom_http_svc/get_admin_list` (rest-2 section 8.4). */
const adminsCommand = defineCommand({
  name: 'group_open_avchatroom_http_svc/get_admin_list',
  summary: 'Lists the admins of a live room.',
  http: 'admin',
  request: roomRequest,
  response: Type.Object({
    Admin_List: Type.Array(
      Type.Object({
        Admin_Account: userId,
        NickName: Type.String({ description: 'Display name.' }),
        Avatar: Type.String({ description: 'Address of the avatar.' }),
      }),
      { description: 'The admins.' },
    ),
  }),
  errors: [...COMMON_ERRORS],
  async handler(call) {
    const room = await roomOf(call, call.body.GroupId)
    const rows = await call.services.store.read
      .selectFrom('group_member')
      .select('account_id')
      .where('app_id', '=', room.app_id)
      .where('group_no', '=', room.group_no)
      .orderBy('join_time')
      .orderBy('account_id')
      .execute()
    const ids = rows.map(row => row.account_id)
    const persons = await personsOf(call.services.store.read, room.app_id, ids)
    return {
      Admin_List: ids.flatMap(id => {
        const person = persons.get(id)
        return person && !person.deleted
          ? [{ Admin_Account: person.userId, NickName: person.nick, Avatar: person.faceUrl }]
          : []
      }),
    }
  },
})

/** `group_open_avchatroom_http_svc/check_members` (rest-2 section 8.5). */
const checkCommand = defineCommand({
  name: 'group_open_avchatroom_http_svc/check_members',
  summary: 'Tells who of some accounts is in a live room.',
  http: 'admin',
  request: Type.Object({ GroupId: groupId, Member_Account: accounts('UserIDs, up to 500.') }),
  response: Type.Object({ Member_Account: Type.Array(userId, { description: 'Those that are inside.' }) }),
  errors: [...COMMON_ERRORS, ErrorCode.GROUP_ACCOUNT_COUNT_LIMIT],
  async handler(call) {
    const { body } = call
    requireBatch('Member_Account', body.Member_Account, PEOPLE_A_CALL)
    const room = await roomOf(call, body.GroupId)
    const named = await accountsOf(call, body.Member_Account)
    const inside = await call.services.rooms.counts.inside(
      room,
      [...named.values()].map(account => account.id),
    )
    return { Member_Account: [...named].filter(([, { id }]) => inside.has(id)).map(([name]) => name) }
  },
})

/** `group_open_http_svc/send_broadcast_msg` (rest-2 section 6.11). */
const broadcastCommand = defineCommand({
  name: 'group_open_http_svc/send_broadcast_msg',
  summary: 'Sends a message to everybody in every live room of the app.',
  http: 'admin',
  restRate: 'rate.rest.broadcast',
  request: Type.Object({
    From_Account: userId,
    Random: Type.Integer({
      minimum: 0,
      maximum: 4_294_967_295,
      description: 'Random number of the message.',
      fromText: true,
    }),
    MsgBody: Type.Array(Type.Unknown(), { description: 'The elements of the message.' }),
    CloudCustomData: Type.Optional(
      Type.String({ description: 'Own data of the app, kept with the message.' }),
    ),
  }),
  response: Type.Object({ MsgSeq: Type.Integer({ description: 'Number of the message.' }) }),
  errors: [
    ...COMMON_ERRORS,
    ErrorCode.GROUP_ACCOUNT_NOT_FOUND,
    ErrorCode.MSG_TOO_LONG,
    ErrorCode.MSG_BODY_INVALID,
    ErrorCode.MSG_FORMAT_INVALID,
  ],
  async handler(call) {
    const { body, caller, services } = call
    const from = await accountOf(call, body.From_Account)
    const text = messageBodyText(call.bodyText(), body.MsgBody)
    const custom = body.CloudCustomData ?? ''
    checkElements(body.MsgBody, {
      messages: caller.app.setting('message.mergeMax'),
      depth: caller.app.setting('message.mergeDepth'),
    })
    checkMessageSize(text, custom, caller.app.setting('message.maxBytes'), caller.door)
    const seq = randomU32()
    broadcast(services, caller.app.id, { from, body: text, custom, random: body.Random, seq })
    return { MsgSeq: seq }
  },
})

export const roomCommands: readonly Command[] = [
  onlineCommand,
  membersCommand,
  markCommand,
  adminCommand,
  adminsCommand,
  checkCommand,
  broadcastCommand,
]
