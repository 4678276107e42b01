import type { BenchOptions } from './options.ts'

/** Moves this process, and what it starts from now on, to the load's own core: what the server needs is not to wait for it. */
export function pinLoad({ loadCore }: BenchOptions): void {
  Bun.spawnSync(['taskset', '-acp', String(loadCore), String(process.pid)])
}
