import type { Services } from '../commands/services.ts'
import { historyFloor } from './history-floor.ts'
import { type SweptConversation, sweepExpired, sweepKeys } from './sweep-expired.ts'

const SECONDS_A_DAY = 86_400
/** Conversations that one look examines: about a millisecond of this thread. */
const EXAMINED_A_LOOK = 500
const CONVERSATIONS_A_STEP = 25

export interface HistorySweep {
  readonly messages: number
  readonly keys: number
}

/**
 * Deletes what is past `history.days` of each app, and send keys that are past their time; for the server to call once an
 * hour, one call at a time. Works in small transactions between which others go on.
 * @param signal ends it early, between two of them.
 */
export async function sweepHistory(
  services: Pick<Services, 'store' | 'apps'>,
  signal?: AbortSignal,
): Promise<HistorySweep> {
  let messages = 0
  let keys = 0
  for (const { app_id } of await services.store.read.selectFrom('app').select('app_id').execute()) {
    const app = await services.apps.get(app_id)
    // Whole days: so a conversation's floor rises, and its owners' logs with it, once a day.
    const floor = app ? Math.floor(historyFloor(app) / SECONDS_A_DAY) * SECONDS_A_DAY : 0
    if (floor > 0) messages += await sweepApp(services, app_id, floor, signal)
  }
  while (!signal?.aborted) {
    const swept = await services.store.mutate(sweepKeys, null)
    if (swept.keys === 0) break
    keys += swept.keys
  }
  return { messages, keys }
}

async function sweepApp(
  services: Pick<Services, 'store'>,
  app: number,
  floor: number,
  signal?: AbortSignal,
): Promise<number> {
  const { store } = services
  const newest = await store.read
    .selectFrom('conversation')
    .select(eb => eb.fn.max<number | null>('conv_id').as('conv'))
    .where('app_id', '=', app)
    .executeTakeFirst()
  const end = newest?.conv ?? 0
  let messages = 0
  for (let cursor = 0; cursor < end && !signal?.aborted; ) {
    const upTo = cursor + EXAMINED_A_LOOK
    const found = await expiredConversations(store, app, floor, cursor, upTo)
    for (let convs: readonly SweptConversation[] = found; convs.length > 0 && !signal?.aborted; ) {
      const swept = await store.mutate(sweepExpired, { app, convs, floor })
      messages += swept.messages
      convs = swept.unfinished
    }
    cursor = found.length === CONVERSATIONS_A_STEP ? (found.at(-1)?.conv ?? upTo) : upTo
    await new Promise<void>(resolve => setImmediate(resolve))
  }
  return messages
}

/** Conversations of a range of numbers whose first message is past the floor. */
async function expiredConversations(
  store: Services['store'],
  app: number,
  floor: number,
  after: number,
  upTo: number,
): Promise<SweptConversation[]> {
  return store.read
    .selectFrom('conversation')
    .select(['conversation.conv_id as conv', 'conversation.lo_id as lo', 'conversation.hi_id as hi'])
    .where('app_id', '=', app)
    .where('conv_id', '>', after)
    .where('conv_id', '<=', upTo)
    .where(
      eb =>
        eb
          .selectFrom('message')
          .select('message.time')
          .whereRef('message.app_id', '=', 'conversation.app_id')
          .whereRef('message.conv_id', '=', 'conversation.conv_id')
          .orderBy('message.seq')
          .limit(1),
      '<',
      floor,
    )
    .orderBy('conv_id')
    .limit(CONVERSATIONS_A_STEP)
    .execute()
}
