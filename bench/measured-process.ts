import { readdirSync, readFileSync } from 'node:fs'
import { linesOf } from './child-commands.ts'

/** Clock ticks a second in /proc/<pid>/stat; 100 on every Linux that Bun runs on. */
const TICKS = 100
const READY_MS = 60_000

/** CPU time in seconds. */
export interface CpuTime {
  readonly total: number
  /** The thread that runs the event loop. */
  readonly main: number
}

export interface MeasuredOptions {
  /** Left out: wherever the kernel puts it. */
  readonly core?: number
  readonly argument?: string
  readonly bunFlags?: readonly string[]
  /** The app's UserSig key. */
  readonly key?: string
}

/** Files of this folder that are started. */
export type MeasuredFile = 'server.ts' | 'relay.ts' | 'publisher.ts' | 'http-echo.ts'

/** A child, on a core of its own where one is given, that is measured from outside. */
export class MeasuredProcess {
  readonly pid: number
  readonly port: number
  /** The app's UserSig key; empty for a bare comparison. */
  readonly key: string
  /** Milliseconds from its start until it accepted connections. */
  readonly startMs: number
  readonly #child: Bun.Subprocess<'pipe', 'pipe', 'inherit'>
  readonly #lines: AsyncIterator<string>
  #ended: (() => void) | undefined

  private constructor(
    child: Bun.Subprocess<'pipe', 'pipe', 'inherit'>,
    lines: AsyncIterator<string>,
    ready: { readonly port: number; readonly startMs: number },
    options: MeasuredOptions,
  ) {
    this.#child = child
    this.#lines = lines
    this.pid = child.pid
    this.port = ready.port
    this.startMs = ready.startMs
    this.key = options.key ?? ''
  }

  /** Starts `bun <file> <argument>` and waits until it accepts connections. */
  static async start(file: MeasuredFile, options: MeasuredOptions): Promise<MeasuredProcess> {
    const start = performance.now()
    const child = Bun.spawn({
      cmd: [
        ...(options.core === undefined ? [] : ['taskset', '-c', String(options.core)]),
        process.execPath,
        ...(options.bunFlags ?? []),
        new URL(file, import.meta.url).pathname,
        ...(options.argument === undefined ? [] : [options.argument]),
      ],
      stdin: 'pipe',
      stdout: 'pipe',
      stderr: 'inherit',
    })
    const lines = linesOf(child.stdout)
    const late = setTimeout(() => child.kill('SIGKILL'), READY_MS)
    const first = await lines.next()
    clearTimeout(late)
    if (first.done) throw new Error(`${file} ended before it was ready.`)
    const { port } = JSON.parse(first.value) as { port: number }
    return new MeasuredProcess(child, lines, { port, startMs: performance.now() - start }, options)
  }

  /** @param ended is called when the process is gone. */
  onEnd(ended: () => void): void {
    this.#ended = ended
  }

  cpu(): CpuTime {
    return cpuOf(this.pid)
  }

  /** Resident bytes now. */
  memory(): number {
    return memoryOf(this.pid)
  }

  /** A full garbage collection inside; resolves when it is done, with the bytes that JavaScript's heap then holds. */
  async collect(): Promise<number> {
    this.#child.stdin.write('collect\n')
    await this.#child.stdin.flush()
    const { value } = await this.#lines.next()
    return Number(value)
  }

  /** Ends it at once, as a crash does. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#child.exited
    this.#ended?.()
  }

  async stop(): Promise<void> {
    await this.#child.stdin.end()
    const late = setTimeout(() => this.#child.kill('SIGKILL'), 15_000)
    await this.#child.exited
    clearTimeout(late)
    this.#ended?.()
  }
}

export function cpuOf(pid: number): CpuTime {
  return {
    total: ticksOf(`/proc/${pid}/stat`),
    main: mainThreadCpu(pid),
  }
}

/** Resident bytes now. */
export function memoryOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024
}

/** CPU seconds of this process. */
export function ownCpu(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

/** Seconds in which this process' main thread could have run but no core was free. */
export function ownWait(): number {
  const [, waited = '0'] = readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')
  return Number(waited) / 1e9
}

/** CPU seconds of a process and its children, those included that ended. */
export function familyCpu(pid: number): number {
  const children = readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(name => statOf(`/proc/${name}/stat`))
    .filter(stat => stat?.parent === pid)
  const parent = statOf(`/proc/${pid}/stat`)
  if (!parent) throw new Error(`Process ${pid} is gone.`)
  return children.reduce((sum, child) => sum + (child?.own ?? 0), parent.own + parent.ended)
}

/** CPU seconds of one process. */
export function processCpu(pid: number): number {
  return ticksOf(`/proc/${pid}/stat`)
}

/** CPU seconds of a process' first thread. */
export function mainThreadCpu(pid: number): number {
  return ticksOf(`/proc/${pid}/task/${pid}/stat`)
}

/** Resolves when the process has done (almost) nothing for a while, or after 15 seconds. */
export async function quiet(target: { cpu(): Pick<CpuTime, 'total'> }): Promise<void> {
  for (let check = 0; check < 30; check++) {
    const before = target.cpu().total
    await Bun.sleep(500)
    if (target.cpu().total - before < 0.025) return
  }
}

/** Busy seconds of a core, or of all, since the start of the machine, by all processes. */
export function coreBusy(core: number | 'all'): number {
  const line = readFileSync('/proc/stat', 'utf8')
    .split('\n')
    .find(line => line.startsWith(core === 'all' ? 'cpu ' : `cpu${core} `))
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = (line ?? '')
    .split(/ +/)
    .slice(1)
    .map(Number)
  return (user + nice + system + irq + softirq) / TICKS
}

function ticksOf(statFile: string): number {
  const stat = statOf(statFile)
  if (!stat) throw new Error(`${statFile} can't be read: the process is gone.`)
  return stat.own
}

interface ProcessStat {
  readonly parent: number
  /** CPU seconds: its own, and those of its children that ended. */
  readonly own: number
  readonly ended: number
}

/** Undefined when the process is gone. */
function statOf(statFile: string): ProcessStat | undefined {
  let text: string
  try {
    text = readFileSync(statFile, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ESRCH') return undefined
    throw error
  }
  // The name in parentheses may hold spaces; ppid is field 4, utime and stime are 14 and 15, those of ended children 16 and 17.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const seconds = (first: number) => (Number(fields[first]) + Number(fields[first + 1])) / TICKS
  return { parent: Number(fields[1]), own: seconds(11), ended: seconds(13) }
}
