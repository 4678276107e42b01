import { randomBytes } from 'node:crypto'
import { ErrorCode } from '@rookery/protocol/error-code'
import { GroupNotice, GroupTip } from '@rookery/protocol/group-notice'
import type { WireGroup, WireGroupNotice } from '@rookery/protocol/wire-group'
import { CommandError } from '../../commands/command-error.ts'
import { makeConversation } from '../../conversations/owner-row.ts'
import { defineMutation, type Transaction } from '../../store/mutation.ts'
import type { Store } from '../../store/store.ts'
import { audienceOf } from '../audience/audience-of.ts'
import { editGroup, tellGroup } from '../change-group.ts'
import { actingRole, type Standing, standing } from '../group-call.ts'
import { badField, denied, groupNotFound } from '../group-error.ts'
import { type GroupRow, groupRow } from '../group-rows.ts'
import { type Actor, requireMay } from '../judge.ts'
import { roleInTopic } from '../permissions/rights.ts'
import { personsOf } from '../persons.ts'
import { coverFrame } from '../profile/tell-profile.ts'
import { onOff, wireGroup } from '../profile/wire-group.ts'
import { strongest, type TipModes } from '../rules/tip-rules.ts'
import { sendTip } from '../tips/send-tip.ts'
import type { TipProfile } from '../tips/tip-content.ts'
import { closeTopicRows, openTopicRows, topicNamed, topicRows } from './topic-rows.ts'

/** Members whose rows one transaction opens or closes. */
const MEMBERS_A_STEP = 200
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'
const RANDOM_CHARS = 10
/** rest-2 section 2.1 */
const ID_BYTES_MAX = 96

export interface TopicCall {
  readonly app: number
  readonly group: number
  readonly actor: Actor
}

export interface TopicText {
  readonly name?: string
  readonly introduction?: string
  readonly notification?: string
  readonly faceUrl?: string
  readonly customString?: string
}

export interface CreateTopic extends TopicCall {
  readonly topicId?: string
  readonly text: TopicText & { readonly name: string }
  /** Unix seconds of an import, of which nobody is told. */
  readonly createTime?: number
  /** `topic.max` */
  readonly max: number
}

/** Makes a topic and opens it for every member of the community. Returns its id. Throws 10007, 10021, 10037, 10004. */
export async function createTopic(store: Store, call: CreateTopic): Promise<string> {
  const { topic, topicId } = await store.mutate(insertTopic, call)
  for (let after = 0; ; ) {
    const accounts = await membersAfter(store, call, after)
    if (accounts.length === 0) return topicId
    await store.mutate(openTopic, { app: call.app, group: call.group, topic, accounts })
    after = accounts.at(-1) ?? after
  }
}

async function membersAfter(
  store: Pick<Store, 'read'>,
  { app, group }: { readonly app: number; readonly group: number },
  after: number,
): Promise<number[]> {
  const rows = await store.read
    .selectFrom('group_member')
    .select('account_id')
    .where('app_id', '=', app)
    .where('group_no', '=', group)
    .where('account_id', '>', after)
    .orderBy('account_id')
    .limit(MEMBERS_A_STEP)
    .execute()
  return rows.map(row => row.account_id)
}

const insertTopic = defineMutation<CreateTopic, { topic: number; topicId: string }>(
  'topics/create',
  async (tx, call) => {
    const community = await managedCommunity(tx, call)
    const present = await topicRows(tx.db, community)
    if (present.length >= call.max)
      throw new CommandError(
        ErrorCode.GROUP_JOINED_COUNT_LIMIT,
        `The community has its ${call.max} topics; destroy some or raise topic.max.`,
        { check: 'topic.max', max: call.max },
      )
    const topicId = await freeTopicId(tx, community, call.topicId)
    const topic = await insert(tx, community, topicId, call)
    tellGroup(tx, topic)
    if (call.createTime === undefined)
      await tellTopics(tx, community, GroupNotice.TOPIC_CREATED, [topicId], call.actor.account)
    return { topic: topic.group_no, topicId }
  },
  {
    locks: ({ app, group }) => [
      { on: 'app', app, shared: true },
      { on: 'group', app, group },
    ],
  },
)

interface OpenTopic {
  readonly app: number
  readonly group: number
  readonly topic: number
  readonly accounts: readonly number[]
}

