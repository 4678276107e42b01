/** The comparison for REST: Bun's HTTP server that parses the JSON and answers with JSON of the same size; nothing is checked or stored. */
import { answerCommands } from './child-commands.ts'

interface Sent {
  readonly MsgRandom: number
}

const server = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  development: false,
  async fetch(request) {
    const { MsgRandom } = JSON.parse(await request.text()) as Sent
    return new Response(
      JSON.stringify({
        ActionStatus: 'OK',
        ErrorCode: 0,
        ErrorInfo: '',
        MsgTime: 1_700_000_000,
        MsgKey: `${MsgRandom}_${MsgRandom}_1700000000`,
        MsgId: `144115198500000001-1700000000-${MsgRandom}`,
      }),
      { headers: { 'content-type': 'application/json; charset=utf-8' } },
    )
  },
})
console.log(JSON.stringify({ port: server.port }))
await answerCommands()
process.exit(0)
