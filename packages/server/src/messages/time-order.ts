import type { Kysely } from 'kysely'
import { PreparedQuery, perDatabase } from '../store/prepared.ts'
import type { Schema } from '../store/schema.ts'
import type { Pair } from './pair.ts'

interface Probe {
  seq: number
  time: number
  late_after: number
}

const queries = perDatabase(db => ({
  upTo: new PreparedQuery<{ app: number; conv: number; seq: number }, Probe>(db, (db, parameter) =>
    db
      .selectFrom('message')
      .select(['seq', 'time', 'late_after'])
      .where('app_id', '=', parameter('app'))
      .where('conv_id', '=', parameter('conv'))
      .where('seq', '<=', parameter('seq'))
      .orderBy('seq', 'desc')
      .limit(1),
  ),
}))

type Conversation = Pick<Pair, 'app' | 'conv' | 'headSeq'>

/** The newest message up to a number, in order or late. */
export function newestUpTo(
  db: Kysely<Schema>,
  { app, conv }: Pick<Pair, 'app' | 'conv'>,
  seq: number,
): Promise<Probe | undefined> {
  return queries(db).upTo.first({ app, conv, seq })
}

/** The newest message in order up to a number; late ones (`message.late_after`) are stepped over at once. */
export async function inOrderUpTo(
  db: Kysely<Schema>,
  { app, conv }: Conversation,
  seq: number,
): Promise<Probe | undefined> {
  let probe = await newestUpTo(db, { app, conv }, seq)
  while (probe && probe.late_after > 0)
    probe = await queries(db).upTo.first({ app, conv, seq: probe.late_after })
  return probe
}

/**
 * The number from which on messages are of `time` or later, looking only at those in order, whose times never fall. A
 * search from the newest one down, twice as far at each step, so what is recent is found in a few steps; it needs no index of
 * times, which every send would have to write.
 */
export async function firstSince(db: Kysely<Schema>, pair: Conversation, time: number): Promise<number> {
  let since = pair.headSeq + 1
  let before = 0
  for (let step = 1; since > 1; step *= 2) {
    const place = Math.max(1, since - step)
    const probe = await inOrderUpTo(db, pair, place)
    if (!probe || probe.time < time) {
      before = place
      break
    }
    since = probe.seq
  }
  while (since - before > 1) {
    const middle = Math.floor((since + before) / 2)
    const probe = await inOrderUpTo(db, pair, middle)
    if (probe && probe.time >= time) since = probe.seq
    else before = middle
  }
  return since
}
