import {
  type ParsedSetting,
  parseSetting,
  type SettingKey,
  type SettingValue,
  settingRow,
} from '@rookery/protocol/limits'

/** A setting from a text, as a variable or the command line has it: decimal digits, `true` or `false`, or the word itself. */
export function parseSettingText<K extends SettingKey>(key: K, text: string): ParsedSetting<SettingValue<K>> {
  return parseSetting(key, fromText(key, text))
}

function fromText(key: SettingKey, text: string): unknown {
  const { type } = settingRow(key)
  if (type === 'integer' && /^-?\d{1,15}$/.test(text)) return Number(text)
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return text
}
