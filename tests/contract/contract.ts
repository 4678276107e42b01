import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Entry } from './history/entry.ts'
import { readHistory, writeHistory } from './history/history-file.ts'
import { judge } from './judge/judge.ts'
import type { Violation } from './judge/violation.ts'
import { commandOf, type RunOptions, USAGE, UsageError, wishOf } from './options.ts'
import { run } from './run.ts'

/** Violations of one rule that are shown; the history has them all. */
const SHOWN = 5

/** Exit codes: 0 kept, 1 broken, 2 wrong use, 3 no end. */
async function main(args: readonly string[]): Promise<number> {
  const wish = wishOf(args, () => Math.floor(Math.random() * 1_000_000))
  if (wish.do === 'judge') return report(judge(readHistory(wish.file)))
  const { options } = wish
  console.log(`seed ${options.seed}; again with: ${commandOf(options)}`)
  return check(options)
}

/** Every part of a run has its own bound; this is for a defect of the checker itself. */
const BEYOND_PLAN_MS = 5 * 60_000

async function check(options: RunOptions): Promise<number> {
  const limit = setTimeout(
    () => {
      console.error('The run did not come to its end in time. What it started ends with it.')
      process.exit(3)
    },
    options.minutes * 60_000 + BEYOND_PLAN_MS,
  )
  const entries = await run(options, { say: line => console.log(line) })
  clearTimeout(limit)
  const violations = judge(entries)
  console.log(summaryOf(entries))
  if (violations.length === 0) return report(violations)
  const file = join(mkdtempSync(join(tmpdir(), 'rookery-history-')), `seed-${options.seed}.jsonl`)
  writeHistory(file, entries)
  const code = report(violations)
  console.log(
    `history: ${file}\njudge it again: npm run contract -- --judge ${file}\nrun it again:   ${commandOf(options)}`,
  )
  return code
}

function summaryOf(entries: readonly Entry[]): string {
  const count = (of: (entry: Entry) => boolean) => entries.filter(of).length
  return (
    `${count(it => it.t === 'call')} operations, ${count(it => it.t === 'received')} deliveries, ` +
    `${count(it => it.t === 'fault' && it.is === 'begin')} faults, ${count(it => it.t === 'mirror')} resumes compared, ` +
    `${count(it => it.t === 'view')} views`
  )
}

function report(violations: readonly Violation[]): number {
  for (const [rule, found] of Map.groupBy(violations, it => it.rule)) {
    console.log(`${rule}: ${found.length} violations`)
    for (const { text } of found.slice(0, SHOWN)) console.log(`  ${text}`)
    if (found.length > SHOWN) console.log('  …')
  }
  console.log(violations.length === 0 ? 'The contract was kept.' : 'The contract was BROKEN.')
  return violations.length === 0 ? 0 : 1
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (cause) {
  if (!(cause instanceof UsageError)) throw cause
  console.error(`${cause.message}\n\n${USAGE}`)
  process.exitCode = 2
}
