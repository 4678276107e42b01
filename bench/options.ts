export interface BenchOptions {
  /** Length of one measurement. */
  readonly seconds: number
  /** Measurements of each side. */
  readonly repeat: number
  readonly count?: number
  /** Conversations of the send bench, and the messages under way in each. */
  readonly pairs: number
  readonly window: number
  /** Sizes of the installations of the cluster bench. */
  readonly nodes: readonly number[]
  readonly quick: boolean
  /** Folder for CPU profiles of the server. */
  readonly profile?: string
  /** Of the benches that give both sides a core of their own. */
  readonly serverCore: number
  readonly loadCore: number
}

export function profileFlags(options: BenchOptions): readonly string[] {
  return options.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${options.profile}`]
}
