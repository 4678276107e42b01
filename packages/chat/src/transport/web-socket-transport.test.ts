import { afterEach, describe, expect, test } from 'bun:test'
import type { Server, ServerWebSocket } from 'bun'
import type { LinkHandlers } from './transport.ts'
import { webSocketTransport } from './web-socket-transport.ts'

let server: Server<undefined> | undefined

afterEach(async () => {
  await server?.stop(true)
  server = undefined
})

function listen(onMessage: (socket: ServerWebSocket<undefined>, text: string) => void): string {
  server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: (request, it) => (it.upgrade(request) ? undefined : new Response('no')),
    websocket: { message: (socket, message) => onMessage(socket, String(message)) },
  })
  return `ws://127.0.0.1:${server.port}/ws`
}

/** Handlers that keep what they were told, and a promise of the close. */
function witness() {
  const told: string[] = []
  let link: ReturnType<typeof webSocketTransport.open> | undefined
  const closed = Promise.withResolvers<number>()
  const framed = Promise.withResolvers<void>()
  const handlers: LinkHandlers = {
    onOpen: () => {
      told.push('open')
      link?.send('hello')
    },
    onFrame: text => {
      told.push(text)
      framed.resolve()
    },
    onClose: code => closed.resolve(code),
  }
  return {
    told,
    closed: closed.promise,
    framed: framed.promise,
    open: (url: string) => {
      link = webSocketTransport.open(url, handlers)
      return link
    },
  }
}

describe('a WebSocket', () => {
  test('carries frames both ways and tells the server’s close code', async () => {
    const url = listen((socket, text) => {
      socket.send(`echo ${text}`)
      socket.close(4001, 'replaced')
    })
    const seen = witness()
    seen.open(url)
    expect(await seen.closed).toBe(4001)
    expect(seen.told).toEqual(['open', 'echo hello'])
  })

  test('closed from this side says nothing any more', async () => {
    const url = listen((socket, text) => socket.send(`echo ${text}`))
    const seen = witness()
    const link = seen.open(url)
    await seen.framed
    link.close()
    const said = await Promise.race([seen.closed.then(() => 'closed'), Bun.sleep(50).then(() => 'nothing')])
    expect(said).toBe('nothing')
    link.send('into the void')
  })

  test('that cannot be opened is closed with 1006', async () => {
    const url = listen(() => undefined)
    await server?.stop(true)
    const seen = witness()
    seen.open(url)
    expect(await seen.closed).toBe(1006)
    expect(seen.told).toEqual([])
  })
})
