import { SETTING_KEYS, type SettingRow, settingRow } from '@rookery/protocol/limits'
import Type from 'typebox'
import { markIsPast } from '../accounts/mark-is-past.ts'
import {
  appSettingKey,
  invalidateTickets,
  renameApp,
  setAppDisabled,
  setAppSetting,
} from '../apps/change-app.ts'
import { setAllowedOrigins } from '../apps/change-origins.ts'
import { createApp } from '../apps/create-app.ts'
import { deleteApp } from '../apps/delete-app.ts'
import { refuse } from '../apps/refuse.ts'
import { parseSettingText } from '../config/setting-text.ts'
import { appId, knownApp } from './argument-fields.ts'
import { defineOperatorCommand, type OperatorContext } from './operator-command.ts'
import { fieldList, moment, textTable } from './text-table.ts'

const settingName = Type.String({ position: 2, word: 'SETTING', description: 'As `login.policy`.' })

const createCommand = defineOperatorCommand({
  name: 'app create',
  summary: 'Makes an app with its first key, and prints the key: the only time that it is shown.',
  args: Type.Object({
    name: Type.String({ position: 1, word: 'NAME', description: 'For people; may be changed.' }),
    sdkappid: Type.Optional(
      Type.Integer({ word: 'NUMBER', description: 'A number of your choice instead of a random one.' }),
    ),
  }),
  run: ({ store, box, settings, actor }, { name, sdkappid }) =>
    createApp(store, box, { name, actor, settings, ...(sdkappid !== undefined && { appId: sdkappid }) }),
  show: ({ appId, keyId, secret }) =>
    `${fieldList([
      ['SDKAppID', String(appId)],
      ['Key id', keyId],
      ['Key', secret],
    ])}

Keep the key on your app's server, never in a client: it signs UserSigs for every user. It is not shown again.
Next: rookery admin appoint ${appId} administrator`,
})

interface AppSummary {
  readonly appId: number
  readonly name: string
  readonly disabled: boolean
  readonly created: number
  readonly accounts: number
}

const listCommand = defineOperatorCommand({
  name: 'app list',
  summary: 'Lists the apps.',
  args: Type.Object({}),
  run: ({ store }) => appSummaries({ store }),
  show: apps =>
    apps.length === 0
      ? 'There is no app yet. Make one with: rookery app create NAME'
      : textTable(
          ['SDKAPPID', 'NAME', 'STATE', 'ACCOUNTS', 'CREATED'],
          apps.map(app => [
            String(app.appId),
            app.name,
            app.disabled ? 'disabled' : 'enabled',
            String(app.accounts),
            moment(app.created),
          ]),
        ),
})

const showCommand = defineOperatorCommand({
  name: 'app show',
  summary: 'Shows one app: state, counts, and the settings of its own.',
  args: Type.Object({ appId }),
  async run(context, { appId }) {
    const app = await knownApp(context, appId)
    const [summary] = await appSummaries(context, appId)
    return {
      ...summary,
      appId,
      name: app.name,
      validAfter: app.validAfter,
      keys: app.keys.filter(key => key.state !== 'revoked').length,
      admins: app.admins.size,
      settings: await ownSettings(context, appId),
    }
  },
  show: app =>
    fieldList([
      ['SDKAppID', String(app.appId)],
      ['Name', app.name],
      ['State', app.disabled ? 'disabled' : 'enabled'],
      ['Created', moment(app.created ?? null)],
      ['Accounts', String(app.accounts ?? 0)],
      ['Keys in use', String(app.keys)],
      ['App admins', String(app.admins)],
      ['Tickets valid after', moment(app.validAfter)],
      ...Object.entries(app.settings).map(([key, value]): [string, string] => [key, String(value)]),
    ]),
})

const renameCommand = defineOperatorCommand({
  name: 'app rename',
  summary: 'Gives an app another name.',
  args: Type.Object({ appId, name: Type.String({ position: 2, word: 'NAME' }) }),
  run: ({ store, actor }, { appId, name }) => store.mutate(renameApp, { app: appId, name, actor }),
  show: () => 'Renamed.',
})

const setCommand = defineOperatorCommand({
  name: 'app set',
  summary: 'Changes a setting of an app; it holds at once.',
  args: Type.Object({ appId, key: settingName, value: Type.String({ position: 3, word: 'VALUE' }) }),
  async run({ store, actor }, { appId, key, value: text }) {
    const parsed = parseSettingText(appSettingKey(key), text)
    if (!parsed.ok) throw refuse('setting', parsed.error)
    await store.mutate(setAppSetting, { app: appId, key, value: parsed.value, actor })
    return { key, value: parsed.value }
  },
  show: ({ key, value }) => `${key} is ${String(value)} now.`,
})

const unsetCommand = defineOperatorCommand({
  name: 'app unset',
  summary: "Takes an app's own value of a setting away; the server's default holds again.",
  args: Type.Object({ appId, key: settingName }),
  async run(context, { appId, key }) {
    const known = appSettingKey(key)
    await context.store.mutate(setAppSetting, { app: appId, key, actor: context.actor })
    return { key, value: context.settings[known] }
  },
  show: ({ key, value }) => `${key} is ${String(value)} now, the default.`,
})