const topicLocks = ({ app, group, accounts }: OpenTopic) => [
  { on: 'group' as const, app, group },
  ...accounts.map(account => ({ on: 'account' as const, app, account })),
]

const openTopic = defineMutation<OpenTopic, void>(
  'topics/open',
  async (tx, { app, group, topic: no, accounts }) => {
    const community = await groupRow(tx.db, app, group)
    const topic = await groupRow(tx.db, app, no)
    if (!community || community.dismissed > 0 || !topic || topic.dismissed > 0) return
    const members = await membersAmong(tx, community, accounts)
    // Who joined meanwhile has it already, and its range begins later.
    const having = await tx.db
      .selectFrom('user_conversation')
      .select('account_id')
      .where('app_id', '=', app)
      .where('conv_id', '=', topic.conv_id)
      .where('account_id', 'in', accounts)
      .where('to_seq', '=', -1)
      .execute()
    const has = new Set(having.map(row => row.account_id))
    await openTopicRows(
      tx,
      // It is new for everybody: what was written in it until now is for them.
      { ...community, history_before_join: 1 },
      [topic],
      members.filter(account => !has.has(account)),
    )
  },
  { locks: topicLocks },
)

async function membersAmong(
  tx: Transaction,
  community: GroupRow,
  accounts: readonly number[],
): Promise<number[]> {
  const rows = await tx.db
    .selectFrom('group_member')
    .select('account_id')
    .where('app_id', '=', community.app_id)
    .where('group_no', '=', community.group_no)
    .where('account_id', 'in', accounts)
    .orderBy('account_id')
    .execute()
  return rows.map(row => row.account_id)
}

export interface ModifyTopic extends TopicCall {
  readonly topicId: string
  readonly text: TopicText
  readonly muteAll?: boolean
  readonly tips: TipModes
}

/** Changes what a topic shows, or mutes everybody in it; each asks for its own right. Throws 10007, 10010. */
export const modifyTopic = defineMutation<ModifyTopic, void>(
  'topics/modify',
  async (tx, call) => {
    const who = await topicStanding(tx, call)
    if (who.role === 'NonMember') requireMay('manageTopics', who.group, who.role)
    const topic = await topicNamed(tx, who.group, call.topicId)
    if (!topic) throw groupNotFound(call.topicId)
    const { text, muteAll } = call
    const as = (right: 'manageTopic' | 'mute') => roleInTopic(right, topic.group_no, who.role, who.rights)
    if (muteAll === undefined || Object.keys(text).length > 0)
      requireMay('manageTopics', who.group, as('manageTopic'))
    if (muteAll !== undefined) requireMay('muteAll', who.group, as('mute'))
    const isMute = muteAll !== undefined && muteAll !== (topic.mute_all === 1)
    const community = isMute ? await editGroup(tx, who.group, { rights: true }) : who.group
    const changed = await editGroup(tx, topic, {
      set: {
        ...(text.name !== undefined && { title: text.name }),
        ...(text.introduction !== undefined && { introduction: text.introduction }),
        ...(text.notification !== undefined && { notification: text.notification }),
        ...(text.faceUrl !== undefined && { face_url: text.faceUrl }),
        ...(text.customString !== undefined && { custom_string: text.customString }),
        ...(muteAll !== undefined && { mute_all: muteAll ? 1 : 0 }),
      },
      profile: true,
    })
    if (isMute) tellGroup(tx, community)
    tellGroup(tx, changed)
    const news = textNews(topic, changed)
    const modes = [
      ...(Object.keys(news).length > 0 ? [call.tips.profile] : []),
      ...(isMute ? [call.tips.options] : []),
    ]
    if (modes.length > 0) {
      const profile = { ...news, ...(isMute && { MuteAllMember: onOff(changed.mute_all) }) }
      await sendTip(
        tx,
        changed,
        call.actor.account,
        { op: GroupTip.PROFILE, accounts: [], profile },
        strongest(modes),
      )
    }
    const audience = { kind: 'groupPush', app: call.app, ...audienceOf(changed) } as const
    const profile = JSON.stringify(await wireTopic(tx.db, changed, community))
    tx.changed({ ...audience, frame: `{"ev":"group","g":${profile}}` })
    tx.changed({ ...audience, frame: await coverFrame(tx, changed) })
  },
  { locks: ({ app, group }) => [{ on: 'group', app, group }] },
)

