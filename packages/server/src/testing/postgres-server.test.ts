import { expect, test } from 'bun:test'
import { existsSync, readlinkSync } from 'node:fs'
import postgres from 'postgres'
import { findNats, NO_NATS, startNats } from './nats-server.ts'
import { findPostgres, NO_POSTGRES, startPostgres } from './postgres-server.ts'

const NO_ANSWER = Symbol('no answer')

test.skipIf(!findPostgres())(
  `a PostgreSQL server of a test can be killed, restarted and paused, and keeps what was committed${findPostgres() ? '' : `: ${NO_POSTGRES}`}`,
  async () => {
    const server = await startPostgres()
    const database = await server.createDatabase()
    const folder = dataFolder(server.pid)
    const open = () =>
      postgres(server.url(database), { max: 1, connect_timeout: 5, onnotice: () => undefined })
    const first = open()
    await first.unsafe('create table t (n integer)')
    await first.unsafe('insert into t values (1)')
    const { pid } = server
    await server.kill()
    expect(existsSync(`/proc/${pid}/cwd`)).toBe(false)
    await first.end({ timeout: 0 })

    await server.restart()
    const second = open()
    expect((await second.unsafe('select n from t')).map(row => row.n)).toEqual([1])
    await server.pause()
    const asked = second.unsafe('select 2 as n').then(rows => rows.map(row => row.n))
    expect(await Promise.race([asked, Bun.sleep(300).then(() => NO_ANSWER)])).toBe(NO_ANSWER)
    server.resume()
    expect(await asked).toEqual([2])
    await second.end({ timeout: 1 })
    await server.stop()
    expect(existsSync(folder)).toBe(false)
  },
)

test.skipIf(!findNats())(
  `a NATS server of a test can be killed and restarted on its port${findNats() ? '' : `: ${NO_NATS}`}`,
  async () => {
    const server = await startNats()
    const { url, pid } = server
    await server.kill()
    await server.restart()
    expect(server.url).toBe(url)
    expect(server.pid).not.toBe(pid)
    await server.stop()
  },
)

test.skipIf(!findPostgres() || !findNats())(
  'nothing stays behind when the test process is killed',
  async () => {
    const script = `
      const { startPostgres } = await import('${import.meta.dir}/postgres-server.ts')
      const { startNats } = await import('${import.meta.dir}/nats-server.ts')
      console.log(JSON.stringify([(await startPostgres()).pid, (await startNats()).pid]))
      await new Promise(() => setInterval(() => undefined, 1000))`
    const child = Bun.spawn([process.execPath, '-e', script], { stdout: 'pipe' })
    const { value } = await child.stdout.getReader().read()
    const pids = JSON.parse(new TextDecoder().decode(value)) as number[]
    const folders = pids.map(dataFolder)
    expect(folders.every(existsSync)).toBe(true)
    child.kill('SIGKILL')
    while (folders.some(existsSync)) await Bun.sleep(20)
    expect(pids.some(pid => existsSync(`/proc/${pid}/cwd`))).toBe(false)
  },
)

/** In which a process works. */
function dataFolder(pid: number): string {
  return readlinkSync(`/proc/${pid}/cwd`)
}
