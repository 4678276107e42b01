import { faultsOf, type RunOptions } from './options.ts'

/** A run that once found a defect, in the shape that found it. */
export interface Seed extends RunOptions {
  /** What was wrong, and where. */
  readonly found: string
}

const short = { minutes: 0.15, rate: 20, users: 4, devices: 2, groups: 0 }

/** Replayed briefly by `contract.test.ts`; the first two are the run of every build. */
export const SEEDS: readonly Seed[] = [
  {
    ...short,
    seed: 20_260_101,
    engine: 'embedded',
    nodes: 1,
    // Not: any dropped frames, after which the SDK waits for its time-outs, longer than a build has.
    faults: faultsOf(undefined, 'embedded').filter(it => it !== 'drop-frames'),
    found: 'nothing yet',
  },
  {
    ...short,
    seed: 20_260_102,
    engine: 'postgres',
    nodes: 3,
    faults: faultsOf(undefined, 'postgres').filter(it => it !== 'drop-frames'),
    found: 'nothing yet',
  },
  {
    ...short,
    seed: 35,
    engine: 'embedded',
    nodes: 1,
    faults: ['client-clock'],
    found: 'a device whose clock was set back sent nothing for as long (chat/connection/request-table.ts)',
  },
  {
    ...short,
    seed: 20_260_103,
    engine: 'embedded',
    nodes: 1,
    groups: 4,
    faults: faultsOf(undefined, 'embedded').filter(it => it !== 'drop-frames'),
    found: 'nothing yet',
  },
]
