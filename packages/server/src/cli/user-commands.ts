import { ErrorCode } from '@rookery/protocol/error-code'
import Type from 'typebox'
import { kickAndRecord, setAccountBlocked } from '../accounts/block-account.ts'
import { deleteAccount } from '../accounts/delete-account.ts'
import { importAccounts } from '../accounts/import-accounts.ts'
import { markIsPast } from '../accounts/mark-is-past.ts'
import { userIdFault } from '../accounts/user-id-rules.ts'
import { refuse } from '../apps/refuse.ts'
import { CommandError } from '../commands/command-error.ts'
import { forgetDeparted } from '../groups/members/forget-account.ts'
import { appId, knownApp, userId } from './argument-fields.ts'
import { defineOperatorCommand } from './operator-command.ts'
import { fieldList, moment, textTable } from './text-table.ts'

/** What a terminal shows well. */
const PAGE_DEFAULT = 50
const PAGE_MAX = 1000

const importCommand = defineOperatorCommand({
  name: 'user import',
  summary: 'Makes an account; one that exists takes the new nickname and avatar.',
  args: Type.Object({
    appId,
    userId,
    nick: Type.Optional(Type.String({ word: 'TEXT', description: 'Nickname.' })),
    faceUrl: Type.Optional(Type.String({ word: 'URL', description: 'Address of the avatar.' })),
  }),
  async run(context, { appId, userId, nick, faceUrl }) {
    const app = await knownApp(context, appId)
    const fault = userIdFault(userId, app.setting('account.userIdBytes'))
    if (fault) throw refuse('user-id', `The UserID ${fault}.`)
    const textMax = app.setting('profile.textBytes')
    if ([nick, faceUrl].some(text => Buffer.byteLength(text ?? '') > textMax))
      throw refuse('profile-text', `Nickname and avatar may have ${textMax} bytes each.`)
    const imported = await context.store.mutate(importAccounts, {
      app: appId,
      actor: context.actor,
      quota: app.setting('account.max'),
      items: [{ userId, ...(nick !== undefined && { nick }), ...(faceUrl !== undefined && { faceUrl }) }],
    })
    if (imported.overQuota.length > 0)
      throw new CommandError(
        ErrorCode.ACCOUNT_QUOTA_EXCEEDED,
        `The app has its ${app.setting('account.max')} accounts; delete some or raise account.max.`,
      )
    return { created: imported.created.length > 0, updated: imported.updated.length > 0 }
  },
  show: ({ created, updated }) =>
    created
      ? 'The account was created.'
      : updated
        ? 'The account was brought up to date.'
        : 'Nothing changed.',
})

const listCommand = defineOperatorCommand({
  name: 'user list',
  summary: 'Lists accounts in the order of their names, a page at a time.',
  args: Type.Object({
    appId,
    after: Type.Optional(Type.String({ word: 'USERID', description: 'Begin behind this one.' })),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: PAGE_MAX, description: `Page, ${PAGE_DEFAULT}.` }),
    ),
  }),
  async run(context, { appId, after, limit = PAGE_DEFAULT }) {
    const app = await knownApp(context, appId)
    let query = context.store.read
      .selectFrom('account')
      .select(['account_id', 'user_id', 'nick', 'disabled', 'created', 'last_login'])
      .where('app_id', '=', appId)
      .where('deleted', '=', 0)
      .orderBy('user_id')
      .limit(limit)
    if (after !== undefined) query = query.where('user_id', '>', after)
    const rows = await query.execute()
    return {
      users: rows.map(row => ({
        userId: row.user_id,
        nick: row.nick,
        blocked: row.disabled !== 0,
        admin: app.admins.has(row.account_id),
        created: row.created,
        lastLogin: row.last_login,
      })),
      more: rows.length === limit,
    }
  },
  show: ({ users, more }) =>
    users.length === 0
      ? 'No accounts.'
      : `${textTable(
          ['USERID', 'NICKNAME', 'STATE', 'CREATED', 'LAST LOGIN'],
          users.map(user => [
            user.userId,
            user.nick,
            `${user.blocked ? 'blocked' : 'ok'}${user.admin ? ', admin' : ''}`,
            moment(user.created),
            moment(user.lastLogin),
          ]),
        )}${more ? `\nThere may be more: add --after ${users.at(-1)?.userId ?? ''}` : ''}`,
})

