import { ErrorCode } from '@rookery/protocol/error-code'
import Type from 'typebox'
import type { Account } from '../../accounts/account.ts'
import { type Call, defineCommand } from '../../commands/command.ts'
import { CommandError } from '../../commands/command-error.ts'
import { messageBodyText } from '../../messages/message-body.ts'
import { checkContent } from '../../messages/send-c2c.ts'
import { contentHash, sendFlags } from '../../messages/send-options.ts'
import { accountOf, accountsOf, COMMON_ERRORS } from '../commands/group-caller.ts'
import { groupId } from '../commands/group-fields.ts'
import { accountNotFound, badField, denied } from '../group-error.ts'
import type { GroupRow } from '../group-rows.ts'
import { TYPE_RULES } from '../rules/group-types.ts'
import { judgeSender, memberGroup, requireMentionAll } from './judge-sender.ts'
import { customData, messageBody, messageGroup, topicId, zeroOrOne } from './message-fields.ts'
import { receiptsOn } from './receipt-rules.ts'
import { type GroupSend, type GroupSent, groupFlags, sendToGroup } from './send-to-group.ts'

const U32_MAX = 4_294_967_295
const u32 = (description: string, minimum = 0) =>
  Type.Integer({ minimum, maximum: U32_MAX, fromText: true, description })

const atInfo = Type.Object({
  GroupAtAllFlag: Type.Integer({
    minimum: 0,
    maximum: 1,
    fromText: true,
    description: '1: everybody is meant.',
  }),
  GroupAt_Account: Type.Optional(Type.String({ description: 'UserID of the one who is meant.' })),
})

const fields = {
  GroupId: groupId,
  Random: u32('Recognises a repeated request of the same sender for five minutes.'),
  MsgBody: messageBody,
  MsgPriority: Type.Optional(
    Type.Union([Type.Literal('High'), Type.Literal('Normal'), Type.Literal('Low'), Type.Literal('Lowest')], {
      description: 'What is dropped first over the limit of a group; Normal when absent.',
    }),
  ),
  OnlineOnlyFlag: Type.Optional(
    Type.Integer({ minimum: 0, fromText: true, description: 'Above 0: only for who is online, not stored.' }),
  ),
  SendMsgControl: Type.Optional(
    Type.Array(Type.Enum(['NoUnread', 'NoLastMsg', 'WithMuteNotifications']), {
      description: 'NoUnread: does not count. NoLastMsg: is not the last message of the conversation.',
    }),
  ),
  OfflinePushInfo: Type.Optional(Type.Object({}, { description: 'For the push to who is offline.' })),
  CloudCustomData: Type.Optional(customData),
  SupportMessageExtension: zeroOrOne('1: takes extensions.'),
  NeedReadReceipt: zeroOrOne('1: members send receipts (work, public, meeting).'),
  To_Account: Type.Optional(
    Type.Array(Type.String({ minLength: 1 }), { description: 'Only these members see it.' }),
  ),
  TopicId: topicId,
  GroupAtInfo: Type.Optional(
    Type.Array(atInfo, { description: 'Who is mentioned, in the order of the text.' }),
  ),
}

const request = Type.Object({
  ...fields,
  From_Account: Type.Optional(
    Type.String({ minLength: 1, description: 'Sender; the calling admin when absent.' }),
  ),
  ForbidCallbackControl: Type.Optional(
    Type.Array(Type.String(), { description: 'Webhooks that are left out.' }),
  ),
  MsgClientTime: Type.Optional(u32("Unix seconds of the sender's clock.")),
})

type Body = Type.Static<typeof request>

/** `group_open_http_svc/send_group_msg` (rest-2 section 6.1). */
export const sendGroupMsgCommand = defineCommand({
  name: 'group_open_http_svc/send_group_msg',
  summary: 'Sends a message to a group; an app admin may send as anyone.',
  http: 'admin',
  request,
  socket: {
    request: Type.Object({ ...fields, MsgClientTime: u32("Unix seconds of the sender's clock.", 1) }),
    acting: 'From_Account',
  },
  spellings: { MsgOnlineOnlyFlag: 'OnlineOnlyFlag' },
  response: Type.Object({
    MsgTime: Type.Integer({ description: 'When it was taken, Unix seconds.' }),
    MsgSeq: Type.Integer({ description: 'Its number in the group; 0 when it is not stored.' }),
    MsgDropReason: Type.Optional(Type.String({ description: 'Why it was not stored.' })),
    ConvId: Type.Optional(Type.Integer({ description: "Number of the group's conversation." })),
    Seq: Type.Optional(Type.Integer({ description: 'The same as MsgSeq.' })),
    CountNo: Type.Optional(Type.Integer({ description: 'Countable messages of the conversation up to it.' })),
    Duplicate: Type.Optional(
      Type.Literal(1, { description: '1: a repeated request; the answer is the first one.' }),
    ),
  }),
  errors: [
    ...COMMON_ERRORS,
    ErrorCode.GROUP_MUTED,
    ErrorCode.GROUP_ACCOUNT_NOT_FOUND,
    ErrorCode.GROUP_MENTION_LIMIT,
    ErrorCode.MSG_BODY_INVALID,
    ErrorCode.MSG_BODY_NOT_ARRAY,
    ErrorCode.MSG_FORMAT_INVALID,
    ErrorCode.BODY_SIZE_LIMIT,
  ],
  async handler(call) {
    const sent = await sendInTurn(call)
    if ('result' in sent) {
      const { time, seq, conv, countNo } = sent.result
      const answer = { MsgTime: time, MsgSeq: seq }
      if (call.caller.door === 'http') return answer
      return {
        ...answer,
        ConvId: conv,
        Seq: seq,
        CountNo: countNo,
        ...(sent.outcome === 'duplicate' && { Duplicate: 1 }),
      }
    }
    return {
      MsgTime: sent.time,
      MsgSeq: sent.seq ?? 0,
      ...(sent.outcome === 'dropped' && {
        MsgDropReason: 'More messages came in this moment than the group, or this server, takes.',
      }),
    }
  },
})

