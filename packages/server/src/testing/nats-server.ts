import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { delimiter, join } from 'node:path'
import { freePort, GuardedFolder, spawnLogged, untilUp } from './guarded-process.ts'

export const NO_NATS =
  'nats-server is not installed (Debian: apt-get install nats-server), so tests against it are skipped.'

/** A NATS server of one test, which may kill and pause it. */
export interface NatsServer {
  readonly url: string
  readonly pid: number
  kill(): Promise<void>
  /** Starts again after {@link kill}, on the same port. */
  restart(): Promise<void>
  /** SIGSTOP: connections stay open and nothing answers. */
  pause(): Promise<void>
  resume(): void
  stop(): Promise<void>
}

/** Path of nats-server; undefined when it is not installed, or where processes can't be controlled. */
export function findNats(): string | undefined {
  if (process.platform !== 'linux') return undefined
  return [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/bin']
    .map(folder => join(folder, 'nats-server'))
    .find(path => existsSync(path))
}

/** Starts a server of its own on a free port of 127.0.0.1. Ends with this process at the latest. */
export async function startNats(): Promise<NatsServer> {
  const program = findNats()
  if (program === undefined) throw new Error(NO_NATS)
  const folder = new GuardedFolder('rookery-nats-')
  const server = new OwnNats(program, folder, await freePort())
  try {
    await server.restart()
  } catch (error) {
    await folder.remove()
    throw error
  }
  return server
}

let shared: Promise<string> | undefined

/** URL of the server that the test runner started (`ROOKERY_TEST_NATS`), else of one of this process. */
export function testNats(): Promise<string> {
  const given = process.env.ROOKERY_TEST_NATS
  shared ??= given ? Promise.resolve(given) : startNats().then(server => server.url)
  return shared
}

class OwnNats implements NatsServer {
  readonly url: string
  readonly #program: string
  readonly #folder: GuardedFolder
  readonly #port: number
  #child: ChildProcess | undefined

  constructor(program: string, folder: GuardedFolder, port: number) {
    this.url = `nats://127.0.0.1:${port}`
    this.#program = program
    this.#folder = folder
    this.#port = port
  }

  get pid(): number {
    const pid = this.#child?.pid
    if (pid === undefined) throw new Error('This NATS server does not run.')
    return pid
  }

  async kill(): Promise<void> {
    await this.#folder.killAll()
    this.#child = undefined
  }

  async restart(): Promise<void> {
    const logFile = join(this.#folder.path, 'log')
    const command = [this.#program, '-a', '127.0.0.1', '-p', String(this.#port)]
    const child = spawnLogged(command, this.#folder.path, logFile)
    await untilUp('nats-server', child, logFile, () => this.#greeting())
    this.#child = child
  }

  pause(): Promise<void> {
    return this.#folder.pauseAll()
  }

  resume(): void {
    this.#folder.resumeAll()
  }

  stop(): Promise<void> {
    this.#child = undefined
    return this.#folder.remove()
  }

  /** NATS speaks first: `INFO {…}`. */
  #greeting(): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = connect(this.#port, '127.0.0.1')
      socket.once('data', () => resolve())
      socket.once('error', reject)
      socket.once('close', () => reject(new Error('The connection was closed.')))
      socket.setTimeout(1000, () => socket.destroy())
      socket.once('data', () => socket.destroy())
    })
  }
}
