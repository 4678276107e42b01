import type { Services } from '../commands/services.ts'
import { sweepGroups } from '../groups/sweep-groups.ts'
import { sweepHistory } from './sweep-history.ts'

/** How often the history is swept; a message outlives its time by this much at most. */
const INTERVAL_MS = 3_600_000
/** The first sweep waits until a start is over. */
const FIRST_MS = 60_000

/** Sweeps expired history once an hour, one sweep at a time. The returned function ends it and waits for a running one. */
export function scheduleSweep(services: Services): () => Promise<void> {
  const abort = new AbortController()
  let running: Promise<void> | undefined
  const sweep = () => {
    running ??= sweepHistory(services, abort.signal)
      .then(swept => {
        if (swept.messages + swept.keys > 0) services.log.info(swept, 'Expired history was deleted.')
      })
      .catch(error => {
        services.log.error({ err: error }, 'Expired history could not be deleted; the next hour tries again.')
      })
      .then(() => sweepGroups(services))
      .catch(error => {
        services.log.error({ err: error }, 'Groups were not tidied up; the next hour tries again.')
      })
      .finally(() => {
        running = undefined
      })
  }
  const first = setTimeout(sweep, FIRST_MS)
  const hourly = setInterval(sweep, INTERVAL_MS)
  return async () => {
    clearTimeout(first)
    clearInterval(hourly)
    abort.abort()
    await running
  }
}