/** What a tip says of changed texts; the custom text is the app's own. */
function textNews(before: GroupRow, after: GroupRow): TipProfile {
  return {
    ...(before.title !== after.title && { GroupName: after.title }),
    ...(before.introduction !== after.introduction && { GroupIntroduction: after.introduction }),
    ...(before.notification !== after.notification && { GroupNotification: after.notification }),
    ...(before.face_url !== after.face_url && { GroupFaceUrl: after.face_url }),
  }
}

export interface DestroyTopics extends TopicCall {
  readonly topicIds: readonly string[]
}

/** Destroys topics; returns which of them there were not. */
export async function destroyTopics(store: Store, call: DestroyTopics): Promise<Set<string>> {
  const { missing, topics } = await store.mutate(dismissTopics, call)
  for (let after = 0; topics.length > 0; ) {
    const accounts = await membersAfter(store, call, after)
    if (accounts.length === 0) break
    await store.mutate(closeTopics, { app: call.app, group: call.group, topics, accounts })
    after = accounts.at(-1) ?? after
  }
  return new Set(missing)
}

const dismissTopics = defineMutation<DestroyTopics, { missing: string[]; topics: number[] }>(
  'topics/destroy',
  async (tx, call) => {
    const managed = await managedCommunity(tx, call)
    const missing: string[] = []
    const topics: GroupRow[] = []
    for (const topicId of new Set(call.topicIds)) {
      const topic = await topicNamed(tx, managed, topicId)
      if (topic) topics.push(topic)
      else missing.push(topicId)
    }
    // Before they are dismissed, so that what was judged before is refused in them too.
    const community = topics.length > 0 ? await editGroup(tx, managed, { rights: true }) : managed
    const gone: GroupRow[] = []
    for (const topic of topics) gone.push(await dismissTopic(tx, topic))
    if (gone.length > 0) {
      tellGroup(tx, community)
      await tellTopics(
        tx,
        community,
        GroupNotice.TOPIC_DELETED,
        gone.map(topic => topic.name),
        call.actor.account,
      )
    }
    return { missing, topics: gone.map(topic => topic.group_no) }
  },
  { locks: ({ app, group }) => [{ on: 'group', app, group }] },
)

/** For a community that is dismissed, under its lock, when its rights have their new number. */
export async function dismissTopicsOf(tx: Transaction, community: GroupRow): Promise<void> {
  if (!community.support_topic) return
  for (const topic of await topicRows(tx.db, community)) await dismissTopic(tx, topic)
}

async function dismissTopic(tx: Transaction, topic: GroupRow): Promise<GroupRow> {
  const gone = await editGroup(tx, topic, { set: { dismissed: tx.now } })
  await tx.db
    .deleteFrom('permission_topic')
    .where('app_id', '=', topic.app_id)
    .where('group_no', '=', topic.community_no)
    .where('topic_no', '=', topic.group_no)
    .execute()
  await tx.db
    .deleteFrom('group_mute')
    .where('app_id', '=', topic.app_id)
    .where('group_no', '=', topic.group_no)
    .execute()
  tellGroup(tx, gone, { dismissed: true })
  return gone
}

const closeTopics = defineMutation<Omit<OpenTopic, 'topic'> & { readonly topics: readonly number[] }, void>(
  'topics/close',
  async (tx, { app, topics, accounts }) => {
    const rows = await tx.db
      .selectFrom('chat_group')
      .select(['group_no', 'conv_id', 'history_before_join'])
      .where('app_id', '=', app)
      .where('group_no', 'in', topics)
      .execute()
    await closeTopicRows(tx, app, rows, accounts)
  },
  { locks: call => topicLocks({ ...call, topic: 0 }) },
)

/** A topic's profile as its members see it. */
export async function wireTopic(
  db: Transaction['db'],
  topic: GroupRow,
  community: Pick<GroupRow, 'name' | 'member_count'>,
): Promise<WireGroup> {
  return {
    ...(await wireGroup(db, topic)),
    MemberNum: community.member_count,
    CommunityId: community.name,
    CustomString: topic.custom_string,
  }
}

