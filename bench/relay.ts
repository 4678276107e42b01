/**
 * The comparison: what Bun's WebSocket server and JSON cost when nothing is checked, stored or counted. It takes the same
 * frames as the server, acks a message and passes it to its receiver.
 */
import type { ServerWebSocket } from 'bun'
import { answerCommands } from './child-commands.ts'

interface Data {
  name: string
}

interface Frame {
  id: number
  cmd: string
  body: { identifier: string; To_Account: string }
}

const OK = { ActionStatus: 'OK', ErrorCode: 0, ErrorInfo: '' }
const byName = new Map<string, ServerWebSocket<Data>>()

const server = Bun.serve<Data>({
  hostname: '127.0.0.1',
  port: 0,
  development: false,
  fetch(request, server) {
    if (server.upgrade(request, { data: { name: '' } })) return undefined
    return new Response('WebSocket only', { status: 426 })
  },
  websocket: {
    data: {} as Data,
    perMessageDeflate: false,
    idleTimeout: 0,
    sendPings: false,
    message(socket, data) {
      const { id, cmd, body } = JSON.parse(data as string) as Frame
      if (cmd === 'openim/sendmsg') {
        byName
          .get(body.To_Account)
          ?.send(JSON.stringify({ ev: 'message', m: { From_Account: socket.data.name, ...body } }))
      } else if (cmd === 'session/login') {
        socket.data.name = body.identifier
        byName.set(body.identifier, socket)
      }
      socket.send(JSON.stringify({ id, body: OK }))
    },
  },
})
console.log(JSON.stringify({ port: server.port }))
await answerCommands()
process.exit(0)
