import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { BACK_OFF_CEILING, BACK_OFF_FLOOR } from '../bounds.ts'
import { backOff } from './back-off.ts'
import { type Effect, type Input, netStateOf, type State, step } from './connection-state.ts'

const input: fc.Arbitrary<Input> = fc.oneof(
  fc.constantFrom<Input>(
    { is: 'start' },
    { is: 'opened' },
    { is: 'closed', final: false },
    { is: 'timer' },
    { is: 'accepted' },
    { is: 'refused', verdict: 'retry', afterMs: 5_000 },
    { is: 'refused', verdict: 'ticket', afterMs: 0 },
    { is: 'ticket' },
    { is: 'drain', withinMs: 3_000 },
    { is: 'nudge' },
    { is: 'stale' },
  ),
  fc.constantFrom<Input>(
    { is: 'closed', final: true },
    { is: 'refused', verdict: 'final', afterMs: 0 },
    { is: 'noTicket' },
    { is: 'kicked', renewable: false },
    { is: 'kicked', renewable: true },
    { is: 'stop' },
  ),
)

/** What the driver would hold: at most one socket, at most one timer. */
class World {
  state: State = { at: 'idle' }
  sockets = 0
  hasTimer = false
  asked = 0

  take(given: Input, draw: number): readonly Effect[] {
    if (given.is === 'timer') {
      if (!this.hasTimer) return []
      this.hasTimer = false
    }
    if (given.is === 'closed') {
      if (this.sockets === 0) return []
      this.sockets = 0
    }
    const { state, effects } = step(this.state, given, () => draw)
    this.state = state
    for (const effect of effects) {
      if (effect.do === 'open') this.sockets += 1
      if (effect.do === 'close') this.sockets = 0
      if (effect.do === 'timer') this.hasTimer = true
      if (effect.do === 'untimer') this.hasTimer = false
      if (effect.do === 'refresh') this.asked += 1
    }
    return effects
  }
}

describe('the connection', () => {
  test('whatever happens: one socket, never stuck, nothing after the end', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(input, fc.double({ min: 0, max: 0.999 })), { maxLength: 80 }), plan => {
        const world = new World()
        for (const [given, draw] of plan) {
          const before = world.state
          const effects = world.take(given, draw)
          expect(world.sockets).toBeLessThanOrEqual(1)
          if (before.at === 'ended') expect([world.state.at, effects.length]).toEqual(['ended', 0])
          const linked = ['opening', 'entering', 'online', 'draining'].includes(world.state.at)
          expect(world.sockets).toBe(linked ? 1 : 0)
          // Something always leads on: a timer, or the app's answer, or a socket that must say how it fares.
          if (['waiting', 'opening', 'entering', 'draining'].includes(world.state.at)) {
            expect(world.hasTimer).toBe(true)
          }
          if (world.state.at === 'ended') expect(world.hasTimer && linked).toBe(false)
          expect(netStateOf(world.state) === 'connected').toBe(
            world.state.at === 'online' || world.state.at === 'draining',
          )
        }
      }),
      { numRuns: 500 },
    )
  })

  test('a UserSig is fetched once for a refusal, not in a circle', () => {
    const world = new World()
    const refused: Input = { is: 'refused', verdict: 'ticket', afterMs: 0 }
    for (const given of [
      { is: 'start' },
      { is: 'opened' },
      refused,
      { is: 'ticket' },
      { is: 'opened' },
    ] as const) {
      world.take(given, 0)
    }
    expect(world.asked).toBe(1)
    world.take(refused, 0)
    expect([world.state.at, world.asked]).toEqual(['ended', 1])
  })

  test('the pause lies between the floor and 20 s, and doubles', () => {
    fc.assert(
      fc.property(fc.nat(1_000), fc.double({ min: 0, max: 0.9999, noNaN: true }), (attempt, draw) => {
        const ms = backOff(attempt, draw)
        expect(ms).toBeGreaterThanOrEqual(BACK_OFF_FLOOR)
        expect(ms).toBeLessThanOrEqual(BACK_OFF_CEILING)
        expect(backOff(attempt + 1, draw)).toBeGreaterThanOrEqual(ms)
      }),
    )
  })

  test('the browser’s word that the network is back ends the pause', () => {
    const world = new World()
    world.take({ is: 'start' }, 0)
    world.take({ is: 'closed', final: false }, 0.9)
    expect(world.state.at).toBe('waiting')
    world.take({ is: 'nudge' }, 0)
    expect(world.state.at).toBe('opening')
  })
})
