/**
 * The comparison for groups: what the runtime's publish costs when nothing is checked, stored or counted. The first frame of a
 * connection names its topic and whether it listens; each further one is published there as it came.
 */
import { answerCommands } from './child-commands.ts'

interface Data {
  topic: string
}

interface Join {
  readonly id: number
  readonly topic: string
  readonly listens: boolean
}

/** As the server bounds its sockets. */
const BACKPRESSURE = 1 << 20

const server = Bun.serve<Data>({
  hostname: '127.0.0.1',
  port: 0,
  development: false,
  fetch(request, server) {
    if (server.upgrade(request, { data: { topic: '' } })) return undefined
    return new Response('WebSocket only', { status: 426 })
  },
  websocket: {
    data: {} as Data,
    perMessageDeflate: false,
    idleTimeout: 0,
    sendPings: false,
    backpressureLimit: BACKPRESSURE,
    closeOnBackpressureLimit: true,
    message(socket, data) {
      const { topic } = socket.data
      if (topic !== '') {
        server.publish(topic, data)
        return
      }
      const join = JSON.parse(data as string) as Join
      socket.data.topic = join.topic
      if (join.listens) socket.subscribe(join.topic)
      socket.send(JSON.stringify({ id: join.id, body: { ActionStatus: 'OK', ErrorCode: 0 } }))
    },
  },
})
console.log(JSON.stringify({ port: server.port }))
await answerCommands()
process.exit(0)
