import { ErrorCode } from '@rookery/protocol/error-code'
import Type from 'typebox'
import type { App } from '../../apps/app.ts'
import { type Call, type Command, defineCommand } from '../../commands/command.ts'
import { CommandError } from '../../commands/command-error.ts'
import { requireInside } from '../audience/require-insider.ts'
import { accountOf, actorOf, COMMON_ERRORS, groupOf } from '../commands/group-caller.ts'
import { groupId, onOff, texts, userId } from '../commands/group-fields.ts'
import { badField, denied } from '../group-error.ts'
import type { GroupRow, MemberRow } from '../group-rows.ts'
import { checkProfile } from '../profile/group-text.ts'
import { onOff as onOffText, wireSelf } from '../profile/wire-group.ts'
import { tipModes } from '../rules/tip-rules.ts'
import { createTopic, destroyTopics, modifyTopic, type TopicText, wireTopic } from './change-topics.ts'
import { topicRows } from './topic-rows.ts'

type AnyCall = Pick<Call<unknown>, 'caller' | 'services'>

const TOPICS_A_CALL = 500
const topicId = Type.String({ minLength: 1, description: 'Id of the topic.' })
const topicName = Type.String({ description: 'Name of the topic.' })
const customString = Type.Optional(Type.String({ description: "The app's own text, up to 3000 bytes." }))
const from = Type.Optional(
  Type.String({ minLength: 1, description: 'UserID that is shown as the one who did it.' }),
)
const errors = [...COMMON_ERRORS, ErrorCode.GROUP_ACCOUNT_NOT_FOUND, ErrorCode.COMMUNITY_DISABLED] as const

interface TopicBody {
  readonly TopicName?: string
  readonly Introduction?: string
  readonly Notification?: string
  readonly FaceUrl?: string
  readonly CustomString?: string
}

/** A community that has topics. Throws 11000, 10007. */
async function communityOf(call: AnyCall, id: string): Promise<GroupRow> {
  if (!call.caller.app.setting('group.communityEnabled'))
    throw new CommandError(
      ErrorCode.COMMUNITY_DISABLED,
      'Communities are switched off for this app (group.communityEnabled).',
      { check: 'group.communityEnabled' },
    )
  const group = await groupOf(call, id)
  if (!group.support_topic) throw denied(`${id} is no community with topics.`, 'SupportTopic')
  return group
}

function textOf(app: App, body: TopicBody): TopicText {
  const { TopicName, CustomString, Introduction, Notification, FaceUrl } = body
  const profile = {
    ...(TopicName !== undefined && { Name: TopicName }),
    ...(Introduction !== undefined && { Introduction }),
    ...(Notification !== undefined && { Notification }),
    ...(FaceUrl !== undefined && { FaceUrl }),
  }
  checkProfile(app, profile, 'TopicName')
  const max = app.setting('topic.customBytes')
  if (Buffer.byteLength(CustomString ?? '') > max)
    throw badField('CustomString', `has more than ${max} bytes`)
  return {
    ...(TopicName !== undefined && { name: TopicName }),
    ...(Introduction !== undefined && { introduction: Introduction }),
    ...(Notification !== undefined && { notification: Notification }),
    ...(FaceUrl !== undefined && { faceUrl: FaceUrl }),
    ...(CustomString !== undefined && { customString: CustomString }),
  }
}

const createFields = {
  GroupId: groupId,
  TopicName: topicName,
  TopicId: Type.Optional(topicId),
  CustomString: customString,
  ...texts,
}

async function create(
  call: AnyCall,
  body: TopicBody & {
    readonly GroupId: string
    readonly TopicName: string
    readonly TopicId?: string
    readonly From_Account?: string
    readonly CreateTime?: number
  },
): Promise<{ TopicId: string }> {
  const { caller, services } = call
  const community = await communityOf(call, body.GroupId)
  if (body.CreateTime !== undefined && body.CreateTime > Date.now() / 1000)
    throw badField('CreateTime', 'lies in the future')
  const TopicId = await createTopic(services.store, {
    app: caller.app.id,
    group: community.group_no,
    actor: await actorOf(call, body.From_Account),
    ...(body.TopicId !== undefined && { topicId: body.TopicId }),
    text: { ...textOf(caller.app, body), name: body.TopicName },
    ...(body.CreateTime !== undefined && { createTime: body.CreateTime }),
    max: caller.app.setting('topic.max'),
  })
  return { TopicId }
}

