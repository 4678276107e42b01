import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CpuTime, familyCpu, mainThreadCpu } from '../measured-process.ts'

const READY_MS = 60_000
const STOP_MS = 15_000
/** Of what a server printed: as much as explains why it ended. */
const LOG_TAIL = 2000

export interface PeerCommand {
  readonly cmd: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Accepts connections when the server is ready. */
  readonly port: number
}

/** Another server in a folder of its own, on a core of its own, measured from outside. */
export class PeerProcess {
  readonly port: number
  readonly #child: Bun.Subprocess
  readonly #folder: string

  private constructor(child: Bun.Subprocess, port: number, folder: string) {
    this.#child = child
    this.port = port
    this.#folder = folder
  }

  /** @param prepare writes configuration and accounts into the new folder. */
  static async start(
    core: number,
    prepare: (folder: string, port: number) => PeerCommand | Promise<PeerCommand>,
  ): Promise<PeerProcess> {
    const folder = mkdtempSync(join(tmpdir(), 'rookery-peer-'))
    try {
      const { cmd, env, port } = await prepare(folder, await freePort())
      const log = join(folder, 'output.log')
      const child = Bun.spawn({
        // It ends when this process does, however that ends.
        cmd: ['setpriv', '--pdeathsig', 'TERM', 'taskset', '-c', String(core), ...cmd],
        cwd: folder,
        env: { ...process.env, ...env },
        stdin: 'ignore',
        stdout: 'pipe',
        stderr: 'pipe',
      })
      for (const output of [child.stdout, child.stderr]) drainInto(output, log)
      const started = new PeerProcess(child, port, folder)
      await started.#accepts(log)
      return started
    } catch (error) {
      rmSync(folder, { recursive: true, force: true })
      throw error
    }
  }

  /** Its children included. */
  cpu(): CpuTime {
    const { pid } = this.#child
    return { total: familyCpu(pid), main: mainThreadCpu(pid) }
  }

  /** Resident bytes now. */
  memory(): number {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8')
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) * 1024
  }

  async stop(): Promise<void> {
    await this.#end()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async #end(): Promise<void> {
    this.#child.kill('SIGTERM')
    const late = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MS)
    await this.#child.exited
    clearTimeout(late)
  }

  async #accepts(log: string): Promise<void> {
    const end = Date.now() + READY_MS
    while (!(await isOpen(this.port))) {
      if (this.#child.exitCode === null && this.#child.signalCode === null && Date.now() < end) {
        await Bun.sleep(100)
        continue
      }
      await this.#end()
      const printed = await Bun.file(log).text()
      throw new Error(
        `The server was not ready${this.#child.exitCode === null ? '' : `, it ended with ${this.#child.exitCode}`}: ${printed.slice(-LOG_TAIL)}`,
      )
    }
  }
}

async function drainInto(output: ReadableStream<Uint8Array>, file: string): Promise<void> {
  const log = createWriteStream(file, { flags: 'a' })
  for await (const chunk of output) log.write(chunk)
  log.end()
}

function isOpen(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

/** A port of loopback that nobody had a moment ago. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => {
        if (address && typeof address === 'object') resolve(address.port)
        else reject(new Error('No free port was found.'))
      })
    })
  })
}
