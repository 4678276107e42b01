import { ErrorCode } from '@rookery/protocol/error-code'
import Type from 'typebox'
import { type Call, type Command, defineCommand } from '../../commands/command.ts'
import { badField, denied, requireBatch } from '../group-error.ts'
import { banMembers, unbanMembers } from '../members/ban-members.ts'
import { muteMembers } from '../members/mute-members.ts'
import { messageGroup, topicId } from '../messages/message-fields.ts'
import { TYPE_RULES } from '../rules/group-types.ts'
import { accountsOf, COMMON_ERRORS, groupCall, groupOf, memberCall } from './group-caller.ts'
import { accounts, CALL_BOUNDS, count, groupId, seconds, userId } from './group-fields.ts'

const now = () => Math.floor(Date.now() / 1000)
const errors = [...COMMON_ERRORS, ErrorCode.GROUP_ACCOUNT_COUNT_LIMIT]

const muteRequest = Type.Object({
  GroupId: groupId,
  Members_Account: accounts('UserIDs of the members.'),
  MuteTime: seconds('Seconds of the mute; 0: no mute, 4294967295: for ever.'),
  TopicId: topicId,
})

/** `group_open_http_svc/forbid_send_msg` (rest-2 section 5.7). */
const muteCommand = defineCommand({
  name: 'group_open_http_svc/forbid_send_msg',
  summary: 'Mutes accounts in a group for a time, or lifts their mute.',
  http: 'admin',
  request: muteRequest,
  socket: { request: muteRequest },
  spellings: { ShutUpTime: 'MuteTime' },
  response: Type.Object({}),
  errors,
  async handler(call) {
    const { body } = call
    requireBatch('Members_Account', body.Members_Account, CALL_BOUNDS.mutes)
    const group = await messageGroup(call, body)
    await call.services.store.mutate(muteMembers, {
      ...(await memberCall(call, group)),
      accounts: await idsOf(call, body.Members_Account),
      seconds: body.MuteTime,
      ...(group.community_no > 0 && { topicId: group.name }),
    })
    return {}
  },
})

async function idsOf(
  call: Pick<Call<unknown>, 'caller' | 'services'>,
  names: readonly string[],
): Promise<number[]> {
  return [...(await accountsOf(call, names)).values()].map(account => account.id)
}

interface MutedAccount {
  readonly userId: string
  readonly until: number
}

async function mutedIn(
  call: Pick<Call<unknown>, 'caller' | 'services'>,
  body: Type.Static<typeof mutedRequest>,
): Promise<MutedAccount[]> {
  const group = await messageGroup(call, body)
  const rows = await call.services.store.read
    .selectFrom('group_mute as mute')
    .innerJoin('account', join =>
      join.onRef('account.app_id', '=', 'mute.app_id').onRef('account.account_id', '=', 'mute.account_id'),
    )
    .select(['account.user_id', 'mute.until'])
    .where('mute.app_id', '=', group.app_id)
    .where('mute.group_no', '=', group.group_no)
    .where('mute.until', '>', now())
    .where('account.deleted', '=', 0)
    .orderBy('mute.account_id')
    .execute()
  return rows.map(row => ({ userId: row.user_id, until: row.until }))
}

const mutedRequest = Type.Object({ GroupId: groupId, TopicId: topicId })
const mutedUntil = Type.Integer({ description: 'End of the mute, Unix seconds; 4294967295: never.' })

/** `group_open_http_svc/get_group_muted_account` (rest-2 section 5.8). */
const mutedCommand = defineCommand({
  name: 'group_open_http_svc/get_group_muted_account',
  summary: 'Lists the accounts that are muted in a group.',
  http: 'admin',
  request: mutedRequest,
  response: Type.Object({
    MutedAccountList: Type.Array(Type.Object({ Member_Account: userId, MutedUntil: mutedUntil }), {
      description: 'The muted accounts.',
    }),
  }),
  errors: [...COMMON_ERRORS],
  async handler(call) {
    const muted = await mutedIn(call, call.body)
    return {
      MutedAccountList: muted.map(it => ({ Member_Account: it.userId, MutedUntil: it.until })),
    }
  },
})

/** The same with its older name and shape. */
const shuttedCommand = defineCommand({
  name: 'group_open_http_svc/get_group_shutted_uin',
  summary: 'Lists the accounts that are muted in a group (older form).',
  http: 'admin',
  request: mutedRequest,
  response: Type.Object({
    ShuttedUinList: Type.Array(Type.Object({ Member_Account: userId, ShuttedUntil: mutedUntil }), {
      description: 'The muted accounts.',
    }),
  }),
  errors: [...COMMON_ERRORS],
  async handler(call) {
    const muted = await mutedIn(call, call.body)
    return {
      ShuttedUinList: muted.map(it => ({ Member_Account: it.userId, ShuttedUntil: it.until })),
    }
  },
})

