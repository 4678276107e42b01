import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { linesOf } from './child-commands.ts'
import { type CpuTime, cpuOf, memoryOf } from './measured-process.ts'

const READY_MS = 60_000

/** `rookery` as one executable file, as operators and the image run it. */
export class SingleFile {
  readonly #folder: string

  private constructor(folder: string) {
    this.#folder = folder
  }

  static async compile(): Promise<SingleFile> {
    const made = new SingleFile(mkdtempSync(join(tmpdir(), 'rookery-bench-file-')))
    const compile = Bun.spawn({
      cmd: [process.execPath, join(import.meta.dir, '../scripts/compile.mjs'), '--outfile', made.#path],
      stdout: 'ignore',
      stderr: 'inherit',
    })
    if ((await compile.exited) !== 0) throw new Error('The single file could not be made.')
    return made
  }

  /** Starts it on a data folder and waits until it says where it is. */
  async start(
    folder: string,
    { core, masterKey }: { readonly core: number; readonly masterKey: string },
  ): Promise<RunningFile> {
    const began = performance.now()
    const child = Bun.spawn({
      cmd: ['taskset', '-c', String(core), this.#path, 'serve', '--data', folder, '--port', '0'],
      env: { ...process.env, ROOKERY_MASTER_KEY: masterKey },
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'inherit',
    })
    const late = setTimeout(() => child.kill('SIGKILL'), READY_MS)
    const lines = linesOf(child.stdout)
    for (let line = await lines.next(); !line.done; line = await lines.next())
      if (/ is running at http/.test(line.value)) {
        clearTimeout(late)
        return new RunningFile(child, performance.now() - began)
      }
    clearTimeout(late)
    throw new Error('The single file ended before it was ready.')
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }

  get #path(): string {
    return join(this.#folder, 'rookery')
  }
}

export class RunningFile {
  readonly startMs: number
  readonly #child: Bun.Subprocess

  constructor(child: Bun.Subprocess, startMs: number) {
    this.#child = child
    this.startMs = startMs
  }

  cpu(): CpuTime {
    return cpuOf(this.#child.pid)
  }

  memory(): number {
    return memoryOf(this.#child.pid)
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM')
    const late = setTimeout(() => this.#child.kill('SIGKILL'), 15_000)
    await this.#child.exited
    clearTimeout(late)
  }
}
