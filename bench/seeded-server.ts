import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Settings } from '@rookery/protocol/limits'
import { DATABASE_FILE } from '@rookery/server/store/sqlite/open-database'
import { TestServer } from '@rookery/server/testing/test-server'
import { MeasuredProcess } from './measured-process.ts'
import { type BenchOptions, profileFlags } from './options.ts'
import type { ServerArgument } from './server.ts'

export interface SeedOptions {
  /** Accounts that exist. */
  readonly users: readonly string[]
  /** Of the server that runs `command`. */
  readonly settings?: Partial<Settings>
  /** Fills the database; the server does not run. */
  readonly fill?: (seed: TestServer) => void | Promise<void>
  /** Fills it through commands; the server runs. */
  readonly command?: (seed: TestServer) => Promise<void>
}

export interface SeededStart {
  readonly settings?: Partial<Settings>
  readonly port?: number
}

/** Of a folder that outlives its run. */
interface Kept {
  readonly key: string
  readonly masterKey: string
}

/** A data folder with accounts and what else a scenario needs, on which servers are started. */
export class Seed {
  readonly folder: string
  readonly masterKey: string
  readonly #key: string
  readonly #isKept: boolean

  private constructor(folder: string, { key, masterKey }: Kept, isKept: boolean) {
    this.folder = folder
    this.#key = key
    this.masterKey = masterKey
    this.#isKept = isKept
  }

  static async make(options: SeedOptions): Promise<Seed> {
    const seed = new TestServer({
      users: options.users,
      engine: 'sqlite',
      settings: { ...options.settings, 'account.max': 0 },
    })
    await fill(seed, options)
    return new Seed(seed.folder, { key: seed.key, masterKey: seed.masterKey.toString('base64') }, false)
  }

  /**
   * In the folder for temporary files, where later runs find it again; an older one that this version did not finish is made anew.
   *
   * @param name tells what is in it, with the version of the schema.
   */
  private static async kept(name: string, make: () => SeedOptions): Promise<Seed> {
    const folder = join(tmpdir(), `rookery-bench-${name}`)
    const note = join(folder, 'bench.json')
    if (existsSync(note)) {
      console.log(
        `uses ${folder}, made ${statSync(note).mtime.toISOString().slice(0, 16)}; delete it to have it made anew`,
      )
      return new Seed(folder, JSON.parse(readFileSync(note, 'utf8')) as Kept, true)
    }
    console.log(`makes ${folder}, which is kept for later runs`)
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const options = make()
    const seed = new TestServer({
      users: options.users,
      folder,
      settings: { ...options.settings, 'account.max': 0 },
    })
    await fill(seed, options)
    const kept: Kept = { key: seed.key, masterKey: seed.masterKey.toString('base64') }
    writeFileSync(note, JSON.stringify(kept), { mode: 0o600 })
    return new Seed(folder, kept, true)
  }

  /** Kept for a real run; a quick one leaves nothing behind. */
  static large(name: string, options: BenchOptions, make: () => SeedOptions): Promise<Seed> {
    return options.quick ? Seed.make(make()) : Seed.kept(name, make)
  }

  /** Brings the database into the memory of the operating system; one that is kept from an earlier run may be on the disk alone. */
  async readThrough(): Promise<void> {
    for await (const _chunk of Bun.file(join(this.folder, DATABASE_FILE)).stream());
  }

  /** Starts the server in its own process. */
  start(options: BenchOptions, { settings, port }: SeededStart = {}): Promise<MeasuredProcess> {
    const argument: ServerArgument = {
      store: { kind: 'embedded', folder: this.folder },
      masterKey: this.masterKey,
      ...(settings && { settings }),
      ...(port !== undefined && { port }),
    }
    return MeasuredProcess.start('server.ts', {
      core: options.serverCore,
      argument: JSON.stringify(argument),
      bunFlags: profileFlags(options),
      key: this.#key,
    })
  }

  /** A kept one stays. */
  remove(): void {
    if (!this.#isKept) rmSync(this.folder, { recursive: true, force: true })
  }
}

async function fill(seed: TestServer, { fill, command }: SeedOptions): Promise<void> {
  await seed.seed()
  await fill?.(seed)
  if (!command) return
  await seed.start()
  try {
    await command(seed)
  } finally {
    await seed.halt()
  }
}

/** Starts the server in its own process on a new folder in which these accounts exist; stopping it removes the folder. */
export async function startSeededServer(
  users: readonly string[],
  options: BenchOptions,
  more: Omit<SeedOptions, 'users'> = {},
): Promise<MeasuredProcess> {
  const seed = await Seed.make({ users, ...more })
  const server = await seed.start(options, more)
  server.onEnd(() => seed.remove())
  return server
}
