import type { App } from '../apps/app.ts'

const SECONDS_A_DAY = 86_400

/** Unix seconds of the oldest message that the app's history still shows; 0 = all of them (`history.days`). */
export function historyFloor(app: App, now: number = Math.floor(Date.now() / 1000)): number {
  const days = app.setting('history.days')
  return days === 0 ? 0 : Math.max(0, now - days * SECONDS_A_DAY)
}
