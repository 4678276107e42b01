import { afterAll, beforeAll, expect, test } from 'bun:test'
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import pino from 'pino'
import { startTestServer, type TestServer } from '../testing/test-server.ts'

const hasOpenssl = spawnSync('openssl', ['version']).status === 0
const folder = mkdtempSync(join(tmpdir(), 'rookery-tls-'))
const logged: string[] = []
let server: TestServer

const file = (name: string) => join(folder, name)

/** A self-signed certificate and its key as `<name>.crt` and `<name>.key`. */
function makeCertificate(name: string): void {
  const made = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...['-subj', `/CN=${name}`, '-keyout', file(`${name}.key`), '-out', file(`${name}.crt`)],
  ])
  if (made.status !== 0) throw new Error(`openssl failed: ${made.stderr}`)
}

/**
 * The name in the certificate that a new connection is shown; empty when the connection was reset: a handshake that is under
 * way when the old listener closes is lost with it (docs/operations.md), and clients connect again.
 */
function nameShown(): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(
      { port: server.running.port, host: '127.0.0.1', rejectUnauthorized: false },
      () => {
        resolve(String(socket.getPeerCertificate().subject.CN))
        socket.destroy()
      },
    )
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNRESET') resolve('')
      else reject(error)
    })
  })
}

/** Waits until new connections are shown this name; the test's own time limit ends it. */
async function untilShown(name: string): Promise<void> {
  while ((await nameShown()) !== name) await Bun.sleep(50)
}

/** As certificate tools do it: a new file takes the place of the old one. */
function install(name: string): void {
  for (const kind of ['crt', 'key']) {
    copyFileSync(file(`${name}.${kind}`), file(`next.${kind}`))
    renameSync(file(`next.${kind}`), file(`server.${kind}`))
  }
}

if (!hasOpenssl) test.skip('certificates are reloaded (skipped: openssl makes them)', () => {})
else {
  beforeAll(async () => {
    for (const name of ['first', 'second', 'third']) makeCertificate(name)
    install('first')
    server = await startTestServer({
      server: {
        tls: { cert: file('server.crt'), key: file('server.key') },
        log: pino({ level: 'info' }, { write: (line: string) => logged.push(line) }),
      },
    })
  })

  afterAll(async () => {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  test('a new certificate is shown to new connections, and the sockets that are open stay', async () => {
    expect(server.url).toStartWith('https://')
    expect(await nameShown()).toBe('first')
    const [alice, bob] = [await server.connect('alice'), await server.connect('bob')]
    install('second')
    await untilShown('second')
    // Both listeners' sockets are in one hub.
    const carol = await server.connect('bob')
    await alice.ok('openim/sendmsg', {
      To_Account: 'bob',
      MsgSeq: 1,
      MsgRandom: 1,
      MsgClientTime: 1_700_000_000,
      MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'still here' } }],
    })
    for (const device of [bob, carol]) expect((await device.event('message')).m.Seq).toBe(1)
    for (let i = 0; i < 20; i++) expect(await nameShown()).toBe('second')
    for (const device of [alice, bob, carol]) device.close()
  }, 15_000)

  test('a pair that does not match, or is no certificate, is told to the log and the good one stays', async () => {
    for (const spoil of [
      () => copyFileSync(file('third.key'), file('server.key')),
      () => writeFileSync(file('server.crt'), 'no certificate'),
      () => rmSync(file('server.crt')),
    ]) {
      logged.length = 0
      spoil()
      while (!logged.some(line => line.includes('could not be loaded'))) await Bun.sleep(50)
      expect(await nameShown()).toBe('second')
    }
  }, 20_000)

  test('a link that is switched to other files is seen too', async () => {
    for (const kind of ['crt', 'key']) {
      symlinkSync(file(`third.${kind}`), file(`link.${kind}`))
      renameSync(file(`link.${kind}`), file(`server.${kind}`))
    }
    await untilShown('third')
    await (await server.connect('alice')).ok('session/ping')
  }, 15_000)
}