const DESCRIPTION_BYTES = 1000
const bannedAccounts = accounts('UserIDs, up to 20.')
const banRequest = Type.Object({
  GroupId: groupId,
  Members_Account: bannedAccounts,
  Duration: Type.Integer({
    minimum: 1,
    maximum: 4_294_967_295,
    description: 'Seconds for which they are kept out.',
    fromText: true,
  }),
  Description: Type.Optional(Type.String({ description: 'Shown to who is banned, up to 1000 bytes.' })),
})

/** `group_open_http_svc/ban_group_member` (rest-2 section 5.9). */
const banCommand = defineCommand({
  name: 'group_open_http_svc/ban_group_member',
  summary: 'Removes accounts from a group and keeps them out for a time.',
  http: 'admin',
  request: banRequest,
  socket: { request: banRequest },
  response: Type.Object({}),
  errors,
  async handler(call) {
    const { body } = call
    requireBatch('Members_Account', body.Members_Account, CALL_BOUNDS.bans)
    if (Buffer.byteLength(body.Description ?? '') > DESCRIPTION_BYTES)
      throw badField('Description', `has more than ${DESCRIPTION_BYTES} bytes`)
    const target = await groupCall(call, body.GroupId)
    await call.services.store.mutate(banMembers, {
      ...target,
      accounts: await idsOf(call, body.Members_Account),
      seconds: body.Duration,
      description: body.Description ?? '',
    })
    return {}
  },
})

const unbanRequest = Type.Object({ GroupId: groupId, Members_Account: bannedAccounts })

/** `group_open_http_svc/unban_group_member` (rest-2 section 5.9). */
const unbanCommand = defineCommand({
  name: 'group_open_http_svc/unban_group_member',
  summary: 'Lets banned accounts into the group again.',
  http: 'admin',
  request: unbanRequest,
  socket: { request: unbanRequest },
  response: Type.Object({}),
  errors,
  async handler(call) {
    const { body } = call
    requireBatch('Members_Account', body.Members_Account, CALL_BOUNDS.bans)
    const target = await groupCall(call, body.GroupId)
    await call.services.store.mutate(unbanMembers, {
      ...target,
      accounts: await idsOf(call, body.Members_Account),
    })
    return {}
  },
})

/** `group_open_http_svc/get_group_ban_member` (rest-2 section 5.9). */
const bannedCommand = defineCommand({
  name: 'group_open_http_svc/get_group_ban_member',
  summary: 'Lists the accounts that are banned from a group.',
  http: 'admin',
  request: Type.Object({
    GroupId: groupId,
    Limit: Type.Integer({ minimum: 1, maximum: 100, description: 'Accounts of a page.', fromText: true }),
    Offset: Type.Optional(count(2_147_483_647, 'Accounts to leave out at the start.')),
  }),
  response: Type.Object({
    BannedAccountList: Type.Array(
      Type.Object({
        Member_Account: userId,
        BannedUntil: Type.Integer({ description: 'End of the ban, Unix seconds.' }),
      }),
      { description: 'The banned accounts.' },
    ),
    NextOffset: Type.Integer({ description: 'Offset of the next page; 0: this was the last one.' }),
  }),
  errors: [...COMMON_ERRORS],
  async handler(call) {
    const { GroupId, Limit, Offset = 0 } = call.body
    const group = await groupOf(call, GroupId)
    if (!TYPE_RULES[group.type].bans) throw denied(`Groups of type ${group.type} have no bans.`, 'type')
    const rows = await call.services.store.read
      .selectFrom('group_ban as ban')
      .innerJoin('account', join =>
        join.onRef('account.app_id', '=', 'ban.app_id').onRef('account.account_id', '=', 'ban.account_id'),
      )
      .select(['account.user_id', 'ban.until'])
      .where('ban.app_id', '=', group.app_id)
      .where('ban.group_no', '=', group.group_no)
      .where('ban.until', '>', now())
      .where('account.deleted', '=', 0)
      .orderBy('ban.account_id')
      .limit(Limit + 1)
      .offset(Offset)
      .execute()
    return {
      BannedAccountList: rows
        .slice(0, Limit)
        .map(row => ({ Member_Account: row.user_id, BannedUntil: row.until })),
      NextOffset: rows.length > Limit ? Offset + Limit : 0,
    }
  },
})

export const muteCommands: readonly Command[] = [
  muteCommand,
  mutedCommand,
  shuttedCommand,
  banCommand,
  unbanCommand,
  bannedCommand,
]
