import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { type SyncInput, type SyncState, syncStep } from './sync-state.ts'

const input: fc.Arbitrary<SyncInput> = fc.constantFrom<SyncInput>(
  { is: 'up' },
  { is: 'down' },
  { is: 'page', next: '50' },
  { is: 'page', next: '' },
  { is: 'resumed', more: false },
  { is: 'resumed', more: true },
  { is: 'forget' },
  { is: 'gap' },
  { is: 'failed' },
  { is: 'timer' },
)

describe('the synchronisation', () => {
  test('is never stuck while the connection is up, and asks for nothing while it is down', () => {
    fc.assert(
      fc.property(fc.array(input, { maxLength: 60 }), plan => {
        let state: SyncState = { at: 'cold' }
        /** A fetch or a pause before one is under way. */
        let isPending = false
        for (const given of plan) {
          const answers =
            given.is === 'page' || given.is === 'resumed' || given.is === 'forget' || given.is === 'failed'
          if ((answers || given.is === 'timer') && !isPending) continue
          const { state: next, effects } = syncStep(state, given, () => 0.5)
          const consumed = next !== state
          if (consumed && given.is !== 'gap') isPending = false
          state = next
          if (effects.some(it => it.do === 'fetchPage' || it.do === 'fetchChanges' || it.do === 'retryIn')) {
            isPending = true
          }
          const isUp = state.at !== 'cold' && state.at !== 'stale'
          if (!isUp) expect(effects).toEqual([])
          if (state.at === 'snapshot' || state.at === 'resume') expect(isPending).toBe(true)
        }
      }),
    )
  })

  test('a sign of a gap during a resume asks for another round', () => {
    const draw = (): number => 0
    let { state } = syncStep({ at: 'live' }, { is: 'gap' }, draw)
    expect(state.at).toBe('resume')
    state = syncStep(state, { is: 'gap' }, draw).state
    const again = syncStep(state, { is: 'resumed', more: false }, draw)
    expect(again.effects).toEqual([{ do: 'fetchChanges' }])
    expect(syncStep(again.state, { is: 'resumed', more: false }, draw).state.at).toBe('live')
  })
})
