import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { table } from './figures.ts'
import type { BenchOptions } from './options.ts'
import type { Figures, PeerScenario } from './peer.ts'
import { peers } from './peers/index.ts'
import { pinLoad } from './pin.ts'
import { aimText, isMet, type Report, shortNumber } from './report.ts'
import { scenarios } from './scenarios.ts'

interface Outcome {
  readonly name: string
  /** Undefined: it failed. */
  readonly report: Report | undefined
}

interface PeerOutcome {
  readonly scenario: PeerScenario
  readonly peer: string
  /** A text: why there are none. */
  readonly figures: Figures | string
}

const UNITS: Readonly<Record<PeerScenario, string>> = {
  send: 'messages',
  fanout: 'deliveries',
  login: 'logins',
  idle: 'idle connections',
}

/** Everything one after another, each in a process of its own; then the peers. Returns one table of it all. */
export async function benchEverything(given: readonly string[], options: BenchOptions): Promise<string> {
  const outcomes: Outcome[] = []
  for (const [name, { amongAll }] of Object.entries(scenarios)) {
    const lengths = options.quick
      ? []
      : ['--seconds', `${amongAll.seconds}`, '--repeat', `${amongAll.repeat}`]
    // What was given comes last and wins.
    outcomes.push({ name, report: await runAlone(name, [...lengths, ...given]) })
  }
  pinLoad(options)
  const others = await runPeers(options)
  return [verdictTable(outcomes), comparedTable(outcomes, others)].join('\n\n')
}

/** The peers alone. */
export async function benchPeers(options: BenchOptions): Promise<string> {
  pinLoad(options)
  const others = await runPeers(options)
  const outcomes = Object.keys(UNITS).map(name => ({
    name,
    report: {
      text: '',
      verdicts: [],
      voids: [],
      compared: { scenario: name as PeerScenario, sides: [] },
    },
  }))
  return comparedTable(outcomes, others)
}

async function runAlone(name: string, flags: readonly string[]): Promise<Report | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'rookery-bench-report-'))
  const file = join(folder, 'report.json')
  try {
    const child = Bun.spawn({
      cmd: [
        process.execPath,
        new URL('bench.ts', import.meta.url).pathname,
        name,
        '--report',
        file,
        ...flags,
      ],
      stdin: 'ignore',
      stdout: 'inherit',
      stderr: 'inherit',
    })
    await child.exited
    console.log('')
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Report) : undefined
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function verdictTable(outcomes: readonly Outcome[]): string {
  const rows = outcomes.flatMap(({ name, report }) => {
    if (!report) return [[name, 'failed', '', '', '']]
    const rest = report.voids.length > 0 ? ', VOID' : ''
    return report.verdicts.map(verdict => [
      name,
      verdict.what,
      shortNumber(verdict.value),
      aimText(verdict.aim),
      `${isMet(verdict) ? 'met' : 'NOT met'}${rest}`,
    ])
  })
  return table(['scenario', 'what', 'value', 'aim', ''], rows)
}

async function runPeers(options: BenchOptions): Promise<PeerOutcome[]> {
  const outcomes: PeerOutcome[] = []
  for (const peer of peers) {
    const reason = await peer.available()
    for (const [name, run] of Object.entries(peer.scenarios)) {
      const scenario = name as PeerScenario
      console.log(`${scenario}, ${peer.name}${reason === undefined ? '' : `: ${reason}`}`)
      outcomes.push({
        scenario,
        peer: peer.name,
        figures: reason ?? (await measured(run, options, scenario)),
      })
    }
  }
  return outcomes
}

/** A peer that fails does not take the others with it. */
async function measured(
  run: (options: BenchOptions) => Promise<Figures>,
  options: BenchOptions,
  scenario: PeerScenario,
): Promise<Figures | string> {
  const { amongAll } = scenarios[scenario] ?? { amongAll: { seconds: options.seconds, repeat: 1 } }
  try {
    return await run(options.quick ? options : { ...options, ...amongAll })
  } catch (error) {
    return `failed: ${error instanceof Error ? error.message : String(error)}`
  }
}

/** Beside each other: ours, the bare comparison, the peers. */
function comparedTable(outcomes: readonly Outcome[], others: readonly PeerOutcome[]): string {
  const rows = outcomes.flatMap(({ report }) => {
    const compared = report?.compared
    if (!compared) return []
    const { scenario, sides } = compared
    return [
      ...sides.map(({ name, figures }) => ({ scenario, name, figures })),
      ...others
        .filter(other => other.scenario === scenario)
        .map(({ peer, figures }) => ({ scenario, name: peer, figures })),
    ]
  })
  return table(
    ['compared', 'server', 'a second', 'CPU µs each', 'p50 ms', 'p95', 'p99', 'KB each', 'load CPU', ''],
    rows.map(({ scenario, name, figures }) =>
      typeof figures === 'string'
        ? [UNITS[scenario], name, '', '', '', '', '', '', '', figures]
        : [
            UNITS[scenario],
            name,
            shown(figures.perSecond, 0),
            shown(figures.cpu, 1),
            shown(figures.p50, 2),
            shown(figures.p95, 2),
            shown(figures.p99, 2),
            shown(figures.bytes === undefined ? undefined : figures.bytes / 1024, 1),
            shown(figures.loadShare === undefined ? undefined : figures.loadShare * 100, 0, ' %'),
            figures.note ?? '',
          ],
    ),
  )
}

function shown(value: number | undefined, digits: number, unit = ''): string {
  return value === undefined ? '' : `${value.toFixed(digits)}${unit}`
}