/** The community under its lock and the actor's place in it. Throws 10010, 10007. */
export async function topicStanding(tx: Transaction, call: TopicCall): Promise<Standing> {
  const who = await standing(tx, call)
  if (!who.group.support_topic)
    throw denied('Only a community that was made with SupportTopic 1 has topics.', 'SupportTopic')
  return who
}

/** The community under its lock, for somebody who may make and destroy its topics. Throws 10010, 10007. */
async function managedCommunity(tx: Transaction, call: TopicCall): Promise<GroupRow> {
  const who = await topicStanding(tx, call)
  requireMay('manageTopics', who.group, actingRole(who, 'manageTopics'))
  return who.group
}

async function freeTopicId(tx: Transaction, community: GroupRow, asked: string | undefined): Promise<string> {
  const prefix = `${community.name}@TOPIC#_`
  if (asked === undefined) {
    const letters = [...randomBytes(RANDOM_CHARS)].map(byte => ALPHABET[byte % ALPHABET.length]).join('')
    return `${prefix}@TOPIC#c${letters}`
  }
  const custom = asked.slice(prefix.length)
  if (
    !asked.startsWith(prefix) ||
    !/^[\x20-\x7e]+$/.test(custom) ||
    custom.includes('@TGS#_') ||
    custom.includes('@TOPIC#') ||
    asked.length > ID_BYTES_MAX
  )
    throw badField(
      'TopicId',
      `is not ${prefix} and a name of its own of printable ASCII, ${ID_BYTES_MAX} bytes in all`,
    )
  const taken = await topicNamed(tx, community, asked)
  if (taken)
    throw new CommandError(
      ErrorCode.GROUP_ID_IN_USE_BY_SELF,
      `${asked} is a topic of this community already; use it.`,
      { check: 'topic-id' },
    )
  return asked
}

async function insert(
  tx: Transaction,
  community: GroupRow,
  topicId: string,
  { app, text, createTime = tx.now }: CreateTopic,
): Promise<GroupRow> {
  const no = await tx.nextNumber('group')
  const conv = await makeConversation(tx, app, 0, no)
  await tx.db
    .updateTable('conversation')
    .set({ auth_no: community.auth_no })
    .where('app_id', '=', app)
    .where('conv_id', '=', conv)
    .execute()
  await tx.db
    .insertInto('chat_group')
    .values({
      ...community,
      group_no: no,
      name: topicId,
      conv_id: conv,
      community_no: community.group_no,
      title: text.name,
      introduction: text.introduction ?? '',
      notification: text.notification ?? '',
      face_url: text.faceUrl ?? '',
      custom_string: text.customString ?? '',
      owner_id: 0,
      created: tx.now,
      create_time: createTime,
      info_seq: 1,
      info_time: createTime,
      member_count: 0,
      mute_all: 0,
      support_topic: 0,
      enable_permission: 0,
      default_permission: '0',
      custom: '[]',
      active: 1,
      dismissed: 0,
    })
    .execute()
  const row = await groupRow(tx.db, app, no)
  if (!row) throw new Error(`Topic ${no} vanished within its transaction.`)
  return row
}

/** To everybody in the community who is online; it is not kept. */
async function tellTopics(
  tx: Transaction,
  community: GroupRow,
  type: typeof GroupNotice.TOPIC_CREATED | typeof GroupNotice.TOPIC_DELETED,
  topicIds: readonly string[],
  operator: number,
): Promise<void> {
  const by = (await personsOf(tx.db, community.app_id, [operator])).get(operator)
  const notice: WireGroupNotice = {
    ToGroupId: community.name,
    ReportType: type,
    ClientSeq: randomBytes(4).readUInt32BE(),
    MsgRandom: randomBytes(4).readUInt32BE(),
    MsgTimeStamp: tx.now,
    Operator_Account: by?.userId ?? '',
    ...(by?.nick && { Operator_Nick: by.nick }),
    ...(by?.faceUrl && { Operator_FaceUrl: by.faceUrl }),
    GroupInfo: { GroupName: community.title, Type: community.type },
    TopicIdList: topicIds,
  }
  tx.changed({
    kind: 'groupPush',
    app: community.app_id,
    group: community.group_no,
    frame: `{"ev":"notice","n":${JSON.stringify(notice)}}`,
    authNo: community.auth_no,
  })
}
