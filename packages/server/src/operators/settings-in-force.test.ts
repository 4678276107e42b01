import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isSettingKey, SETTING_KEYS, settingRow } from '@rookery/protocol/limits'
import { Glob } from 'bun'
import { SETTINGS_IN_FORCE } from './settings-in-force.ts'

const SOURCES = join(import.meta.dir, '..')

test('the console shows those settings of an app that the server reads, and no others', () => {
  const read = new Set<string>()
  for (const file of new Glob('**/*.ts').scanSync(SOURCES)) {
    if (file.endsWith('.test.ts') || file.startsWith('testing/') || file.endsWith('settings-in-force.ts'))
      continue
    // `settings['…']` is the server's own value, which no app can change.
    for (const [, key = ''] of readFileSync(join(SOURCES, file), 'utf8').matchAll(
      /(?<!settings\[)'([a-zA-Z0-9]+(?:\.[a-zA-Z0-9]+)+)'/g,
    ))
      if (isSettingKey(key)) read.add(key)
  }
  const ofApps = SETTING_KEYS.filter(key => settingRow(key).scope === 'app' && read.has(key))
  expect([...SETTINGS_IN_FORCE].sort()).toEqual([...ofApps].sort())
})
