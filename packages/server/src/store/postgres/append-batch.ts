import type { AppendItem } from '../append.ts'
import { groupAnswers, groupStatements } from './append-groups.ts'
import { numbersLiteral } from './append-literals.ts'
import { ensureConversations, type Pair, type PairCache, pairKey } from './append-pairs.ts'
import { type AppendOutcome, AppendPlan, SKIPPED } from './append-plan.ts'
import { Questions } from './append-questions.ts'
import { APPEND_SESSION, LOCK, type LockedRow, type LookUpRow, type WrittenRow } from './append-statements.ts'
import { AppendWrite } from './append-write.ts'
import { type LockedHeads, lockedHeads } from './locked-heads.ts'
import type { PgSession } from './session.ts'
import { sqlState } from './sql-state.ts'

export interface AppendContext {
  /** The lane of this session and the node that must have it. */
  readonly lane: number
  readonly nodeId: string
  /** Of this connection; a new connection begins with an empty one. */
  readonly pairs: PairCache
  /** True: waits for conversations that others hold. For batches of what was skipped before. */
  readonly waits: boolean
}

export interface Appended {
  /** One for each item, in their order. */
  readonly outcomes: readonly AppendOutcome[]
  /** The lane's number after the batch; undefined when nothing was written. */
  readonly laneNo: number | undefined
}

/** Another node has the lane: this one may not write any more. Nothing of the transaction was stored. */
export class LaneLostError extends Error {
  override readonly name = 'LaneLostError'

  constructor(lane: number, nodeId: string) {
    super(`Lane ${lane} no longer belongs to node ${nodeId}.`)
  }
}

/** The connection broke while a commit was under way. The lane's row, read `for update`, tells whether it happened. */
export class CommitInDoubtError extends Error {
  override readonly name = 'CommitInDoubtError'
  /** Committed when the lane's number is this one (or higher). */
  readonly laneNo: number
  readonly ifCommitted: readonly AppendOutcome[]
  readonly otherwise: readonly AppendOutcome[]

  constructor(
    laneNo: number,
    ifCommitted: readonly AppendOutcome[],
    otherwise: readonly AppendOutcome[],
    cause: unknown,
  ) {
    super('The connection broke during a commit.', { cause })
    this.laneNo = laneNo
    this.ifCommitted = ifCommitted
    this.otherwise = otherwise
  }
}

/** A transaction that others' locks or order made fail succeeds when it is run again; this often at most. */
const ATTEMPTS = 5

const preparedSessions = new WeakSet<PgSession>()

/** A session's `lock_timeout` passed. */
const LOCK_NOT_AVAILABLE = '55P03'
/** What {@link AppendWrite} makes of a lane that another node took during the transaction. */
const NOT_NULL_VIOLATION = '23502'

/**
 * Appends a batch in one transaction of two round trips (one more for pairs that never talked). An item that PostgreSQL refuses is
 * found by halving, and the others are stored. Rejects with {@link LaneLostError}, {@link CommitInDoubtError}, or with the driver's error
 * when the connection broke before the commit or the server can't store anything; then nothing of the batch was stored.
 */
export async function appendBatch(
  session: PgSession,
  batch: readonly AppendItem[],
  context: AppendContext,
): Promise<Appended> {
  if (!preparedSessions.has(session)) {
    await session.run(APPEND_SESSION)
    preparedSessions.add(session)
  }
  return appendPart(session, batch, context, new Set())
}

/** @param held keys of pairs of which an earlier part skipped a message, so a later one must not overtake it */
async function appendPart(
  session: PgSession,
  batch: readonly AppendItem[],
  context: AppendContext,
  held: Set<string>,
): Promise<Appended> {
  for (let attempt = 1; ; attempt++)
    try {
      return await appendAtOnce(session, batch, context, held)
    } catch (error) {
      if (isTransient(error) && attempt < ATTEMPTS) continue
      if (!isAboutRows(error)) throw error
      if (batch.length === 1) return { outcomes: [{ outcome: 'refused', error }], laneNo: undefined }
      return appendHalves(session, batch, context, held)
    }
}

async function appendHalves(
  session: PgSession,
  batch: readonly AppendItem[],
  context: AppendContext,
  held: Set<string>,
): Promise<Appended> {
  const middle = batch.length >> 1
  const skipped = Array.from({ length: batch.length - middle }, () => SKIPPED)
  let first: Appended
  try {
    first = await appendPart(session, batch.slice(0, middle), context, held)
  } catch (error) {
    if (!(error instanceof CommitInDoubtError)) throw error
    const { laneNo, ifCommitted, otherwise, cause } = error
    throw new CommitInDoubtError(laneNo, [...ifCommitted, ...skipped], [...otherwise, ...skipped], cause)
  }
  for (const [place, { outcome }] of first.outcomes.entries()) {
    const item = batch[place]
    if (item && outcome === 'skipped') held.add(pairKey(item))
  }
  try {
    const second = await appendPart(session, batch.slice(middle), context, held)
    return {
      outcomes: [...first.outcomes, ...second.outcomes],
      laneNo: second.laneNo ?? first.laneNo,
    }
  } catch (error) {
    if (error instanceof CommitInDoubtError) {
      const { laneNo, ifCommitted, otherwise, cause } = error
      throw new CommitInDoubtError(
        laneNo,
        [...first.outcomes, ...ifCommitted],
        [...first.outcomes, ...otherwise],
        cause,
      )
    }
    // What the first half stored must be told; the next batch meets the error again.
    if (first.laneNo === undefined) throw error
    return { outcomes: [...first.outcomes, ...skipped], laneNo: first.laneNo }
  }
}

