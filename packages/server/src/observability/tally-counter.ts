import { Counter, type Registry } from 'prom-client'

interface Tally<L extends string> {
  readonly labels: Readonly<Partial<Record<L, string | number>>>
  count: number
}

/**
 * A counter for paths that every message takes: counting is one look-up and an addition, and the registry's own counter is
 * brought up to date when somebody reads it.
 */
export class TallyCounter<L extends string> {
  readonly #names: readonly L[]
  readonly #tallies = new Map<string | number, Tally<L>>()

  constructor(options: { name: string; help: string; labelNames: readonly L[]; registers: Registry[] }) {
    this.#names = options.labelNames
    const tallies = this.#tallies
    new Counter({
      ...options,
      collect() {
        this.reset()
        for (const { labels, count } of tallies.values()) this.inc(labels, count)
      },
    })
  }

  inc(labels: Readonly<Record<L, string | number>>): void {
    const key = this.#keyOf(labels)
    const known = this.#tallies.get(key)
    if (known) known.count++
    else this.#tallies.set(key, { labels: { ...labels }, count: 1 })
  }

  #keyOf(labels: Readonly<Record<L, string | number>>): string | number {
    const names = this.#names
    let key = labels[names[0] as L]
    for (let index = 1; index < names.length; index++) key = `${key}\n${labels[names[index] as L]}`
    return key
  }
}
