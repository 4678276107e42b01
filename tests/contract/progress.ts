import type { World } from './world.ts'

const EVERY_MS = 10_000

/** Says every ten seconds how far a run is. */
export class Progress {
  readonly #timer: ReturnType<typeof setInterval>

  constructor(world: World, say: (line: string) => void) {
    this.#timer = setInterval(() => say(lineOf(world)), EVERY_MS)
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}

function lineOf({ recorder, devices }: World): string {
  const counts = { calls: 0, done: 0, failed: 0, faults: 0, received: 0 }
  for (const entry of recorder.entries) {
    if (entry.t === 'call') counts.calls += 1
    else if (entry.t === 'return') counts[entry.ok ? 'done' : 'failed'] += 1
    else if (entry.t === 'fault' && entry.is === 'begin') counts.faults += 1
    else if (entry.t === 'received') counts.received += 1
  }
  const reconnects = devices.reduce((sum, it) => sum + it.reconnects, 0)
  const inNow = devices.filter(it => it.isReady).length
  return (
    `${Math.round(recorder.now / 1000)} s: ${counts.calls} operations (${counts.done} done, ${counts.failed} failed), ` +
    `${counts.received} deliveries, ${counts.faults} faults, ${reconnects} reconnects, ${inNow}/${devices.length} devices in`
  )
}
