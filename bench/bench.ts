import { writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { benchEverything, benchPeers } from './everything.ts'
import type { BenchOptions } from './options.ts'
import { installPeers } from './peers/install.ts'
import { pinLoad } from './pin.ts'
import { record } from './record.ts'
import { scenarios } from './scenarios.ts'

const USAGE = `Usage: npm run bench -- [scenario] [--seconds N] [--repeat N] [--quick] [--count N]

Without a scenario all of them run, one after another, and then the other servers that are installed; the end is one table.

${Object.entries(scenarios)
  .map(([name, { summary }]) => `  ${name.padEnd(13)} ${summary}`)
  .join('\n')}
  peers         only the other servers; with --install: installs what Debian and npm offer of them

  --seconds N   length of one measurement (default 8)
  --repeat N    measurements of each side, taken in turns; medians are shown (default 5)
  --count N     how many (${Object.entries(scenarios)
    .flatMap(([name, { counts }]) => (counts === undefined ? [] : [`${name}: ${counts}`]))
    .join('; ')})
  --pairs N     conversations or connections that send (default 128)
  --window N    messages under way in each of them (default 4)
  --nodes N,N   nodes of each installation (cluster; default 1,3)
  --quick       short and few: shows that it works, its figures mean little
  --record      the report goes to the top of bench/RESULTS.md too
  --report F    the report goes to file F as JSON too
  --profile D   CPU profile of the server into folder D (its figures are then too slow)`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string' },
    repeat: { type: 'string' },
    count: { type: 'string' },
    pairs: { type: 'string' },
    window: { type: 'string' },
    nodes: { type: 'string', default: '1,3' },
    quick: { type: 'boolean', default: false },
    install: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
    report: { type: 'string' },
    profile: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
})
const [name] = positionals
const scenario = name === undefined ? undefined : scenarios[name]
const isKnown = name === undefined || name === 'peers' || scenario !== undefined
if (values.help || positionals.length > 1 || !isKnown || (values.install && name !== 'peers')) {
  console.log(USAGE)
  process.exit(values.help ? 0 : 2)
}
if (values.install) {
  console.log(installPeers().join('\n'))
  process.exit(0)
}

const { quick } = values
const options: BenchOptions = {
  seconds: bounded(values.seconds, quick ? 2 : 8, 1, 120),
  repeat: bounded(values.repeat, quick ? 1 : 5, 1, 50),
  ...(values.count !== undefined && { count: bounded(values.count, 0, 10, 100_000_000) }),
  pairs: bounded(values.pairs, 128, 1, 4000),
  window: bounded(values.window, 4, 1, 500),
  nodes: values.nodes.split(',').map(text => bounded(text, 0, 1, 9)),
  quick,
  ...(values.profile !== undefined && { profile: values.profile }),
  serverCore: 0,
  loadCore: 1,
}

// When all run, each does it for itself.
const isPinned = !scenario?.isUnpinned
if (scenario && isPinned) pinLoad(options)
const machine = `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC, Bun ${Bun.version}, ${cpuName()}${
  isPinned ? `; server on core ${options.serverCore}, load on core ${options.loadCore}` : ''
}`
console.log(`rookery bench ${name ?? 'of everything'}, ${machine}\n`)
const text = scenario ? await runOne(scenario) : name === 'peers' ? await benchPeers(options) : await runAll()
console.log(text)
if (values.record) {
  const command = ['npm run bench --', ...process.argv.slice(2)].join(' ')
  record(
    `${machine.slice(0, 10)}, ${name ?? 'everything'}`,
    `Machine: ${machine}. Command: \`${command}\`\n\n${text}`,
  )
}
process.exit(0)

async function runOne({ run }: (typeof scenarios)[string]): Promise<string> {
  const report = await run(options)
  if (values.report !== undefined) writeFileSync(values.report, JSON.stringify(report))
  return report.text
}

function runAll(): Promise<string> {
  const given = (['seconds', 'repeat', 'pairs', 'window', 'nodes'] as const).flatMap(flag =>
    values[flag] === undefined ? [] : [`--${flag}`, values[flag]],
  )
  return benchEverything([...given, ...(quick ? ['--quick'] : [])], options)
}

function bounded(text: string | undefined, otherwise: number, least: number, most: number): number {
  if (text === undefined) return otherwise
  const value = Number(text)
  if (Number.isInteger(value) && value >= least && value <= most) return value
  console.error(`${text} is not a whole number from ${least} to ${most}.\n\n${USAGE}`)
  process.exit(2)
}

function cpuName(): string {
  return `${cpus()[0]?.model ?? 'unknown CPU'} × ${cpus().length}, ${Math.round(totalmem() / 2 ** 30)} GiB`
}