async function sendInTurn(call: Call<Body>): Promise<GroupSent> {
  const { caller, services, body } = call
  const turn =
    caller.door === 'socket'
      ? services.turns.begin(`${caller.app.id}:${caller.accountId}:#${body.TopicId ?? body.GroupId}`)
      : undefined
  try {
    const group = await messageGroup(call, body)
    const send = await toSend(call, group)
    return await sendToGroup(services, caller, group.group_no, send, turn)
  } finally {
    turn?.end()
  }
}

async function toSend(call: Call<Body>, group: GroupRow): Promise<GroupSend> {
  const { body, caller, services } = call
  const rules = TYPE_RULES[group.type]
  const from = await senderOf(call)
  // Before the accounts that it names: who may not write must not learn who exists.
  const judged = await judgeSender(services, caller, group, from)
  const to = await directedTo(call, group)
  const at = body.GroupAtInfo ?? []
  checkMentions(call, group, at)
  if (at.some(one => one.GroupAtAllFlag === 1)) requireMentionAll(judged)
  const custom = body.CloudCustomData ?? ''
  const bodyText = messageBodyText(call.bodyText(), body.MsgBody)
  checkContent({ ...caller, door: 'socket' }, { parsedBody: body.MsgBody, body: bodyText, custom })
  const onSocket = caller.door === 'socket'
  const atText = at.length > 0 ? JSON.stringify(at) : ''
  const flags =
    sendFlags(
      {
        ...(body.SendMsgControl && { SendMsgControl: body.SendMsgControl }),
        IsNeedReadReceipt: body.NeedReadReceipt === 1 && receiptsOn(caller.app, group) ? 1 : 0,
        SupportMessageExtension: body.SupportMessageExtension === 1 && rules.messageExtensions ? 1 : 0,
      },
      { byAdmin: !onSocket, toSelf: false },
    ) | groupFlags({ ...body, directed: to.length > 0, mentions: at.length > 0 })
  const named = to.length > 0 ? to.map(({ id }) => id).join() : ''
  return {
    from,
    random: body.Random,
    clientTime: body.MsgClientTime ?? Math.floor(Date.now() / 1000),
    body: bodyText,
    custom,
    flags,
    key: {
      kind: onSocket ? 'client' : 'rest',
      hash: contentHash(bodyText, atText || named ? `${custom}\n${atText}\n${named}` : custom, flags),
    },
    onlineOnly: (body.OnlineOnlyFlag ?? 0) > 0,
    pushInfo: body.OfflinePushInfo ? JSON.stringify(body.OfflinePushInfo) : '',
    to,
    mentions: await mentionedAccounts(call, at),
    atInfo: atText,
    time: 0,
  }
}

async function senderOf(call: Call<Body>): Promise<Account> {
  return accountOf(call, call.body.From_Account ?? call.caller.userId)
}

/** Throws 10007 where there are no directed messages, 10004, 10019. Who is no member is left out. */
async function directedTo(call: Call<Body>, group: GroupRow): Promise<Account[]> {
  const { body, caller, services } = call
  const names = body.To_Account ?? []
  if (names.length === 0) return []
  if (!TYPE_RULES[group.type].directedMessages)
    throw denied(`Groups of the type ${group.type} have no directed messages; leave To_Account out.`, 'type')
  const max = caller.app.setting('message.directedMax')
  if (names.length > max) throw badField('To_Account', `names ${names.length} accounts, ${max} are allowed`)
  if (body.GroupAtInfo?.length) throw badField('GroupAtInfo', 'can not be used together with To_Account')
  const found = await accountsOf(call, names)
  const to: Account[] = []
  const home = await memberGroup(services, group)
  for (const name of new Set(names)) {
    const account = found.get(name)
    if (!account) throw accountNotFound(name)
    if (home && (await services.groups.membership(home, account.id)).row) to.push(account)
  }
  if (to.length === 0) throw badField('To_Account', 'names no member of the group')
  return to
}

type At = Type.Static<typeof atInfo>

function checkMentions({ caller }: Call<Body>, group: GroupRow, at: readonly At[]): void {
  if (at.length === 0) return
  if (!TYPE_RULES[group.type].mentions)
    throw badField('GroupAtInfo', `does not go with groups of the type ${group.type}`)
  const max = caller.app.setting('message.atMax')
  if (at.length > max)
    throw new CommandError(
      ErrorCode.GROUP_MENTION_LIMIT,
      `The message mentions ${at.length} times; ${max} are allowed.`,
      { check: 'message.atMax', count: at.length, max },
    )
  for (const [index, one] of at.entries())
    if (one.GroupAtAllFlag === 0 && !one.GroupAt_Account)
      throw badField(`GroupAtInfo.${index}.GroupAt_Account`, 'is missing')
}

/** Names that mean nobody stay in the text and mention nobody. */
async function mentionedAccounts(call: Call<Body>, at: readonly At[]): Promise<number[]> {
  if (at.length === 0) return []
  const names = at.flatMap(one =>
    one.GroupAtAllFlag === 0 && one.GroupAt_Account ? [one.GroupAt_Account] : [],
  )
  const found = names.length > 0 ? await accountsOf(call, names) : new Map<string, Account>()
  const all = at.some(one => one.GroupAtAllFlag === 1) ? [0] : []
  return [...all, ...[...found.values()].map(({ id }) => id)]
}