const settingsCommand = defineOperatorCommand({
  name: 'app settings',
  summary: 'Lists all settings of an app with their values and what they do.',
  args: Type.Object({ appId }),
  async run(context, { appId }) {
    const app = await knownApp(context, appId)
    const own = await ownSettings(context, appId)
    return SETTING_KEYS.map(settingRow)
      .filter(row => row.scope === 'app')
      .map(row => ({
        key: row.key,
        value: app.setting(row.key),
        own: row.key in own,
        takes: takes(row),
        doc: row.doc,
      }))
  },
  show: rows =>
    textTable(
      ['SETTING', 'VALUE', 'FROM', 'TAKES', 'WHAT IT DOES'],
      rows.map(row => [row.key, String(row.value), row.own ? 'app' : 'default', row.takes, row.doc]),
    ),
})

const originsCommand = defineOperatorCommand({
  name: 'app origins',
  summary: 'Shows or sets the web origins whose pages may log in to an app.',
  args: Type.Object({
    appId,
    set: Type.Optional(
      Type.Array(Type.String(), {
        word: 'ORIGIN,…',
        description: 'As https://app.example.org; "" allows every page.',
      }),
    ),
  }),
  async run(context, { appId, set }) {
    if (set) await context.store.mutate(setAllowedOrigins, { app: appId, origins: set, actor: context.actor })
    return { origins: (await knownApp(context, appId)).allowedOrigins }
  },
  show: ({ origins }) => (origins.length === 0 ? 'Every web page may log in.' : origins.join('\n')),
})

const disableCommand = defineOperatorCommand({
  name: 'app disable',
  summary: 'Refuses every login and call of an app and ends its sessions; the data stays.',
  args: Type.Object({ appId }),
  run: ({ store, actor }, { appId }) => store.mutate(setAppDisabled, { app: appId, disabled: true, actor }),
  show: () => 'The app is disabled.',
})

const enableCommand = defineOperatorCommand({
  name: 'app enable',
  summary: 'Makes a disabled app work again.',
  args: Type.Object({ appId }),
  run: ({ store, actor }, { appId }) => store.mutate(setAppDisabled, { app: appId, disabled: false, actor }),
  show: () => 'The app is enabled.',
})

const deleteCommand = defineOperatorCommand({
  name: 'app delete',
  summary: 'Deletes a disabled app with all its accounts and messages, for good.',
  confirm: 'All accounts, messages and keys of the app will be deleted. This cannot be undone.',
  args: Type.Object({ appId }),
  run: ({ store, actor }, { appId }) => deleteApp(store, { app: appId, actor }),
  show: ({ accounts, conversations }) =>
    `Deleted, with ${accounts} accounts and ${conversations} conversations. The audit log of the app stays.`,
})

const invalidateCommand = defineOperatorCommand({
  name: 'app invalidate-tickets',
  summary: 'Makes every UserSig of an app so far invalid and ends all its sessions.',
  confirm: 'Every user and app admin of the app will need a new UserSig.',
  args: Type.Object({ appId }),
  async run({ store, actor }, { appId }) {
    const result = await store.mutate(invalidateTickets, { app: appId, actor })
    await markIsPast(result.validAfter)
    return result
  },
  show: ({ validAfter }) => `UserSigs that were issued up to ${moment(validAfter)} are refused now.`,
})

export const appCommands = [
  createCommand,
  listCommand,
  showCommand,
  renameCommand,
  settingsCommand,
  setCommand,
  unsetCommand,
  originsCommand,
  disableCommand,
  enableCommand,
  deleteCommand,
  invalidateCommand,
]

/** All apps, or one. */
async function appSummaries({ store }: Pick<OperatorContext, 'store'>, only?: number): Promise<AppSummary[]> {
  let query = store.read
    .selectFrom('app')
    .select(['app_id', 'name', 'disabled', 'created'])
    .select(eb =>
      eb
        .selectFrom('account')
        .select(count => count.fn.countAll<number>().as('n'))
        .whereRef('account.app_id', '=', 'app.app_id')
        .where('account.deleted', '=', 0)
        .as('accounts'),
    )
    .orderBy('app_id')
  if (only !== undefined) query = query.where('app_id', '=', only)
  const rows = await query.execute()
  return rows.map(row => ({
    appId: row.app_id,
    name: row.name,
    disabled: row.disabled !== 0,
    created: row.created,
    accounts: Number(row.accounts ?? 0),
  }))
}

async function ownSettings({ store }: OperatorContext, app: number): Promise<Record<string, unknown>> {
  const row = await store.read
    .selectFrom('app')
    .select('settings')
    .where('app_id', '=', app)
    .executeTakeFirstOrThrow()
  return JSON.parse(row.settings) as Record<string, unknown>
}

function takes(row: SettingRow): string {
  if (row.type === 'integer') return `${row.min} to ${row.max} ${row.unit}`
  return row.type === 'boolean' ? 'true, false' : row.values.join(', ')
}
