import { ErrorCode } from '@rookery/protocol/error-code'
import { ChatError } from '../chat-error.ts'

const SCHEMES: Readonly<Record<string, string>> = {
  'ws:': 'ws:',
  'wss:': 'wss:',
  'http:': 'ws:',
  'https:': 'wss:',
}

/** The WebSocket URL that the option `proxyServer` means; `/ws` is added when it names no path. */
export function endpointOf(proxyServer: unknown): string {
  if (typeof proxyServer !== 'string' || proxyServer === '') {
    throw new ChatError(
      ErrorCode.NETWORK_ERROR,
      'No server is known. Give its address at creation: create({ SDKAppID, proxyServer: "wss://chat.example.org" }).',
    )
  }
  const url = parse(proxyServer)
  const scheme = url && SCHEMES[url.protocol]
  if (!url || !scheme) {
    throw new ChatError(
      ErrorCode.NETWORK_ERROR,
      `proxyServer "${proxyServer}" is no address. Write ws://host:port, wss://host, http://host or https://host.`,
    )
  }
  const path = url.pathname === '' || url.pathname === '/' ? '/ws' : url.pathname
  return `${scheme}//${url.host}${path}${url.search}`
}

function parse(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}
