import Type from 'typebox'
import { appointAdmin, dismissAdmin, type GrantFields, listAdmins, setAdmin } from '../apps/change-admins.ts'
import { appId, knownApp, userId } from './argument-fields.ts'
import { durationSeconds } from './duration.ts'
import { defineOperatorCommand } from './operator-command.ts'
import { moment, textTable } from './text-table.ts'

const grantFields = {
  scopes: Type.Optional(
    Type.Array(Type.String(), {
      word: 'FAMILY,…',
      description: 'Command families that it may call, as openim; "" for all.',
    }),
  ),
  addresses: Type.Optional(
    Type.Array(Type.String(), {
      word: 'RANGE,…',
      description: 'Addresses that it may call from, as 10.0.0.0/8; "" for all.',
    }),
  ),
  maxTicketLifetime: Type.Optional(
    Type.String({ word: 'TIME', description: 'Longest lifetime of its UserSigs, as 10m; 0 for any.' }),
  ),
}

function grantOf(args: { scopes?: string[]; addresses?: string[]; maxTicketLifetime?: string }): GrantFields {
  return {
    ...(args.scopes && { scopes: args.scopes }),
    ...(args.addresses && { addresses: args.addresses }),
    ...(args.maxTicketLifetime !== undefined && {
      maxTicketLifetime: durationSeconds(args.maxTicketLifetime, 'max-ticket-lifetime'),
    }),
  }
}

const appointCommand = defineOperatorCommand({
  name: 'admin appoint',
  summary: 'Makes an account an app admin, which may use the REST API; the account is created when missing.',
  args: Type.Object({ appId, userId, ...grantFields }),
  async run(context, args) {
    const app = await knownApp(context, args.appId)
    return context.store.mutate(appointAdmin, {
      app: app.id,
      userId: args.userId,
      actor: context.actor,
      adminsMax: app.setting('admin.max'),
      quota: app.setting('account.max'),
      userIdBytes: app.setting('account.userIdBytes'),
      ...grantOf(args),
    })
  },
  show: ({ created }) => `Appointed${created ? '; the account was created' : ''}.`,
})

const dismissCommand = defineOperatorCommand({
  name: 'admin dismiss',
  summary: 'Takes the rights of an app admin away at once; the account stays.',
  args: Type.Object({ appId, userId }),
  run: ({ store, actor }, { appId, userId }) => store.mutate(dismissAdmin, { app: appId, userId, actor }),
  show: () => 'Dismissed.',
})

const listCommand = defineOperatorCommand({
  name: 'admin list',
  summary: 'Lists the app admins of an app.',
  args: Type.Object({ appId }),
  async run(context, { appId }) {
    await knownApp(context, appId)
    return listAdmins(context.store, appId)
  },
  show: admins =>
    admins.length === 0
      ? 'The app has no admin. Appoint one with: rookery admin appoint SDKAPPID USERID'
      : textTable(
          ['USERID', 'STATE', 'SCOPES', 'ADDRESSES', 'TICKETS UP TO', 'SINCE', 'BY'],
          admins.map(admin => [
            admin.userId,
            admin.blocked ? 'account blocked' : admin.disabled ? 'off' : 'on',
            admin.scopes.join(',') || 'all',
            admin.addresses.join(',') || 'all',
            admin.maxTicketLifetime === 0 ? 'any' : `${admin.maxTicketLifetime} s`,
            moment(admin.created),
            admin.createdBy,
          ]),
        ),
})

const setCommand = defineOperatorCommand({
  name: 'admin set',
  summary: 'Switches an app admin on or off, or changes what it may do.',
  args: Type.Object({
    appId,
    userId,
    state: Type.Optional(
      Type.Enum(['on', 'off'], { word: 'on|off', description: 'Off: counts as no admin.' }),
    ),
    ...grantFields,
  }),
  run: ({ store, actor }, args) =>
    store.mutate(setAdmin, {
      app: args.appId,
      userId: args.userId,
      actor,
      ...(args.state !== undefined && { disabled: args.state === 'off' }),
      ...grantOf(args),
    }),
  show: () => 'Changed.',
})

export const adminCommands = [appointCommand, dismissCommand, listCommand, setCommand]
