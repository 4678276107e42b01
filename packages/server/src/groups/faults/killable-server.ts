import { join } from 'node:path'
import { ErrorCode } from '@rookery/protocol/error-code'
import { freePort, GuardedFolder, spawnLogged, untilUp } from '../../testing/guarded-process.ts'
import { SocketClient } from '../../testing/socket-client.ts'
import { TEST_APP, type TestServer } from '../../testing/test-server.ts'

const ENTRY = join(import.meta.dir, '../../cli/rookery.ts')

/** A `rookery serve` in a process of its own, on the database of a test server that does not run. */
export class KillableServer {
  readonly #folder = new GuardedFolder('rookery-faults-')
  readonly #seed: TestServer
  readonly #settings: readonly string[]
  #url = ''

  /** @param settings as `ROOKERY_SETTINGS_…=value` */
  constructor(seed: TestServer, settings: readonly string[]) {
    this.#seed = seed
    this.#settings = settings
  }

  async start(): Promise<void> {
    const { source, folder } = this.#seed.database
    const port = await freePort()
    const variables = [
      `ROOKERY_MASTER_KEY=${this.#seed.masterKey.toString('hex')}`,
      `ROOKERY_LOG_LEVEL=warn`,
      ...(source.kind === 'postgres' ? [`ROOKERY_DATABASE_URL=${source.url}`] : []),
      ...this.#settings,
    ]
    const serve = [process.execPath, ENTRY, 'serve', '--data', folder, '--port', String(port)]
    const logFile = join(this.#folder.path, 'server.log')
    const child = spawnLogged(['env', ...variables, ...serve], this.#folder.path, logFile)
    this.#url = `http://127.0.0.1:${port}`
    await untilUp('The server', child, logFile, async () => {
      const { ok, status } = await fetch(`${this.#url}/readyz`)
      if (!ok) throw new Error(`/readyz answers ${status}`)
    })
  }

  /** A node on a busy machine may be behind for a moment, and says so. */
  async login(user: string): Promise<SocketClient> {
    for (;;) {
      const client = await SocketClient.open(`${this.#url}/ws`)
      const { ErrorCode: code, ErrorInfo } = await client.call('session/login', {
        sdkappid: TEST_APP,
        identifier: user,
        usersig: this.#seed.userSig(user),
      })
      if (code === 0) return client
      client.close()
      if (code !== ErrorCode.SERVICE_OVERLOAD) throw new Error(`session/login: ${code} ${ErrorInfo}`)
      await Bun.sleep(50)
    }
  }

  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void> {
    return this.#folder.killAll()
  }

  remove(): Promise<void> {
    return this.#folder.remove()
  }
}
