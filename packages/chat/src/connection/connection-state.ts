import { OPEN_TIMEOUT, STABLE_AFTER } from '../bounds.ts'
import { backOff } from './back-off.ts'

/**
 * The life of a connection, without any I/O: `step` takes a state and what happened, and says the next state and what to
 * do. One timer exists; every state that needs it names its length, leaving a state cancels it.
 *
 * - `idle`: not started. `ended`: over for good.
 * - `waiting`: the next attempt is due when the timer fires.
 * - `opening`: the socket opens. `entering`: the login is on its way.
 * - `refreshing`: the UserSig was refused; the app is asked for a new one.
 * - `online`: logged in. `draining`: logged in, and the node asked to leave when the timer fires.
 */
export type State =
  | { readonly at: 'idle' }
  | { readonly at: 'waiting'; readonly attempt: number; readonly refreshed: boolean }
  | { readonly at: 'opening'; readonly attempt: number; readonly refreshed: boolean }
  | { readonly at: 'entering'; readonly attempt: number; readonly refreshed: boolean }
  | { readonly at: 'refreshing'; readonly attempt: number }
  | { readonly at: 'online'; readonly attempt: number }
  | { readonly at: 'draining'; readonly attempt: number }
  | { readonly at: 'ended' }

export type Input =
  | { readonly is: 'start' }
  | { readonly is: 'opened' }
  /** The socket is gone. `final`: the close code forbids to come back. */
  | { readonly is: 'closed'; readonly final: boolean }
  | { readonly is: 'timer' }
  | { readonly is: 'accepted' }
  /** `ticket`: a new UserSig may help. `retry`: the server is busy, not before `afterMs`. `final`: nothing helps. */
  | { readonly is: 'refused'; readonly verdict: 'ticket' | 'retry' | 'final'; readonly afterMs: number }
  | { readonly is: 'ticket' }
  | { readonly is: 'noTicket' }
  /** The server ended the session. `renewable`: only because the UserSig ended. */
  | { readonly is: 'kicked'; readonly renewable: boolean }
  | { readonly is: 'drain'; readonly withinMs: number }
  /** The network came back, says the browser. */
  | { readonly is: 'nudge' }
  /** The socket is open but dead. */
  | { readonly is: 'stale' }
  | { readonly is: 'stop' }

export type Effect =
  | { readonly do: 'open' }
  | { readonly do: 'close' }
  | { readonly do: 'enter' }
  | { readonly do: 'refresh' }
  | { readonly do: 'timer'; readonly ms: number }
  | { readonly do: 'untimer' }

export interface Step {
  readonly state: State
  readonly effects: readonly Effect[]
}

type At<N extends State['at']> = Extract<State, { readonly at: N }>
type Is<N extends Input['is']> = Extract<Input, { readonly is: N }>
type Draw = () => number
type Table = {
  readonly [S in State['at']]: {
    readonly [I in Input['is']]: (state: At<S>, input: Is<I>, draw: Draw) => Step
  }
}

const CLOSE: Effect = { do: 'close' }
const UNTIMER: Effect = { do: 'untimer' }
const timer = (ms: number): Effect => ({ do: 'timer', ms })

const stay = (state: State): Step => ({ state, effects: [] })
const open = (attempt: number, refreshed: boolean): Step => ({
  state: { at: 'opening', attempt, refreshed },
  effects: [{ do: 'open' }, timer(OPEN_TIMEOUT)],
})
const wait = (attempt: number, refreshed: boolean, ms: number, before: readonly Effect[] = []): Step => ({
  state: { at: 'waiting', attempt, refreshed },
  effects: [...before, timer(ms)],
})
const end = (before: readonly Effect[]): Step => ({ state: { at: 'ended' }, effects: before })
const endLinked = (): Step => end([CLOSE, UNTIMER])
const refresh = (attempt: number): Step => ({
  state: { at: 'refreshing', attempt },
  effects: [CLOSE, UNTIMER, { do: 'refresh' }],
})

type Trying = At<'opening'> | At<'entering'>
const tryAgain = (state: Trying, draw: Draw, before: readonly Effect[]): Step =>
  wait(state.attempt + 1, state.refreshed, backOff(state.attempt + 1, draw()), before)
const lost = (state: At<'online'> | At<'draining'>, draw: Draw, before: readonly Effect[]): Step =>
  wait(state.attempt + 1, false, backOff(state.attempt, draw()), before)
const leave = (state: At<'draining'>): Step => {
  const next = open(state.attempt, false)
  return { state: next.state, effects: [CLOSE, ...next.effects] }
}

