import { describe, expect, test } from 'bun:test'
import { endpointOf } from './endpoint.ts'

describe('proxyServer', () => {
  test.each([
    ['ws://127.0.0.1:7070', 'ws://127.0.0.1:7070/ws'],
    ['wss://chat.example.org', 'wss://chat.example.org/ws'],
    ['http://127.0.0.1:7070/', 'ws://127.0.0.1:7070/ws'],
    ['https://chat.example.org', 'wss://chat.example.org/ws'],
    ['wss://chat.example.org/im/socket', 'wss://chat.example.org/im/socket'],
    ['https://chat.example.org?tenant=1', 'wss://chat.example.org/ws?tenant=1'],
  ])('%s means %s', (given, meant) => {
    expect(endpointOf(given)).toBe(meant)
  })

  test.each([undefined, '', 'chat.example.org', 'ftp://chat.example.org', 7])(
    '%p is refused with what to write',
    given => {
      expect(() => endpointOf(given)).toThrow(/proxyServer/)
    },
  )
})
