import { expect, test } from 'bun:test'
import {
  type DeviceRules,
  type DeviceSession,
  evictions,
  type LoginPolicy,
  PLATFORMS,
  type Platform,
} from './multi-device.ts'

/** Who may be online together (login-usersig 4.2): platforms of one group shut each other out. */
const GROUPS: Readonly<Record<LoginPolicy, readonly (readonly Platform[])[]>> = {
  single: [['Web', 'Android', 'iPhone', 'iPad', 'Windows', 'Mac', 'Linux']],
  dual: [['Web'], ['Android', 'iPhone', 'iPad', 'Windows', 'Mac', 'Linux']],
  triple: [['Web'], ['Android', 'iPhone', 'iPad'], ['Windows', 'Mac', 'Linux']],
  multi: [['Web'], ['Android'], ['iPhone'], ['iPad'], ['Windows'], ['Mac'], ['Linux']],
}

let rank = 0
const session = (platform: Platform, more: Partial<DeviceSession> = {}): DeviceSession => ({
  sessionId: `${platform}-${++rank}`,
  platform,
  rank,
  connected: true,
  ...more,
})
const rules = (policy: LoginPolicy, more: Partial<DeviceRules> = {}): DeviceRules => ({
  policy,
  webInstances: 1,
  devicesPerPlatform: 1,
  ...more,
})

for (const [policy, groups] of Object.entries(GROUPS) as [LoginPolicy, (typeof GROUPS)[LoginPolicy]][])
  for (const present of PLATFORMS)
    for (const newcomer of PLATFORMS) {
      const together = !groups.some(group => group.includes(present) && group.includes(newcomer))
      const type = present === 'Web' && newcomer === 'Web' ? 'multipleAccount' : 'multipleDevice'
      const outcome = together ? 'stays' : `is kicked with ${type}`
      test(`${policy}: ${present} ${outcome} when ${newcomer} logs in`, () => {
        const there = session(present)
        expect(evictions([there], newcomer, rules(policy))).toEqual(
          together ? [] : [{ sessionId: there.sessionId, type }],
        )
      })
    }

test('the first login evicts nobody under any policy', () => {
  for (const policy of Object.keys(GROUPS) as LoginPolicy[])
    for (const platform of PLATFORMS) expect(evictions([], platform, rules(policy))).toEqual([])
})

test('over the Web instances the earliest goes, under them nobody', () => {
  const pages = [session('Web'), session('Web'), session('Web')]
  const limit = (webInstances: number) => rules('dual', { webInstances })
  expect(evictions(pages, 'Web', limit(4))).toEqual([])
  expect(evictions(pages.toReversed(), 'Web', limit(3))).toEqual([
    { sessionId: pages[0]?.sessionId ?? '', type: 'multipleAccount' },
  ])
})

test('a lowered number of Web instances ends all that are too many, the earliest first', () => {
  const pages = [session('Web'), session('Web'), session('Web')]
  expect(
    evictions(pages, 'Web', rules('dual', { webInstances: 1 })).map(({ sessionId }) => sessionId),
  ).toEqual(pages.map(({ sessionId }) => sessionId))
})

test('an instance without a connection goes before one that is older and connected', () => {
  const [old, lost] = [session('Web'), session('Web', { connected: false })]
  expect(evictions([old, lost], 'Web', rules('dual', { webInstances: 2 }))).toEqual([
    { sessionId: lost.sessionId, type: 'multipleAccount' },
  ])
})

test('up to three devices of one native platform stay together when the app allows it', () => {
  const phones = [session('Android'), session('Android')]
  const limit = (devicesPerPlatform: number) => rules('dual', { devicesPerPlatform })
  expect(evictions(phones, 'Android', limit(3))).toEqual([])
  expect(evictions(phones, 'Android', limit(2))).toEqual([
    { sessionId: phones[0]?.sessionId ?? '', type: 'multipleDevice' },
  ])
  expect(evictions(phones, 'iPhone', limit(3))).toHaveLength(2)
})

test('the number of Web instances does not count native devices, nor the other way round', () => {
  const all = [session('Web'), session('Web'), session('Windows')]
  expect(evictions(all, 'Web', rules('dual', { webInstances: 3 }))).toEqual([])
  expect(evictions(all, 'Windows', rules('dual', { webInstances: 2, devicesPerPlatform: 2 }))).toEqual([])
})