const showCommand = defineOperatorCommand({
  name: 'user show',
  summary: 'Shows an account and its sessions.',
  args: Type.Object({ appId, userId }),
  async run(context, { appId, userId }) {
    const app = await knownApp(context, appId)
    const account = await context.store.read
      .selectFrom('account')
      .selectAll()
      .where('app_id', '=', appId)
      .where('user_id', '=', userId)
      .where('deleted', '=', 0)
      .executeTakeFirst()
    if (!account)
      throw new CommandError(
        ErrorCode.ACCOUNT_NOT_FOUND,
        `There is no account ${userId} in the app ${appId}.`,
      )
    const sessions = await context.store.read
      .selectFrom('session')
      .select(['platform', 'key_id', 'connected', 'node_id', 'ended', 'seen', 'expires'])
      .where('app_id', '=', appId)
      .where('account_id', '=', account.account_id)
      .orderBy('rank')
      .execute()
    return {
      userId,
      nick: account.nick,
      faceUrl: account.face_url,
      blocked: account.disabled !== 0,
      admin: app.admins.has(account.account_id),
      created: account.created,
      lastLogin: account.last_login,
      validAfter: account.valid_after,
      sessions: sessions.map(session => ({
        platform: session.platform,
        keyId: session.key_id,
        state:
          session.ended ||
          (session.connected && context.store.liveNodes.has(session.node_id) ? 'connected' : 'not connected'),
        seen: session.seen,
        expires: session.expires,
      })),
    }
  },
  show: user => {
    const fields = fieldList([
      ['UserID', user.userId],
      ['Nickname', user.nick],
      ['Avatar', user.faceUrl],
      ['State', user.blocked ? 'blocked' : 'ok'],
      ['App admin', user.admin ? 'yes' : 'no'],
      ['Created', moment(user.created)],
      ['Last login', moment(user.lastLogin)],
      ['Tickets valid after', moment(user.validAfter)],
    ])
    if (user.sessions.length === 0) return `${fields}\nNo sessions.`
    return `${fields}\n\n${textTable(
      ['PLATFORM', 'STATE', 'KEY', 'SINCE', 'ENDS'],
      user.sessions.map(session => [
        session.platform,
        session.state,
        session.keyId,
        moment(session.seen),
        moment(session.expires),
      ]),
    )}`
  },
})

const kickCommand = defineOperatorCommand({
  name: 'user kick',
  summary: 'Ends all logins of an account and makes its UserSigs so far invalid.',
  args: Type.Object({ appId, userId }),
  async run(context, { appId, userId }) {
    await knownApp(context, appId)
    const kicked = await context.store.mutate(kickAndRecord, { app: appId, userId, actor: context.actor })
    await markIsPast(kicked.validAfter)
    return kicked
  },
  show: ({ validAfter }) => `Kicked; UserSigs that were issued up to ${moment(validAfter)} are refused now.`,
})

function blockCommand(blocked: boolean) {
  const word = blocked ? 'block' : 'unblock'
  return defineOperatorCommand({
    name: `user ${word}`,
    summary: blocked
      ? 'Refuses every login of an account (70051) and ends its sessions.'
      : 'Lets a blocked account log in again.',
    args: Type.Object({ appId, userId }),
    async run(context, { appId, userId }) {
      await knownApp(context, appId)
      return context.store.mutate(setAccountBlocked, { app: appId, userId, blocked, actor: context.actor })
    },
    show: ({ changed }) => (changed ? `The account is ${word}ed.` : `The account was ${word}ed already.`),
  })
}

const deleteCommand = defineOperatorCommand({
  name: 'user delete',
  summary: 'Deletes an account; its messages stay in the history of the others.',
  confirm: 'The account, its profile and its own state will be deleted. This cannot be undone.',
  args: Type.Object({ appId, userId }),
  async run(context, { appId, userId }) {
    await knownApp(context, appId)
    const deleted = await context.store.mutate(deleteAccount, { app: appId, userId, actor: context.actor })
    await forgetDeparted(context.store, context.apps)
    await markIsPast(deleted.validAfter)
    return deleted
  },
  show: () => 'Deleted; the name is free again.',
})

export const userCommands = [
  importCommand,
  listCommand,
  showCommand,
  kickCommand,
  blockCommand(true),
  blockCommand(false),
  deleteCommand,
]
