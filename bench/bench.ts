import { cpus, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { benchIdle } from './idle.ts'
import { benchLogin } from './login.ts'
import type { BenchOptions } from './options.ts'
import { benchSend } from './send.ts'

const USAGE = `Usage: npm run bench -- send|login|idle [--seconds N] [--repeat N] [--quick] [--count N]

  send    messages through the WebSocket door, against a bare relay
  login   connect + UserSig + ready, against a bare connect with one frame
  idle    memory of idle logged-in connections, against bare ones

  --seconds N   length of one measurement (send; default 8)
  --repeat N    measurements of each side, taken in turns; medians are shown (default 5)
  --count N     connections (idle: 9000; login: 3000 a measurement)
  --pairs N     conversations (send; default 128)
  --window N    messages under way in each of them (send; default 4)
  --quick       short and few: shows that it works, its figures mean little
  --profile D   CPU profile of the server into folder D (its figures are then too slow)`

const benches = { send: benchSend, login: benchLogin, idle: benchIdle }

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string' },
    repeat: { type: 'string' },
    count: { type: 'string' },
    pairs: { type: 'string' },
    window: { type: 'string' },
    quick: { type: 'boolean', default: false },
    profile: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
})
const name = positionals[0] ?? ''
if (values.help || !(name in benches)) {
  console.log(USAGE)
  process.exit(values.help ? 0 : 2)
}

const { quick } = values
const options: BenchOptions = {
  seconds: bounded(values.seconds, quick ? 2 : 8, 1, 120),
  repeat: bounded(values.repeat, quick ? 1 : 5, 1, 50),
  ...(values.count !== undefined && { count: bounded(values.count, 0, 10, 15_000) }),
  pairs: bounded(values.pairs, 128, 1, 4000),
  window: bounded(values.window, 4, 1, 500),
  quick,
  ...(values.profile !== undefined && { profile: values.profile }),
  serverCore: 0,
  loadCore: 1,
}

// The load's own core: what the server needs is not to wait for it.
Bun.spawnSync(['taskset', '-acp', String(options.loadCore), String(process.pid)])
console.log(
  `rookery bench ${name}, ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC, Bun ${Bun.version}, ${cpuName()}; server on core ${options.serverCore}, load on core ${options.loadCore}\n`,
)
await benches[name as keyof typeof benches](options)
process.exit(0)

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
