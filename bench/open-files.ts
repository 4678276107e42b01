import { readFileSync } from 'node:fs'

/** Files that a run needs open beside its sockets. */
const SPARE = 500

/** Lets this process and those it starts hold so many sockets. Throws when the machine does not allow it. */
export function allowSockets(count: number): void {
  const allowed = socketsAllowed(count)
  if (allowed < count)
    throw new Error(
      `This needs ${count} sockets and ${allowed} are allowed: raise the limit with "ulimit -n ${count + SPARE}", or give a smaller --count.`,
    )
}

/** Sockets that this process and those it starts may hold, up to `wanted`; raises the limit where it may. */
export function socketsAllowed(wanted: number): number {
  const needed = wanted + SPARE
  if (softLimit() < needed)
    Bun.spawnSync(['prlimit', '--pid', String(process.pid), `--nofile=${needed}:${needed}`], {
      stderr: 'ignore',
    })
  return Math.min(wanted, softLimit() - SPARE)
}

function softLimit(): number {
  const limit = /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]
  return limit === 'unlimited' ? Number.POSITIVE_INFINITY : Number(limit)
}
