import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { TIMER_HOP } from '../bounds.ts'
import { FakeClock } from '../testing/fake-clock.ts'
import { Renewal, renewalMoment } from './renewal.ts'

describe('the moment of renewal', () => {
  test('lies between 70 and 90 % of the lifetime', () => {
    fc.assert(
      fc.property(
        fc.nat(2_000_000_000),
        fc.integer({ min: 60, max: 2_000_000_000 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (issuedAt, length, draw) => {
          const at = renewalMoment({ issuedAt, expiresAt: issuedAt + length }, draw) / 1000
          expect(at).toBeGreaterThanOrEqual(issuedAt + 0.7 * length)
          expect(at).toBeLessThanOrEqual(issuedAt + 0.9 * length + 1)
        },
      ),
    )
  })

  test('is waited for in hops of at most a day, by the server’s clock', async () => {
    const clock = new FakeClock()
    const waits: number[] = []
    const recording = {
      now: () => clock.now(),
      elapsed: () => clock.elapsed(),
      random: () => clock.random(),
      after: (ms: number, act: () => void) => {
        waits.push(ms)
        return clock.after(ms, act)
      },
    }
    let renewals = 0
    // The device's clock is two hours behind.
    const serverNow = (): number => clock.now() + 7_200_000
    const lifetime = () => ({ issuedAt: serverNow() / 1000, expiresAt: serverNow() / 1000 + 50 * 86_400 })
    const renewal = new Renewal({
      clock: recording,
      serverNow,
      renew: async () => {
        renewals += 1
        return lifetime()
      },
    })
    renewal.schedule(lifetime())
    await clock.pass(34.9 * 86_400_000)
    expect(renewals).toBe(0)
    await clock.pass(11 * 86_400_000)
    expect(renewals).toBe(1)
    expect(Math.max(...waits)).toBeLessThanOrEqual(TIMER_HOP)
    renewal.stop()
    await clock.pass(100 * 86_400_000)
    expect(renewals).toBe(1)
  })

  test('tries are a minute apart and never two at once', async () => {
    const clock = new FakeClock()
    let running = 0
    let most = 0
    const at: number[] = []
    const renewal = new Renewal({
      clock,
      serverNow: () => clock.now(),
      renew: async () => {
        at.push(clock.now())
        running += 1
        most = Math.max(most, running)
        await new Promise<void>(resolve => clock.after(5_000, resolve))
        running -= 1
        throw new Error('no')
      },
    })
    for (let i = 0; i < 20; i += 1) {
      renewal.hurry(1)
      await clock.pass(20_000)
    }
    expect(most).toBe(1)
    expect(at.length).toBeGreaterThan(3)
    for (const [index, time] of at.entries()) {
      const before = at[index - 1]
      if (before !== undefined) expect(time - before).toBeGreaterThanOrEqual(60_000)
    }
  })
})
