import { type ChildProcess, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { appendFileSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import postgres from 'postgres'
import { freePort, GuardedFolder, spawnLogged, untilUp } from './guarded-process.ts'

export const NO_POSTGRES =
  'PostgreSQL is not installed (Debian: apt-get install postgresql), so tests against it are skipped.'

/** A PostgreSQL server in which tests make databases. */
export interface TestPostgres {
  /** Connection URL of a database. */
  url(database: string): string
  /**
   * Makes a database with a name of its own and returns its name.
   * @param template copied, when given; nobody may be connected to it
   */
  createDatabase(template?: string): Promise<string>
  /** Ends its connections and drops it. */
  dropDatabase(database: string): Promise<void>
}

/** A PostgreSQL server of one test, which may kill and pause it. */
export interface PostgresServer extends TestPostgres {
  /** Of the postmaster. */
  readonly pid: number
  /** SIGKILL to the postmaster and all its backends. */
  kill(): Promise<void>
  /** Starts again after {@link kill}, on the same data and port. */
  restart(): Promise<void>
  /** SIGSTOP to the postmaster and all its backends: connections stay open and nothing answers. */
  pause(): Promise<void>
  resume(): void
  /** Ends it and deletes its data. */
  stop(): Promise<void>
}

export interface PostgresServerOptions {
  /** True by default, as in production. Off for tests that only need it fast. */
  readonly fsync?: boolean
  /** Further lines of postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>
}

/** Folder of PostgreSQL's programs; undefined when it is not installed, or where processes can't be controlled. */
export function findPostgres(): string | undefined {
  if (process.platform !== 'linux') return undefined
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : []
  return [
    ...(process.env.PATH ?? '').split(delimiter),
    ...versions.map(version => join(debian, version, 'bin')),
  ].find(folder => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')))
}

/** Starts a server of its own on a free port of 127.0.0.1, without passwords. Ends with this process at the latest. */
export async function startPostgres(options: PostgresServerOptions = {}): Promise<PostgresServer> {
  const programs = findPostgres()
  if (programs === undefined) throw new Error(NO_POSTGRES)
  const folder = new GuardedFolder('rookery-postgres-')
  const server = new OwnPostgres(programs, folder, await freePort())
  try {
    server.initialise(options)
    await server.restart()
  } catch (error) {
    await folder.remove()
    throw error
  }
  return server
}

let shared: Promise<TestPostgres> | undefined

/**
 * The server that the test runner started (`ROOKERY_TEST_POSTGRES`, the URL of its administrator), else one of this process.
 */
export function testPostgres(): Promise<TestPostgres> {
  const given = process.env.ROOKERY_TEST_POSTGRES
  shared ??= given ? Promise.resolve(new PostgresAt(given)) : startPostgres({ fsync: false })
  return shared
}

class PostgresAt implements TestPostgres {
  readonly #url: URL

  /** @param url of a role that may create databases, with the database to connect to for it */
  constructor(url: string) {
    this.#url = new URL(url)
  }

  url(database: string): string {
    const url = new URL(this.#url)
    url.pathname = `/${database}`
    return url.href
  }

  async createDatabase(template?: string): Promise<string> {
    const name = `test_${randomBytes(6).toString('hex')}`
    await this.admin(`create database ${name}${template ? ` template ${template}` : ''}`)
    return name
  }

  async dropDatabase(database: string): Promise<void> {
    await this.admin(`drop database if exists ${database} with (force)`)
  }

  protected async admin(statement: string): Promise<void> {
    const sql = postgres(this.#url.href, { max: 1, connect_timeout: 5, onnotice: () => undefined })
    try {
      await sql.unsafe(statement)
    } finally {
      await sql.end({ timeout: 1 })
    }
  }
}

class OwnPostgres extends PostgresAt implements PostgresServer {
  readonly #programs: string
  readonly #folder: GuardedFolder
  readonly #port: number
  #postmaster: ChildProcess | undefined

  constructor(programs: string, folder: GuardedFolder, port: number) {
    super(`postgres://postgres@127.0.0.1:${port}/postgres`)
    this.#programs = programs
    this.#folder = folder
    this.#port = port
  }

  get pid(): number {
    const pid = this.#postmaster?.pid
    if (pid === undefined) throw new Error('This PostgreSQL server does not run.')
    return pid
  }

  get #data(): string {
    return join(this.#folder.path, 'data')
  }

  initialise(options: PostgresServerOptions): void {
    mkdirSync(this.#data, { mode: 0o700 })
    const user = systemUser()
    if (user) chownSync(this.#data, user.uid, user.gid)
    // A collation of words, not of bytes: what must compare by bytes shows that it says so.
    const [program = '', ...args] = this.#command('initdb', [
      ...['-D', this.#data, '-U', 'postgres', '-A', 'trust', '--no-sync', '--encoding=UTF8'],
      ...['--locale=C.UTF-8', '--locale-provider=icu', '--icu-locale=en'],
    ])
    const { status, stderr, error } = spawnSync(program, args, { cwd: '/', encoding: 'utf8' })
    if (status !== 0) throw new Error(`initdb failed: ${error?.message ?? stderr}`)
    const settings: Readonly<Record<string, string>> = {
      listen_addresses: `'127.0.0.1'`,
      port: String(this.#port),
      unix_socket_directories: `''`,
      shared_buffers: '32MB',
      // In the data folder, so that nothing stays when the server is killed.
      dynamic_shared_memory_type: 'mmap',
      max_connections: '300',
      max_wal_size: '256MB',
      ...(options.fsync === false && { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
      ...options.settings,
    }
    const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}\n`)
    appendFileSync(join(this.#data, 'postgresql.conf'), lines.join(''))
  }

  async kill(): Promise<void> {
    await this.#folder.killAll()
    this.#postmaster = undefined
  }

  async restart(): Promise<void> {
    const logFile = join(this.#folder.path, 'log')
    const child = spawnLogged(this.#command('postgres', ['-D', this.#data]), this.#folder.path, logFile)
    await untilUp('PostgreSQL', child, logFile, () => this.admin('select 1'))
    this.#postmaster = child
  }

  pause(): Promise<void> {
    return this.#folder.pauseAll()
  }

  resume(): void {
    this.#folder.resumeAll()
  }

  stop(): Promise<void> {
    this.#postmaster = undefined
    return this.#folder.remove()
  }

  /** PostgreSQL refuses to run as root, so root runs it as the user of Debian's package. */
  #command(program: string, args: readonly string[]): string[] {
    const user = systemUser()
    const ids = user ? ['setpriv', `--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups'] : []
    return [...ids, join(this.#programs, program), ...args]
  }
}

function systemUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const line = readFileSync('/etc/passwd', 'utf8').match(/^postgres:[^:]*:(\d+):(\d+):/m)
  if (!line) throw new Error('Root starts PostgreSQL as the user postgres, which this machine does not have.')
  return { uid: Number(line[1]), gid: Number(line[2]) }
}
