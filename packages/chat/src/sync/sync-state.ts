import { backOff } from '../connection/back-off.ts'

/**
 * Where this client stands with the server's state, without any I/O.
 *
 * - `cold`: nothing is known. `snapshot`: pages of it are being fetched.
 * - `live`: up to date, frames keep it so. `stale`: it was, but the socket is gone.
 * - `resume`: the changes since the own marks are being fetched; `again` when a later sign asks for another round.
 */
export type SyncState =
  | { readonly at: 'cold' }
  | { readonly at: 'snapshot'; readonly failures: number }
  | { readonly at: 'live' }
  | { readonly at: 'stale' }
  | { readonly at: 'resume'; readonly again: boolean; readonly failures: number }

export type SyncInput =
  | { readonly is: 'up' }
  | { readonly is: 'down' }
  /** A page of the snapshot was applied; `next` is `''` after the last one. */
  | { readonly is: 'page'; readonly next: string }
  /** The answer of `sync/resume` was applied, and what it named was pulled. */
  | { readonly is: 'resumed'; readonly more: boolean }
  /** The server cannot tell the changes: all anew. */
  | { readonly is: 'forget' }
  /** A number of the own log was skipped, or the server says that we lag. */
  | { readonly is: 'gap' }
  | { readonly is: 'failed' }
  | { readonly is: 'timer' }

export type SyncEffect =
  | { readonly do: 'fetchPage'; readonly cursor: string }
  | { readonly do: 'fetchChanges' }
  | { readonly do: 'retryIn'; readonly ms: number }
  /** The snapshot is complete. */
  | { readonly do: 'completed' }

export interface SyncStep {
  readonly state: SyncState
  readonly effects: readonly SyncEffect[]
}

type At<N extends SyncState['at']> = Extract<SyncState, { readonly at: N }>
type Is<N extends SyncInput['is']> = Extract<SyncInput, { readonly is: N }>
type Table = {
  readonly [S in SyncState['at']]: {
    readonly [I in SyncInput['is']]: (state: At<S>, input: Is<I>, draw: () => number) => SyncStep
  }
}

const stay = (state: SyncState): SyncStep => ({ state, effects: [] })
const page = (cursor: string, failures = 0): SyncStep => ({
  state: { at: 'snapshot', failures },
  effects: [{ do: 'fetchPage', cursor }],
})
const changes = (failures = 0): SyncStep => ({
  state: { at: 'resume', again: false, failures },
  effects: [{ do: 'fetchChanges' }],
})

const TABLE: Table = {
  cold: {
    up: () => page(''),
    down: stay,
    page: stay,
    resumed: stay,
    forget: stay,
    gap: stay,
    failed: stay,
    timer: stay,
  },
  snapshot: {
    up: () => page(''),
    down: () => stay({ at: 'cold' }),
    page: (_, input) =>
      input.next === '' ? { state: { at: 'live' }, effects: [{ do: 'completed' }] } : page(input.next),
    resumed: stay,
    forget: stay,
    gap: stay,
    failed: (state, _, draw) => ({
      state: { ...state, failures: state.failures + 1 },
      effects: [{ do: 'retryIn', ms: backOff(state.failures, draw()) }],
    }),
    // From the start: the cursor itself may be what failed.
    timer: state => page('', state.failures),
  },
  live: {
    up: () => changes(),
    down: () => stay({ at: 'stale' }),
    page: stay,
    resumed: stay,
    forget: stay,
    gap: () => changes(),
    failed: stay,
    timer: stay,
  },
  stale: {
    up: () => changes(),
    down: stay,
    page: stay,
    resumed: stay,
    forget: stay,
    gap: stay,
    failed: stay,
    timer: stay,
  },
  resume: {
    up: () => changes(),
    down: () => stay({ at: 'stale' }),
    page: stay,
    resumed: (state, input) => (input.more || state.again ? changes() : stay({ at: 'live' })),
    forget: () => page(''),
    gap: state => stay({ ...state, again: true }),
    failed: (state, _, draw) => ({
      state: { ...state, failures: state.failures + 1 },
      effects: [{ do: 'retryIn', ms: backOff(state.failures, draw()) }],
    }),
    timer: state => changes(state.failures),
  },
}

type AnyCell = (state: SyncState, input: SyncInput, draw: () => number) => SyncStep

export function syncStep(state: SyncState, input: SyncInput, draw: () => number): SyncStep {
  // The table pairs each cell with its own state and input; the compiler cannot follow the two indices.
  const row = TABLE[state.at] as unknown as Readonly<Record<SyncInput['is'], AnyCell>>
  return row[input.is](state, input, draw)
}
