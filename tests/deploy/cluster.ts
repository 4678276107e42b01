import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, GuardedFolder } from '@rookery/server/testing/guarded-process'
import { startNats } from '@rookery/server/testing/nats-server'
import { startPostgres } from '@rookery/server/testing/postgres-server'
import type { Subprocess } from 'bun'
import { RoundRobinProxy } from './round-robin-proxy.ts'

const PROGRAM = join(import.meta.dir, '../../packages/server/src/cli/rookery.ts')
const EXAMPLE = join(import.meta.dir, '../../examples/chat/server/main.ts')
const START_MS = 30_000

export interface ClusterOptions {
  /** Three when left out. */
  readonly nodes?: number
  /** Port of the proxy and of the example's app server; free ones when left out. */
  readonly port?: number
  readonly examplePort?: number
  /** Told what the processes print. */
  readonly show?: (name: string, text: string) => void
}

/** A process that says on its output when it is ready. */
class Program {
  output = ''
  readonly #child: Subprocess<'ignore', 'pipe', 'pipe'>

  private constructor(child: Subprocess<'ignore', 'pipe', 'pipe'>) {
    this.#child = child
  }

  static async start(
    command: readonly string[],
    options: {
      readonly cwd: string
      readonly env: Record<string, string>
      readonly show: (text: string) => void
    },
    isUp: (output: string) => boolean,
  ): Promise<Program> {
    const own = Object.entries(process.env).filter(([name]) => !name.startsWith('ROOKERY_'))
    const child = Bun.spawn([...command], {
      cwd: options.cwd,
      // The machine's own settings must not decide how the nodes run.
      env: { ...(Object.fromEntries(own) as Record<string, string>), ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const program = new Program(child)
    const up = Promise.withResolvers<void>()
    const timer = setTimeout(
      () => up.reject(new Error(`No start within ${START_MS} ms:\n${program.output}`)),
      START_MS,
    )
    const read = async (stream: ReadableStream<Uint8Array>) => {
      const decoder = new TextDecoder()
      for await (const bytes of stream) {
        const text = decoder.decode(bytes, { stream: true })
        program.output += text
        options.show(text)
        if (isUp(program.output)) up.resolve()
      }
    }
    void read(child.stdout)
    void read(child.stderr)
    void child.exited.then(code => up.reject(new Error(`It ended with code ${code}:\n${program.output}`)))
    await up.promise.finally(() => clearTimeout(timer))
    return program
  }

  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.#child.kill(signal)
    await this.#child.exited
  }
}

/** PostgreSQL, NATS, nodes and a proxy on loopback, as deploy/compose has them; and the example's app server in front of them. */
export class Cluster {
  readonly url: string
  readonly exampleUrl: string
  readonly #folder: GuardedFolder
  readonly #nodes: (Program | undefined)[]
  readonly #example: Program
  readonly #startNode: (no: number) => Promise<Program>
  readonly #stops: readonly (() => Promise<void>)[]

  private constructor(parts: {
    readonly url: string
    readonly exampleUrl: string
    readonly folder: GuardedFolder
    readonly nodes: readonly Program[]
    readonly example: Program
    readonly startNode: (no: number) => Promise<Program>
    readonly stops: readonly (() => Promise<void>)[]
  }) {
    this.url = parts.url
    this.exampleUrl = parts.exampleUrl
    this.#folder = parts.folder
    this.#nodes = [...parts.nodes]
    this.#example = parts.example
    this.#startNode = parts.startNode
    this.#stops = parts.stops
  }

  static async start(options: ClusterOptions = {}): Promise<Cluster> {
    const show = options.show ?? (() => undefined)
    const folder = new GuardedFolder('rookery-cluster-')
    const stops: (() => Promise<void>)[] = []
    try {
      const postgres = await startPostgres()
      stops.push(() => postgres.stop())
      const nats = await startNats()
      stops.push(() => nats.stop())
      const database = await postgres.createDatabase()
      const ports = await Promise.all(Array.from({ length: options.nodes ?? 3 }, () => freePort()))
      const environment = {
        ROOKERY_MASTER_KEY: randomBytes(32).toString('hex'),
        ROOKERY_DATABASE_URL: postgres.url(database),
        ROOKERY_NATS_SERVERS: nats.url,
        ROOKERY_DRAIN_SECONDS: '2',
        ROOKERY_LOG_LEVEL: 'warn',
        ROOKERY_LOG_FORMAT: 'json',
      }
      const startNode = (no: number) => {
        const cwd = join(folder.path, `node${no + 1}`)
        mkdirSync(cwd, { recursive: true })
        return Program.start(
          [process.execPath, PROGRAM, 'serve', '--port', String(ports[no]), '--data', join(cwd, 'data')],
          { cwd, env: environment, show: text => show(`node${no + 1}`, text) },
          output => /running at \S+[\s\S]*\n\n$/.test(output),
        )
      }
      const nodes: Program[] = []
      for (let no = 0; no < ports.length; no++) nodes.push(await startNode(no))
      const proxy = await RoundRobinProxy.start(ports, options.port)
      stops.push(() => proxy.stop())
      const first = nodes[0]?.output ?? ''
      const example = await Program.start(
        [process.execPath, EXAMPLE],
        {
          cwd: folder.path,
          env: {
            SDKAPPID: /SDKAppID\s+(\d+)/.exec(first)?.[1] ?? '',
            SECRETKEY: /secret key\s+([0-9a-f]+)/.exec(first)?.[1] ?? '',
            ROOKERY_URL: proxy.url,
            DATA_FOLDER: join(folder.path, 'example'),
            PORT: String(options.examplePort ?? 0),
          },
          show: text => show('example', text),
        },
        output => /mira +\S+\n/.test(output),
      )
      const exampleUrl = new URL(/is at (\S+)/.exec(example.output)?.[1] ?? '').origin
      return new Cluster({ url: proxy.url, exampleUrl, folder, nodes, example, startNode, stops })
    } catch (error) {
      await folder.killAll()
      for (const stop of stops.reverse()) await stop()
      await folder.remove()
      throw error
    }
  }

  get nodes(): number {
    return this.#nodes.length
  }

  /** Of a user of the example. */
  passwordOf(user: string): string {
    return new RegExp(`${user} +(\\S+)`).exec(this.#example.output)?.[1] ?? ''
  }

  /** As a power cut for one node. */
  async killNode(no: number): Promise<void> {
    await this.#nodes[no]?.end('SIGKILL')
    this.#nodes[no] = undefined
  }

  /** As an update does: it moves its clients away first. */
  async stopNode(no: number): Promise<void> {
    await this.#nodes[no]?.end('SIGTERM')
    this.#nodes[no] = undefined
  }

  async startNode(no: number): Promise<void> {
    this.#nodes[no] = await this.#startNode(no)
  }

  async stop(): Promise<void> {
    await this.#example.end('SIGTERM')
    await Promise.all(this.#nodes.map(node => node?.end('SIGTERM')))
    for (const stop of [...this.#stops].reverse()) await stop()
    await this.#folder.remove()
  }
}