const createErrors = [...errors, ErrorCode.GROUP_ID_IN_USE_BY_SELF, ErrorCode.GROUP_JOINED_COUNT_LIMIT]

/** `million_group_open_http_svc/create_topic` (rest-2 section 8.8). */
const createCommand = defineCommand({
  name: 'million_group_open_http_svc/create_topic',
  summary: 'Makes a topic in a community.',
  http: 'admin',
  request: Type.Object({ ...createFields, From_Account: from }),
  socket: { request: Type.Object(createFields) },
  response: Type.Object({ TopicId: topicId }),
  errors: createErrors,
  handler: call => create(call, call.body),
})

/** `group_open_http_svc/import_topic` (rest-2 section 7.4). */
const importCommand = defineCommand({
  name: 'group_open_http_svc/import_topic',
  summary: 'Makes a topic of the past; nobody is told.',
  http: 'admin',
  request: Type.Object({
    Type: Type.Literal('Community', { description: '`Community`.' }),
    ...createFields,
    From_Account: from,
    CreateTime: Type.Optional(
      Type.Integer({ minimum: 1, description: 'When it was made, Unix seconds.', fromText: true }),
    ),
  }),
  response: Type.Object({ TopicId: topicId }),
  errors: createErrors,
  handler: call =>
    create(call, { ...call.body, CreateTime: call.body.CreateTime ?? Math.floor(Date.now() / 1000) }),
})

const selfInfo = Type.Object({
  MsgSeq: Type.Integer({ description: 'Read position.' }),
  MsgFlag: Type.String({ description: 'Receive option.' }),
  ShutUpTime: Type.Integer({ description: 'End of the mute, Unix seconds; 0: not muted.' }),
  MuteTime: Type.Integer({ description: 'The same.' }),
})
const getFields = {
  GroupId: groupId,
  TopicIdList: Type.Optional(Type.Array(topicId, { description: 'The topics; absent: all.' })),
  ResponseFilter: Type.Optional(Type.Array(Type.String(), { description: 'Fields of TopicInfo to answer.' })),
}

/** `million_group_open_http_svc/get_topic` (rest-2 section 8.8). */
const getCommand = defineCommand({
  name: 'million_group_open_http_svc/get_topic',
  summary: 'Shows topics of a community.',
  http: 'admin',
  request: Type.Object({ ...getFields, From_Account: Type.Optional(userId) }),
  socket: { request: Type.Object(getFields) },
  response: Type.Object({
    TopicAndSelfInfo: Type.Array(
      Type.Object(
        {
          ErrorCode: Type.Integer({ description: '0, or why this topic is not shown.' }),
          ErrorInfo: Type.String({ description: 'What failed.' }),
          TopicInfo: Type.Object(
            { TopicId: topicId },
            { additionalProperties: true, description: 'The topic (rest-2 section 2.7).' },
          ),
          SelfInfo: Type.Optional(selfInfo),
        },
        { description: 'One topic.' },
      ),
      { description: 'The topics.' },
    ),
  }),
  errors,
  async handler(call) {
    const { body, caller, services } = call
    const { read } = services.store
    const community = await communityOf(call, body.GroupId)
    await requireInside(call, community)
    const account =
      caller.door === 'socket'
        ? caller.accountId
        : body.From_Account === undefined
          ? undefined
          : (await accountOf(call, body.From_Account)).id
    const membership =
      account === undefined ? undefined : await services.groups.membership(community, account)
    const rows = new Map((await topicRows(read, community)).map(row => [row.name, row]))
    const wanted = body.TopicIdList ?? [...rows.keys()]
    if (wanted.length > TOPICS_A_CALL)
      throw badField('TopicIdList', `names more than ${TOPICS_A_CALL} topics`)
    const TopicAndSelfInfo = []
    for (const id of wanted) {
      const row = rows.get(id)
      if (!row) {
        TopicAndSelfInfo.push({
          ErrorCode: ErrorCode.TOPIC_NOT_FOUND,
          ErrorInfo: 'There is no such topic.',
          TopicInfo: { TopicId: id },
        })
        continue
      }
      TopicAndSelfInfo.push({
        ErrorCode: 0,
        ErrorInfo: '',
        TopicInfo: filtered(await topicInfo(call, row, community), body.ResponseFilter),
        ...(membership?.row && { SelfInfo: await selfOf(call, row, membership.row, membership.mutedUntil) }),
      })
    }
    return { TopicAndSelfInfo }
  },
})

