import Type from 'typebox'
import { refuse } from '../apps/refuse.ts'
import { CALL_BOUNDS } from '../groups/commands/group-fields.ts'
import { requireNameCard } from '../groups/commands/member-commands.ts'
import { requireBatch } from '../groups/group-error.ts'
import { requireMay } from '../groups/judge.ts'
import { AddResult } from '../groups/members/add-members.ts'
import { listMembers, namedMembers } from '../groups/members/member-list.ts'
import { FOREVER } from '../groups/members/mute-members.ts'
import { memberFieldBounds } from '../groups/profile/group-text.ts'
import {
  addMembersByOperator,
  changeMemberByOperator,
  muteMembersByOperator,
  removeMembersByOperator,
  transferGroupByOperator,
} from '../operators/group-changes.ts'
import {
  accountNumber,
  accountNumbers,
  groupTarget,
  knownAccounts,
  operatorCall,
} from '../operators/group-target.ts'
import { MemberRole } from '../store/schema.ts'
import { appId, groupId } from './argument-fields.ts'
import { durationSeconds } from './duration.ts'
import { defineOperatorCommand, type OperatorCommand, type OperatorContext } from './operator-command.ts'
import { moment, textTable } from './text-table.ts'

const PAGE_DEFAULT = 50
const PAGE_MAX = 1000
const RANKS = { owner: MemberRole.OWNER, admin: MemberRole.ADMIN, member: MemberRole.MEMBER } as const

const users = Type.Array(Type.String({ minLength: 1 }), {
  minItems: 1,
  position: 3,
  word: 'USERID,…',
  description: 'Names of the accounts.',
})
const member = Type.String({
  minLength: 1,
  position: 3,
  word: 'USERID',
  description: 'Name of the member.',
})

const membersCommand = defineOperatorCommand({
  name: 'group members',
  summary:
    'Lists the members of a group, a page at a time: the owner, then the others by the time of joining.',
  args: Type.Object({
    appId,
    groupId,
    users: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        maxItems: CALL_BOUNDS.namedMembers,
        word: 'USERID,…',
        description: 'Only these.',
      }),
    ),
    role: Type.Optional(
      Type.Enum(['owner', 'admin', 'member'], { word: 'ROLE', description: 'owner, admin or member.' }),
    ),
    after: Type.Optional(
      Type.String({
        pattern: '^\\d{1,15}\\.\\d{1,15}$',
        word: 'PLACE',
        description: 'Begin behind the page that named it.',
      }),
    ),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: PAGE_MAX, description: `Page, ${PAGE_DEFAULT}.` }),
    ),
  }),
  async run(context, { users, role, after, limit = PAGE_DEFAULT, ...args }) {
    const { app, group } = await groupTarget(context, args)
    requireMay('listMembers', group, 'AppAdmin')
    const { read } = context.store
    const now = Math.floor(Date.now() / 1000)
    if (users) {
      const known = await knownAccounts(context, app, users)
      const named = await namedMembers(read, group, [...known.values()], now)
      return { members: named.map(({ shown }) => shown), next: null }
    }
    const [joinTime, account] = after?.split('.').map(Number) ?? []
    const found = await listMembers(
      read,
      group,
      {
        limit: limit + 1,
        ...(role && { roles: [RANKS[role]] }),
        ...(joinTime !== undefined && account !== undefined && { after: { joinTime, account } }),
      },
      now,
    )
    const page = found.slice(0, limit)
    const last = page.at(-1)
    return {
      members: page.map(({ shown }) => shown),
      next: last && found.length > limit ? `${last.joinTime}.${last.account}` : null,
    }
  },
  show: ({ members, next }) =>
    members.length === 0
      ? 'No members.'
      : `${textTable(
          ['USERID', 'ROLE', 'NAME CARD', 'NICKNAME', 'JOINED', 'LAST MESSAGE', 'MUTED UNTIL'],
          members.map(member => [
            member.Member_Account,
            member.Role,
            member.NameCard,
            member.NickName,
            moment(member.JoinTime),
            moment(member.LastSendMsgTime),
            member.MuteUntil === FOREVER ? 'for ever' : moment(member.MuteUntil),
          ]),
        )}${next === null ? '' : `\nThere are more: add --after ${next}`}`,
})

const ADD_RESULTS: Readonly<Record<AddResult, string>> = {
  [AddResult.FAILED]: 'banned',
  [AddResult.ADDED]: 'added',
  [AddResult.WAS_MEMBER]: 'was a member',
  [AddResult.WAITING]: 'waits for an answer',
  [AddResult.OVER_LIMIT]: 'is in too many groups',
}

const addCommand = defineOperatorCommand({
  name: 'group add',
  summary: 'Adds accounts to a group; nobody is asked.',
  args: Type.Object({
    appId,
    groupId,
    users,
    silent: Type.Optional(Type.Boolean({ description: 'No tip in the group.' })),
  }),
  async run(context, { users, silent = false, ...args }) {
    const target = await groupTarget(context, args)
    const { app } = target
    requireBatch('USERID', users, app.setting('group.addPerCall'))
    const names = [...new Set(users)]
    const { result } = await context.store.mutate(addMembersByOperator, {
      ...operatorCall(context, target),
      accounts: await accountNumbers(context, app, names),
      silent,
      joinedMax: app.setting('group.joinedMax'),
      needsConsent: false,
    })
    return names.map((userId, index) => ({ userId, result: result[index] ?? AddResult.FAILED }))
  },
  show: results =>
    textTable(
      ['USERID', 'RESULT'],
      results.map(({ userId, result }) => [userId, ADD_RESULTS[result]]),
    ),
})

