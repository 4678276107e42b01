import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, sep } from 'node:path'

/**
 * Ends what runs in a folder and deletes it, once the process that holds the folder's pipe open is gone. Bun kills the children
 * of a test process that ends, so this one leaves their family: its parent is gone at once, its session is its own. A PostgreSQL
 * that was killed leaves a segment of shared memory, which its lock file names.
 */
const WATCHDOG = `setsid sh -c 'cat "$1/alive" >/dev/null
  for turn in 1 2 3; do
    for process in /proc/[0-9]*; do
      case "$(readlink "$process/cwd")" in "$1"|"$1"/*) kill -9 "\${process#/proc/}" ;; esac
    done
  done
  for segment in $(awk "NR == 7 { print \\$2 }" "$1"/*/postmaster.pid 2>/dev/null); do ipcrm -m "$segment"; done
  rm -rf "$1"' watchdog "$1" </dev/null >/dev/null 2>&1 &`

const GONE_WITHIN_MS = 10_000

/**
 * A temporary folder and every process that works in it. When the test process ends, however it ends, the processes are
 * killed and the folder is deleted. Takes Linux's /proc.
 */
export class GuardedFolder {
  readonly path: string
  /** The pipe's end; the operating system closes it when this process ends. */
  readonly #alive: number

  constructor(prefix: string) {
    this.path = mkdtempSync(join(tmpdir(), prefix))
    // Another user of the operating system may run the server.
    chmodSync(this.path, 0o755)
    const pipe = join(this.path, 'alive')
    for (const [program, ...args] of [
      ['mkfifo', '-m', '600', pipe],
      ['sh', '-c', WATCHDOG, 'sh', this.path],
    ] as const) {
      const { status, error } = spawnSync(program, args, { cwd: '/', stdio: 'ignore' })
      if (status !== 0) throw new Error(`${program} failed: ${error?.message ?? `code ${status}`}`)
    }
    // For reading too: opening only for writing would wait for the watchdog.
    this.#alive = openSync(pipe, 'r+')
  }

  /** Ids of the processes that work in the folder. */
  processes(): number[] {
    return readdirSync('/proc')
      .filter(name => /^\d+$/.test(name))
      .filter(name => {
        const place = workingFolder(name)
        return place === this.path || place?.startsWith(this.path + sep)
      })
      .map(Number)
  }

  /** SIGKILL to all of them; resolves when they are gone. */
  async killAll(): Promise<void> {
    const until = Date.now() + GONE_WITHIN_MS
    for (let alive = this.processes(); alive.length > 0; alive = this.processes()) {
      for (const pid of alive) signal(pid, 'SIGKILL')
      if (Date.now() > until) throw new Error(`Processes in ${this.path} do not end: ${alive.join(', ')}.`)
      await Bun.sleep(5)
    }
  }

  /** Stops them, those included that they were just making. */
  async pauseAll(): Promise<void> {
    let seen = 0
    for (let alive = this.processes(); alive.length !== seen; alive = this.processes()) {
      for (const pid of alive) signal(pid, 'SIGSTOP')
      seen = alive.length
      await Bun.sleep(5)
    }
  }

  resumeAll(): void {
    for (const pid of this.processes()) signal(pid, 'SIGCONT')
  }

  /** Kills what runs in the folder and deletes it. */
  async remove(): Promise<void> {
    await this.killAll()
    closeSync(this.#alive)
    const until = Date.now() + GONE_WITHIN_MS
    while (existsSync(this.path)) {
      if (Date.now() > until) throw new Error(`${this.path} was not deleted.`)
      await Bun.sleep(5)
    }
  }
}

function workingFolder(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    // Ended meanwhile, or another user's.
    return undefined
  }
}

function signal(pid: number, name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Starts a program in a folder, what it says goes to a file. */
export function spawnLogged(command: readonly string[], cwd: string, logFile: string): ChildProcess {
  const log = openSync(logFile, 'a', 0o644)
  const [program = '', ...args] = command
  const child = spawn(program, args, { cwd, detached: true, stdio: ['ignore', log, log] })
  closeSync(log)
  child.on('error', () => undefined)
  child.unref()
  return child
}

/**
 * Waits until `isUp` succeeds. Rejects with the end of the log when the process ends before, or after 30 s.
 * @param what names the server in the error
 */
export async function untilUp(
  what: string,
  child: ChildProcess,
  logFile: string,
  isUp: () => Promise<void>,
): Promise<void> {
  const until = Date.now() + 30_000
  for (;;) {
    try {
      return await isUp()
    } catch (error) {
      const ended = child.pid === undefined || child.exitCode !== null || child.signalCode !== null
      if (ended || Date.now() > until)
        throw new Error(
          `${what} did not start: ${String(error)}\n${readFileSync(logFile, 'utf8').slice(-2000)}`,
        )
      await Bun.sleep(20)
    }
  }
}

/** A port of 127.0.0.1 that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  await new Promise(resolve => server.close(resolve))
  if (typeof address !== 'object' || address === null) throw new Error('No free port was found.')
  return address.port
}
