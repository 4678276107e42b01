import { accountSettings } from './settings/account-settings.ts'
import { conversationSettings } from './settings/conversation-settings.ts'
import { edgeSettings } from './settings/edge-settings.ts'
import { groupExtraSettings } from './settings/group-extra-settings.ts'
import { groupSettings } from './settings/group-settings.ts'
import { messageSettings } from './settings/message-settings.ts'
import { rateSettings } from './settings/rate-settings.ts'
import { relationSettings } from './settings/relation-settings.ts'
import { sessionSettings } from './settings/session-settings.ts'
import type { EnumSetting, IntegerSetting, SettingRow } from './settings/setting-row.ts'

export type {
  BooleanSetting,
  EnumSetting,
  IntegerSetting,
  SettingRow,
  SettingScope,
} from './settings/setting-row.ts'

/** Every setting by its key. */
export const SETTINGS = {
  ...accountSettings,
  ...sessionSettings,
  ...relationSettings,
  ...messageSettings,
  ...conversationSettings,
  ...groupSettings,
  ...groupExtraSettings,
  ...rateSettings,
  ...edgeSettings,
} as const

export type SettingKey = keyof typeof SETTINGS

export type SettingValue<K extends SettingKey> = (typeof SETTINGS)[K] extends IntegerSetting
  ? number
  : (typeof SETTINGS)[K] extends EnumSetting<infer Value>
    ? Value
    : boolean

export type Settings = { readonly [K in SettingKey]: SettingValue<K> }

export type ParsedSetting<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: string }

const SHOWN_CHARS = 60

/** All keys in the order of the table. */
export const SETTING_KEYS = Object.keys(SETTINGS) as readonly SettingKey[]

export const isSettingKey = (key: string): key is SettingKey => Object.hasOwn(SETTINGS, key)

/** The row of a setting, with its key. */
export const settingRow = (key: SettingKey): SettingRow & { readonly key: SettingKey } => ({
  ...SETTINGS[key],
  key,
})

export const defaultSettings = (): Settings =>
  Object.fromEntries(SETTING_KEYS.map(key => [key, SETTINGS[key].default])) as unknown as Settings

/**
 * Checks a value from a JSON document (numbers and booleans are not read from strings). The error is one sentence that
 * names the setting, what it takes and the value given.
 */
export const parseSetting = <K extends SettingKey>(
  key: K,
  given: unknown,
): ParsedSetting<SettingValue<K>> => {
  const row: SettingRow = SETTINGS[key]
  if (accepts(row, given)) return { ok: true, value: given as SettingValue<K> }
  return { ok: false, error: `${key} takes ${taken(row)}, not ${shown(given)}.` }
}

const accepts = (row: SettingRow, given: unknown): boolean => {
  switch (row.type) {
    case 'integer':
      return Number.isInteger(given) && (given as number) >= row.min && (given as number) <= row.max
    case 'boolean':
      return typeof given === 'boolean'
    case 'enum':
      return row.values.some(value => value === given)
  }
}

const taken = (row: SettingRow): string => {
  switch (row.type) {
    case 'integer':
      return `an integer from ${row.min} to ${row.max} (${row.unit})`
    case 'boolean':
      return 'true or false'
    case 'enum':
      return `one of ${row.values.join(', ')}`
  }
}

const shown = (given: unknown): string => {
  if (typeof given === 'number' || given === undefined) return String(given)
  let text: string
  try {
    text = JSON.stringify(given) ?? typeof given
  } catch {
    text = typeof given
  }
  return text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS)}…` : text
}
