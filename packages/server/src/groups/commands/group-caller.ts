import { ErrorCode } from '@rookery/protocol/error-code'
import type { GroupType } from '@rookery/protocol/wire-group'
import type { Account } from '../../accounts/account.ts'
import type { App } from '../../apps/app.ts'
import type { Call } from '../../commands/command.ts'
import { CommandError } from '../../commands/command-error.ts'
import { type GroupCall, requireNoTopic } from '../group-call.ts'
import { accountNotFound, badField, groupNotFound } from '../group-error.ts'
import { checkGroupId } from '../group-id.ts'
import type { GroupRow } from '../group-rows.ts'
import { type Actor, actorRole, requireMay } from '../judge.ts'
import type { NoticeBounds } from '../notices/send-notices.ts'
import { groupTypeNamed } from '../rules/group-types.ts'
import type { ActorRole, Operation } from '../rules/operations.ts'
import { tipModes } from '../rules/tip-rules.ts'

type AnyCall = Pick<Call<unknown>, 'caller' | 'services'>

/** Codes that every group command may answer beside its own (rest-2, "common group errors"). */
export const COMMON_ERRORS = [
  ErrorCode.GROUP_PERMISSION_DENIED,
  ErrorCode.GROUP_NOT_FOUND,
  ErrorCode.GROUP_ID_INVALID,
] as const

/** The living group of an id. Throws 10015, 10010. */
export async function groupOf(call: AnyCall, groupId: string, field = 'GroupId'): Promise<GroupRow> {
  checkGroupId(groupId, field)
  const group = await call.services.groups.find(call.caller.app.id, groupId)
  if (!group) throw groupNotFound(groupId)
  return group
}

/** The living account of a name. Throws 10019. */
export async function accountOf(call: AnyCall, userId: string): Promise<Account> {
  const account = await call.services.accounts.find(call.caller.app.id, userId)
  if (!account) throw accountNotFound(userId)
  return account
}

/** The living accounts among names, by name, each name once. */
export function accountsOf(call: AnyCall, userIds: readonly string[]): Promise<Map<string, Account>> {
  return call.services.accounts.findAll(call.caller.app.id, [...new Set(userIds)])
}

/** Who acts: the login over the socket; over REST the app, shown as `From_Account` or as the admin. */
export async function actorOf(call: AnyCall, shownAs?: string): Promise<Actor> {
  const { caller } = call
  if (caller.door === 'http') {
    const account = shownAs === undefined ? caller.accountId : (await accountOf(call, shownAs)).id
    return { account, admin: true }
  }
  return {
    account: caller.accountId,
    admin: false,
    ...(caller.sessionId !== undefined && { session: caller.sessionId }),
  }
}

/** What a mutation of this group needs to be told. */
export async function groupCall(call: AnyCall, groupId: string, shownAs?: string): Promise<GroupCall> {
  const group = await groupOf(call, groupId)
  return callOn(call, group, await actorOf(call, shownAs))
}

/** Throws 10007 for a topic. */
export function callOn(call: AnyCall, group: GroupRow, actor: Actor): GroupCall {
  requireNoTopic(group)
  const { app } = call.caller
  return {
    app: app.id,
    group: group.group_no,
    actor,
    tips: tipModes(app, group.type),
    notices: noticeBounds(app),
  }
}

/** For what is about members: of a topic, those of its community. Throws 10010. */
export async function memberCall(call: AnyCall, group: GroupRow, shownAs?: string): Promise<GroupCall> {
  const home =
    group.community_no > 0 ? await call.services.groups.byNo(group.app_id, group.community_no) : group
  if (!home) throw groupNotFound(group.name)
  return callOn(call, home, await actorOf(call, shownAs))
}

export function noticeBounds(app: App): NoticeBounds {
  return { max: app.setting('group.noticesMax'), days: app.setting('group.noticeDays') }
}

/** For reads: the caller's role in a group; throws what refuses it the operation. */
export async function requireRead(call: AnyCall, operation: Operation, group: GroupRow): Promise<ActorRole> {
  const actor = await actorOf(call)
  const { row } = await call.services.groups.membership(group, actor.account)
  const role = actorRole(group, row, actor)
  requireMay(operation, group, role)
  return role
}

/** Throws 10004 for a type that there is not. */
export function typeOf(name: string, field = 'Type'): GroupType {
  const type = groupTypeNamed(name)
  if (!type) throw badField(field, 'must be Private, Public, ChatRoom, AVChatRoom or Community')
  return type
}

/** An answer of at most 1 MB (rest-2 section 10.1). Throws 10018. */
export function withinSize<T extends object>(answer: T): T {
  if (JSON.stringify(answer).length <= ANSWER_MAX) return answer
  throw new CommandError(
    ErrorCode.GROUP_RESPONSE_SIZE_LIMIT,
    'The answer would be over 1 MB; ask for fewer fields or for pages.',
    { check: 'size', max: ANSWER_MAX },
  )
}

const ANSWER_MAX = 1_048_576
