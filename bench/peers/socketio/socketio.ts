import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { PeerDefinition } from '../peer-definition.ts'
import { PeerProcess } from '../peer-process.ts'
import { signedToken } from '../token.ts'
import { SocketioClient } from './socketio-client.ts'

export const SOCKETIO_FOLDER = fileURLToPath(new URL('.', import.meta.url))

export const socketio: PeerDefinition = {
  name: 'socket.io',
  notes: {
    messages:
      'one insert into SQLite a message, on the disk (synchronous=FULL) before the acknowledgement; no unread counts, nothing for those who are away',
    login: 'signed token (JWT), which writes nothing',
  },
  version() {
    // Compiled when it was installed: the last that is there.
    if (!existsSync(join(SOCKETIO_FOLDER, 'node_modules/better-sqlite3/build/Release/better_sqlite3.node')))
      return undefined
    const { version } = JSON.parse(
      readFileSync(join(SOCKETIO_FOLDER, 'node_modules/socket.io/package.json'), 'utf8'),
    )
    return `${version} on Node.js`
  },
  async start(core) {
    const key = randomBytes(32)
    const process = await PeerProcess.start(core, (folder, port) => ({
      cmd: ['node', join(SOCKETIO_FOLDER, 'server.mjs')],
      env: {
        NODE_ENV: 'production',
        PORT: String(port),
        DATABASE: join(folder, 'messages.db'),
        KEY: key.toString('base64'),
      },
      port,
    }))
    return {
      process,
      connect: user => SocketioClient.open(process.port, signedToken({ sub: user }, key)),
    }
  },
}
