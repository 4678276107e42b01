import { fetchPresence } from './app-server.ts'

export type Presence = Readonly<Record<string, string>>

/** Often enough for a dot, seldom enough for a hundred open pages. */
const INTERVAL_MS = 20_000

/** Asks who is online while somebody looks at the page. An answer that fails shows nobody as online. */
export function watchPresence(
  isWanted: () => boolean,
  show: (presence: Presence) => void,
): () => Promise<void> {
  let isAsking = false
  const ask = async () => {
    if (isAsking || document.visibilityState !== 'visible' || !isWanted()) return
    isAsking = true
    show(await fetchPresence().catch(() => ({})))
    isAsking = false
  }
  setInterval(ask, INTERVAL_MS)
  addEventListener('focus', ask)
  document.addEventListener('visibilitychange', ask)
  return ask
}
