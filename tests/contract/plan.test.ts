import { describe, expect, test } from 'bun:test'
import { commandOf, faultsOf, type RunOptions, UsageError, wishOf } from './options.ts'
import { planOf } from './plan.ts'

const OPTIONS: RunOptions = {
  seed: 11,
  minutes: 0.5,
  nodes: 3,
  engine: 'postgres',
  faults: faultsOf(undefined, 'postgres'),
  rate: 20,
  users: 4,
  devices: 2,
  groups: 0,
}

/** Of the options above, when the checker knew nothing of groups. */
const PLAN_OF_BEFORE = 917_815_186

describe('a plan', () => {
  test('is the same for the same options, and another for another seed', () => {
    expect(planOf(OPTIONS)).toEqual(planOf({ ...OPTIONS }))
    expect(planOf({ ...OPTIONS, seed: 12 })).not.toEqual(planOf(OPTIONS))
  })

  test('keeps its workload when faults are left out, so that a failure can be narrowed down', () => {
    const workload = planOf(OPTIONS).filter(it => 'action' in it)
    expect(planOf({ ...OPTIONS, faults: [] })).toEqual(workload)
    expect(workload.length).toBeGreaterThan(500)
    expect(workload.length).toBeLessThan(700)
  })

  test('has every kind of fault and of action when it is long enough', () => {
    const steps = planOf({ ...OPTIONS, minutes: 10 })
    expect(new Set(steps.flatMap(it => ('fault' in it ? it.fault : [])))).toEqual(new Set(OPTIONS.faults))
    expect(new Set(steps.flatMap(it => ('action' in it ? it.action : []))).size).toBe(11)
    const withGroups = planOf({ ...OPTIONS, minutes: 10, groups: 3 })
    expect(new Set(withGroups.flatMap(it => ('action' in it ? it.action : []))).size).toBe(31)
  })

  test('without groups is the one that its seed had before there were groups', () => {
    expect(Bun.hash.crc32(JSON.stringify(planOf(OPTIONS)))).toBe(PLAN_OF_BEFORE)
  })
})

describe('the command line', () => {
  const wish = (...args: string[]) => wishOf(args, () => 5)

  test('of a run gives the same options again', () => {
    const command = commandOf(OPTIONS)
    expect(wish(...command.split(' ').slice(4))).toEqual({ do: 'run', options: OPTIONS })
    const calm = { ...OPTIONS, faults: [] }
    expect(wish(...commandOf(calm).split(' ').slice(4))).toEqual({ do: 'run', options: calm })
  })

  test('draws a seed when none is given', () => {
    expect(wish('--engine', 'embedded')).toMatchObject({
      options: { seed: 5, nodes: 1, engine: 'embedded', groups: 5 },
    })
  })

  test('judges a file', () => {
    expect(wish('--judge', 'x.jsonl')).toEqual({ do: 'judge', file: 'x.jsonl' })
  })

  test.each([
    [['--minutes', 'long'], '--minutes'],
    [['--engine', 'mysql'], 'postgres or embedded'],
    [['--engine', 'embedded', '--nodes', '3'], '--nodes'],
    [['--engine', 'embedded', '--faults', 'kill-nats'], 'kill-nats'],
    [['--users', '12', '--devices', '4'], '24'],
    [['--frobnicate'], 'frobnicate'],
  ])('refuses %p and says why', (args, text) => {
    expect(() => wish(...args)).toThrow(UsageError)
    expect(() => wish(...args)).toThrow(text)
  })
})