/** Bytes of the reason that a removed member is told (rest-2 section 5.4). */
const REASON_BYTES = 1000

const removeCommand = defineOperatorCommand({
  name: 'group remove',
  summary: 'Removes members from a group; they may come again.',
  args: Type.Object({
    appId,
    groupId,
    users,
    reason: Type.Optional(Type.String({ word: 'TEXT', description: 'Shown to who is removed.' })),
    silent: Type.Optional(Type.Boolean({ description: 'No tip in the group.' })),
  }),
  async run(context, { users, reason = '', silent = false, ...args }) {
    const target = await groupTarget(context, args)
    requireBatch('USERID', users, target.app.setting('group.deletePerCall'))
    if (Buffer.byteLength(reason) > REASON_BYTES)
      throw refuse('reason', `The reason may have ${REASON_BYTES} bytes.`)
    const { detail } = await context.store.mutate(removeMembersByOperator, {
      ...operatorCall(context, target),
      accounts: await accountNumbers(context, target.app, users),
      silent,
      reason,
    })
    return { removed: (detail?.accounts ?? []) as readonly string[] }
  },
  show: ({ removed }) =>
    removed.length === 0 ? 'None of them is a member.' : `Removed: ${removed.join(', ')}`,
})

/** Mutes, or with 0 seconds lifts mutes. */
async function mute(
  context: OperatorContext,
  args: { readonly appId: number; readonly groupId: string; readonly users: readonly string[] },
  seconds: number,
) {
  const target = await groupTarget(context, args)
  requireBatch('USERID', args.users, CALL_BOUNDS.mutes)
  const { detail } = await context.store.mutate(muteMembersByOperator, {
    ...operatorCall(context, target),
    accounts: await accountNumbers(context, target.app, args.users),
    seconds,
  })
  return { accounts: (detail?.accounts ?? []) as readonly string[], seconds }
}

const muteCommand = defineOperatorCommand({
  name: 'group mute',
  summary: 'Keeps accounts from sending into a group, for a time or for ever; the owner cannot be muted.',
  args: Type.Object({
    appId,
    groupId,
    users,
    for: Type.Optional(Type.String({ word: 'TIME', description: 'As 10m, 12h, 7d; for ever when absent.' })),
  }),
  run: (context, { for: time, ...args }) => mute(context, args, muteSeconds(time)),
  show: ({ accounts }) =>
    accounts.length === 0 ? 'Nobody was muted: the owner cannot be.' : `Muted: ${accounts.join(', ')}`,
})

function muteSeconds(time: string | undefined): number {
  const seconds = time === undefined ? FOREVER : durationSeconds(time, 'for')
  if (seconds === 0) throw refuse('for', '--for takes a time above 0; "rookery group unmute" lifts a mute.')
  return Math.min(seconds, FOREVER)
}

const unmuteCommand = defineOperatorCommand({
  name: 'group unmute',
  summary: 'Lets muted accounts send into a group again.',
  args: Type.Object({ appId, groupId, users }),
  run: (context, args) => mute(context, args, 0),
  show: ({ accounts }) => `Unmuted: ${accounts.join(', ')}`,
})

const setMemberCommand = defineOperatorCommand({
  name: 'group set-member',
  summary: 'Makes a member an admin or an ordinary member again, or changes its name card.',
  args: Type.Object({
    appId,
    groupId,
    userId: member,
    role: Type.Optional(Type.Enum(['admin', 'member'], { word: 'ROLE', description: 'admin or member.' })),
    nameCard: Type.Optional(Type.String({ word: 'TEXT', description: 'Name in this group.' })),
  }),
  async run(context, { userId, role, nameCard, ...args }) {
    if (role === undefined && nameCard === undefined)
      throw refuse('arguments', 'Nothing to change was named; give --role or --name-card.')
    const target = await groupTarget(context, args)
    const { app } = target
    requireNameCard(nameCard, app.setting('group.nameCardBytes'))
    const { detail } = await context.store.mutate(changeMemberByOperator, {
      ...operatorCall(context, target),
      account: await accountNumber(context, app, userId),
      fields: {
        ...(role && ({ role: role === 'admin' ? 'Admin' : 'Member' } as const)),
        ...(nameCard !== undefined && { nameCard }),
      },
      bounds: memberFieldBounds(app),
      adminsMax: app.setting('group.adminsMax'),
    })
    return { changed: detail !== null }
  },
  show: ({ changed }) => (changed ? 'Changed.' : 'Nothing changed: it is so already.'),
})

const transferCommand = defineOperatorCommand({
  name: 'group transfer',
  summary: 'Hands a group over to one of its members; the owner so far becomes an ordinary member.',
  args: Type.Object({ appId, groupId, userId: member }),
  async run(context, { userId, ...args }) {
    const target = await groupTarget(context, args)
    const { detail } = await context.store.mutate(transferGroupByOperator, {
      ...operatorCall(context, target),
      to: await accountNumber(context, target.app, userId),
      from: target.group.owner_id,
    })
    return { changed: detail !== null }
  },
  show: ({ changed }) => (changed ? 'Handed over.' : 'This is the owner already.'),
})

export const groupMemberCommands: readonly OperatorCommand[] = [
  membersCommand,
  addCommand,
  removeCommand,
  muteCommand,
  unmuteCommand,
  setMemberCommand,
  transferCommand,
]
