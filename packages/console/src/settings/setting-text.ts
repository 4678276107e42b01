import { type SettingKey, settingRow } from '@rookery/protocol/limits'
import type { Language } from '../i18n/language.tsx'
import { zhSettings } from '../i18n/zh-settings.ts'

/** What a setting does. The table of settings is English; a setting without a translation is shown as it stands there. */
export function settingText(language: Language, key: SettingKey): string {
  return (language === 'zh-CN' ? zhSettings[key] : undefined) ?? settingRow(key).doc
}
