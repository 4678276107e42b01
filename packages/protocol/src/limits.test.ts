import { describe, expect, test } from 'bun:test'
import { errorEntry } from './error-catalogue.ts'
import { defaultSettings, isSettingKey, parseSetting, SETTING_KEYS, SETTINGS, settingRow } from './limits.ts'
import { accountSettings } from './settings/account-settings.ts'
import { conversationSettings } from './settings/conversation-settings.ts'
import { edgeSettings } from './settings/edge-settings.ts'
import { groupExtraSettings } from './settings/group-extra-settings.ts'
import { groupSettings } from './settings/group-settings.ts'
import { messageSettings } from './settings/message-settings.ts'
import { rateSettings } from './settings/rate-settings.ts'
import { relationSettings } from './settings/relation-settings.ts'
import { sessionSettings } from './settings/session-settings.ts'

const families = [
  accountSettings,
  sessionSettings,
  relationSettings,
  messageSettings,
  conversationSettings,
  groupSettings,
  groupExtraSettings,
  rateSettings,
  edgeSettings,
]
const rows = SETTING_KEYS.map(settingRow)

describe('the table', () => {
  test('has each key once', () => {
    expect(SETTING_KEYS.length).toBe(families.reduce((sum, family) => sum + Object.keys(family).length, 0))
    expect(SETTING_KEYS.filter(key => !/^[a-z]+(\.[a-z][a-zA-Z0-9]*)+$/.test(key))).toEqual([])
  })

  test('says of each setting in one sentence what it does, and what the vendor has', () => {
    expect(rows.filter(row => !/^[A-Z].{8,}[^.]\.$/.test(row.doc) || /\. [A-Z]/.test(row.doc))).toEqual([])
    expect(rows.filter(row => row.documented === '')).toEqual([])
  })

  test('names only codes that the catalogue explains', () => {
    expect(rows.filter(row => row.code !== undefined && errorEntry(row.code) === undefined)).toEqual([])
  })

  test('gives each number a unit and an ordered range', () => {
    const integers = rows.filter(row => row.type === 'integer')
    expect(integers.filter(row => row.unit === '' || row.min >= row.max)).toEqual([])
  })

  test('lets every setting be 0 whose text says that 0 means no limit', () => {
    expect(settingRow('account.max').doc).toContain('0 for no limit')
    const withoutLimit = rows.filter(row => row.doc.includes('0 for no limit'))
    expect(withoutLimit.filter(row => row.type !== 'integer' || row.min !== 0)).toEqual([])
  })
})

test('the defaults are those that the reference proposes', () => {
  expect(defaultSettings()).toMatchObject({
    'account.max': 0,
    'account.deleteAllowed': true,
    'account.userIdBytes': 32,
    'login.policy': 'dual',
    'login.webInstances': 1,
    'login.devicesPerPlatform': 1,
    'login.offlineKick6208': false,
    'login.clockSkewAheadSeconds': 300,
    'message.maxBytes': 12288,
    'message.recallSeconds': 120,
    'message.tellBlockedSender': false,
    'message.friendCheck': false,
    'ext.perMessage': 300,
    'history.days': 360,
    'conversation.max': 3000,
    'conv.deleteSync': false,
    'rate.rest.default': 200,
    'rest.timeoutMs': 3000,
    'webhook.onTimeout': 'allow',
  })
})

describe.each(SETTING_KEYS.map(key => [key] as const))('%s', key => {
  const row = settingRow(key)

  test('takes its own default', () => {
    expect(parseSetting(key, row.default)).toEqual({ ok: true, value: row.default as never })
    expect(defaultSettings()[key]).toBe(row.default as never)
  })

  if (row.type === 'integer') {
    test('takes its bounds and refuses one beyond, naming setting, bound and value', () => {
      expect(parseSetting(key, row.min).ok).toBe(true)
      expect(parseSetting(key, row.max).ok).toBe(true)
      for (const beyond of [row.min - 1, row.max + 1]) {
        expect(parseSetting(key, beyond)).toEqual({
          ok: false,
          error: `${key} takes an integer from ${row.min} to ${row.max} (${row.unit}), not ${beyond}.`,
        })
      }
    })
  }

  test('refuses values of another type', () => {
    const others: unknown[] = [
      null,
      undefined,
      [],
      {},
      1.5,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      'other',
      '1',
    ]
    others.push(row.type === 'boolean' ? 1 : true)
    expect(others.filter(given => parseSetting(key, given).ok)).toEqual([])
  })
})

describe('the error text', () => {
  const error = (parsed: ReturnType<typeof parseSetting>) => (parsed.ok ? '' : parsed.error)

  test('lists the values of a choice', () => {
    expect(error(parseSetting('login.policy', 'quad'))).toBe(
      'login.policy takes one of single, dual, triple, multi, not "quad".',
    )
  })

  test('asks for true or false', () => {
    expect(error(parseSetting('message.friendCheck', 'yes'))).toBe(
      'message.friendCheck takes true or false, not "yes".',
    )
  })

  test('cuts a long value and survives one that is no JSON', () => {
    expect(error(parseSetting('login.policy', 'x'.repeat(5000))).length).toBeLessThan(200)
    expect(error(parseSetting('login.policy', 10n))).toContain('bigint')
  })
})

test('a key is known only when the table itself has it', () => {
  expect(isSettingKey('message.maxBytes')).toBe(true)
  expect(['message.maxbytes', 'toString', '__proto__', ''].filter(isSettingKey)).toEqual([])
  expect(Object.keys(SETTINGS)).toEqual([...SETTING_KEYS])
})
