import { isSettingKey, parseSetting, type SettingKey, settingRow } from '@rookery/protocol/limits'
import { auditRow } from '../audit/audit-row.ts'
import { endSessions } from '../login/kick.ts'
import { defineMutation } from '../store/mutation.ts'
import { appLock } from './app-lock.ts'
import { appNameFault } from './app-name.ts'
import { appRow, refuse } from './refuse.ts'

interface AppChange {
  readonly app: number
  readonly actor: string
}

export const renameApp = defineMutation<AppChange & { readonly name: string }, null>(
  'apps/rename',
  async (tx, { app, name, actor }) => {
    const fault = appNameFault(name)
    if (fault) throw refuse('app-name', fault)
    const row = await appRow(tx, app)
    await tx.db.updateTable('app').set({ name }).where('app_id', '=', app).execute()
    await auditRow(tx, { app, actor, action: 'app/rename', target: '', detail: { old: row.name, new: name } })
    tx.changed({ kind: 'app', app })
    return null
  },
  { keepsHeads: true, locks: appLock },
)

export interface SettingChange extends AppChange {
  readonly key: string
  /** Undefined takes the app's own value away, so that the server's default holds. */
  readonly value?: unknown
}

/** Sets one setting of the app. Returns the app's own value before, undefined when it had none. */
export const setAppSetting = defineMutation<SettingChange, { readonly old?: unknown }>(
  'apps/set-setting',
  async (tx, { app, key, value, actor }) => {
    const known = appSettingKey(key)
    if (value !== undefined) {
      const parsed = parseSetting(known, value)
      if (!parsed.ok) throw refuse('setting', parsed.error)
    }
    const row = await appRow(tx, app)
    const settings = JSON.parse(row.settings) as Record<string, unknown>
    const old = settings[key]
    if (value === undefined) delete settings[key]
    else settings[key] = value
    await tx.db
      .updateTable('app')
      .set({ settings: JSON.stringify(settings) })
      .where('app_id', '=', app)
      .execute()
    await auditRow(tx, {
      app,
      actor,
      action: 'app/set',
      target: key,
      detail: { old: old ?? 'default', new: value ?? 'default' },
    })
    tx.changed({ kind: 'app', app })
    return old === undefined ? {} : { old }
  },
  { keepsHeads: true, locks: appLock },
)

/** Throws for names that are no setting of an app. */
export function appSettingKey(key: string): SettingKey {
  if (!isSettingKey(key))
    throw refuse('setting', `There is no setting ${key}; "rookery app settings" lists them.`)
  if (settingRow(key).scope === 'server')
    throw refuse(
      'setting',
      `${key} belongs to the whole server: set it in the [settings] section of rookery.toml and restart.`,
    )
  return key
}

/** Disabled: every login and call is refused with 60016 and the sessions end; the data stays. */
export const setAppDisabled = defineMutation<AppChange & { readonly disabled: boolean }, null>(
  'apps/set-disabled',
  async (tx, { app, disabled, actor }) => {
    const row = await appRow(tx, app)
    if ((row.disabled !== 0) === disabled)
      throw refuse('app-enabled', `The app ${app} is ${disabled ? 'disabled' : 'enabled'} already.`)
    await tx.db
      .updateTable('app')
      .set({ disabled: disabled ? 1 : 0 })
      .where('app_id', '=', app)
      .execute()
    if (disabled) await endSessions(tx, app, undefined, 'REST_API_Kick', 'The app was disabled.')
    await auditRow(tx, { app, actor, action: disabled ? 'app/disable' : 'app/enable', target: '' })
    tx.changed({ kind: 'app', app })
    return null
  },
  { keepsHeads: true, locks: appLock },
)

/**
 * Makes every UserSig of the app so far invalid and ends all sessions: the mark rises to the highest of itself, this second
 * and the newest ticket that any account ever used (DESIGN-SECURITY 2).
 */
export const invalidateTickets = defineMutation<AppChange, { readonly validAfter: number }>(
  'apps/invalidate-tickets',
  async (tx, { app, actor }) => {
    const row = await appRow(tx, app)
    const { newest } = await tx.db
      .selectFrom('account')
      .select(eb => eb.fn.max<number | null>('newest_ticket').as('newest'))
      .where('app_id', '=', app)
      .executeTakeFirstOrThrow()
    const validAfter = Math.max(row.valid_after, tx.now, newest ?? 0)
    await tx.db.updateTable('app').set({ valid_after: validAfter }).where('app_id', '=', app).execute()
    await endSessions(tx, app, undefined, 'REST_API_Kick', 'Every UserSig of the app was made invalid.')
    await auditRow(tx, { app, actor, action: 'app/invalidate-tickets', target: '', detail: { validAfter } })
    tx.changed({ kind: 'app', app })
    return { validAfter }
  },
  { keepsHeads: true, locks: appLock },
)