/** One transaction. Whatever happens, none is left open on a connection that works. */
async function appendAtOnce(
  session: PgSession,
  batch: readonly AppendItem[],
  context: AppendContext,
  held: ReadonlySet<string>,
): Promise<Appended> {
  const { lane, nodeId } = context
  const placed = batch.map(item => ({ item, pair: context.pairs.of(item) }))
  const pairs = new Set(placed.map(({ pair }) => pair))
  await ensureConversations(session, pairs)
  let inDoubt: { readonly laneNo: number; readonly outcomes: readonly AppendOutcome[] } | undefined
  try {
    const questions = new Questions(placed, pairs)
    const [locked, [answers]] = await lockAndAsk(session, pairs, questions, context, held)
    if (!answers) throw new LaneLostError(lane, nodeId)
    if (context.waits) forgetMissing(context.pairs, pairs, locked)
    const plan = new AppendPlan(placed, questions, locked, answers)
    const { outcomes } = plan
    if (plan.messages.length === 0) {
      await session.run('rollback')
      return { outcomes, laneNo: undefined }
    }
    const write = new AppendWrite(plan, lane, nodeId)
    inDoubt = { laneNo: answers.no + 1, outcomes }
    const writing = session.run<WrittenRow>(write.text, write.parameters)
    const extras = groupStatements(plan).map(([text, parameters]) => session.run(text, parameters))
    const [[written]] = await together(writing, ...extras, session.run('commit'))
    if (!written) throw new Error('The append wrote no log row.')
    if (written.stale === 0) write.sidesAreWritten()
    return { outcomes, laneNo: written.no }
  } catch (error) {
    if (isBroken(error)) {
      if (!inDoubt) throw error
      throw new CommitInDoubtError(
        inDoubt.laneNo,
        inDoubt.outcomes,
        batch.map(() => SKIPPED),
        error,
      )
    }
    await session.run('rollback')
    if (sqlState(error) === LOCK_NOT_AVAILABLE)
      return { outcomes: batch.map(() => SKIPPED), laneNo: undefined }
    if (sqlState(error) === NOT_NULL_VIOLATION && !(await hasLane(session, lane, nodeId)))
      throw new LaneLostError(lane, nodeId)
    throw error
  }
}

async function lockAndAsk(
  session: PgSession,
  pairs: ReadonlySet<Pair>,
  questions: Questions,
  context: AppendContext,
  held: ReadonlySet<string>,
): Promise<[LockedHeads, LookUpRow[]]> {
  const wanted = [...pairs]
    .filter(pair => pair.conv !== undefined && !held.has(pair.key))
    .sort((a, b) => a.app - b.app || (a.conv ?? 0) - (b.conv ?? 0))
  const lock = [
    numbersLiteral(wanted.map(({ app }) => app)),
    numbersLiteral(wanted.map(({ conv = 0 }) => conv)),
  ]
  const [text, parameters] = questions.statement(context.lane, context.nodeId)
  const [, , [locked], answers, groups] = await together(
    session.run('begin'),
    // First, as in every transaction: a mutation that runs alone holds all lanes, and whoever then held more would wait in a circle.
    session.run('select lane from lane where lane = $1 for update', [context.lane]),
    session.run<LockedRow>(context.waits ? LOCK.wait : LOCK.skip, lock),
    session.run<LookUpRow>(text, parameters),
    groupAnswers(session, questions),
  )
  if (!locked) throw new Error('The lock gave no row.')
  return [lockedHeads(locked, wanted, groups), answers]
}

/** A conversation that no lock finds was erased with its app; whoever comes back may get another. */
function forgetMissing(cache: PairCache, pairs: ReadonlySet<Pair>, locked: LockedHeads): void {
  if (locked.size === pairs.size) return
  for (const pair of pairs) if (pair.conv === undefined || !locked.has(pair.conv)) cache.forget(pair)
}

async function hasLane(session: PgSession, lane: number, nodeId: string): Promise<boolean> {
  const rows = await session.run('select from lane where lane = $1 and node_id = $2', [lane, nodeId])
  return rows.length > 0
}

/** Waits for all of what was sent together, also when one failed: a connection runs one transaction at a time. */
async function together<T extends readonly unknown[]>(
  ...sent: { readonly [K in keyof T]: Promise<T[K]> }
): Promise<T> {
  const settled = await Promise.allSettled(sent)
  const failed = settled.find(result => result.status === 'rejected')
  if (failed) throw failed.reason
  return settled.map(result => result.status === 'fulfilled' && result.value) as unknown as T
}

function isBroken(error: unknown): boolean {
  return /^CONNECTION_/.test(sqlState(error) ?? '')
}

/** Serialisation failures and deadlocks. */
function isTransient(error: unknown): boolean {
  return /^40/.test(sqlState(error) ?? '')
}

/** Data that can't be represented, a violated constraint, a limit of the program (PostgreSQL's appendix A). */
function isAboutRows(error: unknown): boolean {
  return /^(22|23|54)/.test(sqlState(error) ?? '')
}