const TABLE: Table = {
  idle: {
    start: () => open(0, false),
    opened: stay,
    closed: stay,
    timer: stay,
    accepted: stay,
    refused: stay,
    ticket: stay,
    noTicket: stay,
    kicked: stay,
    drain: stay,
    nudge: stay,
    stale: stay,
    stop: () => end([]),
  },
  waiting: {
    start: stay,
    opened: stay,
    closed: stay,
    timer: state => open(state.attempt, state.refreshed),
    accepted: stay,
    refused: stay,
    ticket: stay,
    noTicket: stay,
    kicked: stay,
    drain: stay,
    nudge: state => open(0, state.refreshed),
    stale: stay,
    stop: () => end([UNTIMER]),
  },
  opening: {
    start: stay,
    opened: state => ({
      state: { at: 'entering', attempt: state.attempt, refreshed: state.refreshed },
      effects: [{ do: 'enter' }, timer(OPEN_TIMEOUT)],
    }),
    closed: (state, input, draw) => (input.final ? end([UNTIMER]) : tryAgain(state, draw, [])),
    timer: (state, _, draw) => tryAgain(state, draw, [CLOSE]),
    accepted: stay,
    refused: stay,
    ticket: stay,
    noTicket: stay,
    kicked: stay,
    drain: stay,
    nudge: stay,
    stale: stay,
    stop: endLinked,
  },
  entering: {
    start: stay,
    opened: stay,
    closed: (state, input, draw) => (input.final ? end([UNTIMER]) : tryAgain(state, draw, [])),
    timer: (state, _, draw) => tryAgain(state, draw, [CLOSE]),
    accepted: state => ({ state: { at: 'online', attempt: state.attempt }, effects: [timer(STABLE_AFTER)] }),
    refused: (state, input, draw) => {
      if (input.verdict === 'ticket' && !state.refreshed) return refresh(state.attempt)
      if (input.verdict !== 'retry') return endLinked()
      const ms = Math.max(input.afterMs, backOff(state.attempt + 1, draw()))
      return wait(state.attempt + 1, state.refreshed, ms, [CLOSE])
    },
    ticket: stay,
    noTicket: stay,
    kicked: (state, input) => (input.renewable && !state.refreshed ? refresh(state.attempt) : endLinked()),
    drain: (state, input, draw) => wait(state.attempt, state.refreshed, input.withinMs * draw(), [CLOSE]),
    nudge: stay,
    stale: stay,
    stop: endLinked,
  },
  refreshing: {
    start: stay,
    opened: stay,
    closed: stay,
    timer: stay,
    accepted: stay,
    refused: stay,
    ticket: state => open(state.attempt, true),
    noTicket: () => end([]),
    kicked: stay,
    drain: stay,
    nudge: stay,
    stale: stay,
    stop: () => end([]),
  },
  online: {
    start: stay,
    opened: stay,
    closed: (state, input, draw) => (input.final ? end([UNTIMER]) : lost(state, draw, [])),
    timer: () => stay({ at: 'online', attempt: 0 }),
    accepted: stay,
    refused: stay,
    ticket: stay,
    noTicket: stay,
    kicked: (state, input) => (input.renewable ? refresh(state.attempt) : endLinked()),
    drain: (state, input, draw) => ({
      state: { at: 'draining', attempt: state.attempt },
      effects: [timer(input.withinMs * draw())],
    }),
    nudge: stay,
    stale: (state, _, draw) => lost(state, draw, [CLOSE]),
    stop: endLinked,
  },
  draining: {
    start: stay,
    opened: stay,
    closed: (state, input) =>
      // The timer goes on: the moment to come back was drawn when the node asked.
      input.final ? end([UNTIMER]) : stay({ at: 'waiting', attempt: state.attempt, refreshed: false }),
    timer: leave,
    accepted: stay,
    refused: stay,
    ticket: stay,
    noTicket: stay,
    kicked: (state, input) => (input.renewable ? refresh(state.attempt) : endLinked()),
    drain: stay,
    nudge: stay,
    stale: leave,
    stop: endLinked,
  },
  ended: {
    start: stay,
    opened: stay,
    closed: stay,
    timer: stay,
    accepted: stay,
    refused: stay,
    ticket: stay,
    noTicket: stay,
    kicked: stay,
    drain: stay,
    nudge: stay,
    stale: stay,
    stop: stay,
  },
}

type AnyCell = (state: State, input: Input, draw: Draw) => Step

export function step(state: State, input: Input, draw: Draw): Step {
  // The table pairs each cell with its own state and input; the compiler cannot follow the two indices.
  const row = TABLE[state.at] as unknown as Readonly<Record<Input['is'], AnyCell>>
  return row[input.is](state, input, draw)
}

export type NetState = 'connected' | 'connecting' | 'disconnected'

export function netStateOf(state: State): NetState {
  switch (state.at) {
    case 'online':
    case 'draining':
      return 'connected'
    case 'opening':
    case 'entering':
    case 'refreshing':
      return 'connecting'
    case 'idle':
    case 'waiting':
    case 'ended':
      return 'disconnected'
  }
}