async function topicInfo(
  call: AnyCall,
  topic: GroupRow,
  community: GroupRow,
): Promise<Record<string, unknown>> {
  const wire = await wireTopic(call.services.store.read, topic, community)
  return {
    TopicId: topic.name,
    GroupID: community.name,
    TopicName: wire.Name,
    FaceUrl: wire.FaceUrl,
    Notification: wire.Notification,
    Introduction: wire.Introduction,
    CustomString: topic.custom_string,
    CreateTime: wire.CreateTime,
    LastMsgTime: wire.LastMsgTime,
    NextMsgSeq: wire.NextMsgSeq,
    MuteAllMember: onOffText(topic.mute_all),
  }
}

/** Who is muted in the community is so in its topics. */
async function selfOf(call: AnyCall, topic: GroupRow, member: MemberRow, mutedUntil: number) {
  const now = Math.floor(Date.now() / 1000)
  const self = await wireSelf(call.services.store.read, topic, member, now)
  const until = Math.max(self.MuteUntil, mutedUntil > now ? mutedUntil : 0)
  return { MsgSeq: self.MsgSeq, MsgFlag: self.MsgFlag, ShutUpTime: until, MuteTime: until }
}

/** The id is always answered. */
function filtered(
  info: Record<string, unknown>,
  filter: readonly string[] | undefined,
): { TopicId: string } & Record<string, unknown> {
  const shown = Object.entries(info).filter(([field]) => filter === undefined || filter.includes(field))
  return { ...Object.fromEntries(shown), TopicId: String(info.TopicId) }
}

const modifyFields = {
  GroupId: groupId,
  TopicId: topicId,
  TopicName: Type.Optional(topicName),
  CustomString: customString,
  MuteAllMember: Type.Optional(onOff('`On`: only owner and admins, or who may mute, speak in the topic.')),
  ...texts,
}

/** `million_group_open_http_svc/modify_topic` (rest-2 section 8.8). */
const modifyCommand = defineCommand({
  name: 'million_group_open_http_svc/modify_topic',
  summary: 'Changes a topic of a community.',
  http: 'admin',
  request: Type.Object({ ...modifyFields, From_Account: from }),
  socket: { request: Type.Object(modifyFields) },
  response: Type.Object({}),
  errors,
  async handler(call) {
    const { body, caller, services } = call
    const community = await communityOf(call, body.GroupId)
    await services.store.mutate(modifyTopic, {
      app: caller.app.id,
      group: community.group_no,
      actor: await actorOf(call, body.From_Account),
      topicId: body.TopicId,
      text: textOf(caller.app, body),
      ...(body.MuteAllMember !== undefined && { muteAll: body.MuteAllMember === 'On' }),
      tips: tipModes(caller.app, community.type),
    })
    return {}
  },
})

const destroyFields = {
  GroupId: groupId,
  TopicIdList: Type.Array(topicId, { minItems: 1, description: 'The topics.' }),
}

/** `million_group_open_http_svc/destroy_topic` (rest-2 section 8.8). */
const destroyCommand = defineCommand({
  name: 'million_group_open_http_svc/destroy_topic',
  summary: 'Destroys topics of a community.',
  http: 'admin',
  request: Type.Object({ ...destroyFields, From_Account: from }),
  socket: { request: Type.Object(destroyFields) },
  response: Type.Object({
    DestroyResultItem: Type.Array(
      Type.Object({
        TopicId: topicId,
        ErrorCode: Type.Integer({ description: '0, or 110003 for one that there is not.' }),
        ErrorInfo: Type.String({ description: 'What failed.' }),
      }),
      { description: 'The outcome for each topic.' },
    ),
  }),
  errors,
  async handler(call) {
    const { body, caller, services } = call
    if (body.TopicIdList.length > TOPICS_A_CALL)
      throw badField('TopicIdList', `names more than ${TOPICS_A_CALL} topics`)
    const community = await communityOf(call, body.GroupId)
    const missing = await destroyTopics(services.store, {
      app: caller.app.id,
      group: community.group_no,
      actor: await actorOf(call, body.From_Account),
      topicIds: body.TopicIdList,
    })
    return {
      DestroyResultItem: body.TopicIdList.map(TopicId =>
        missing.has(TopicId)
          ? { TopicId, ErrorCode: ErrorCode.TOPIC_NOT_FOUND, ErrorInfo: 'There is no such topic.' }
          : { TopicId, ErrorCode: 0, ErrorInfo: '' },
      ),
    }
  },
})

export const topicCommands: readonly Command[] = [
  createCommand,
  importCommand,
  getCommand,
  modifyCommand,
  destroyCommand,
]
