import type { NodeConnectionOptions, TlsOptions } from '@nats-io/transport-node'

/** Files of `bus.*`; empty: none. */
export interface NatsTlsFiles {
  readonly ca: string
  readonly cert: string
  readonly key: string
}

export interface NatsServers {
  /** `nats://[user:password@]host[:port]`, `nats://token@host` or `tls://…` for each server of the cluster. */
  readonly urls: readonly string[]
  readonly tls?: NatsTlsFiles
}

export function isNatsUrl(text: string): boolean {
  const url = URL.parse(text)
  return (
    url !== null &&
    (url.protocol === 'nats:' || url.protocol === 'tls:') &&
    url.hostname !== '' &&
    (url.pathname === '' || url.pathname === '/') &&
    url.search === '' &&
    url.hash === ''
  )
}

/** Why these servers can't be used together, or undefined. The text holds no password. */
export function natsServersProblem(urls: readonly string[]): string | undefined {
  const logins = new Set(urls.map(text => loginOf(new URL(text))).map(login => JSON.stringify(login)))
  if (logins.size > 1)
    return 'bus.servers: all servers are logged in to with the same name and password; give it in every URL, or in none.'
  return undefined
}

/** Options of the client library: addresses without credentials, so that none of its messages can show one. */
export function natsOptions({ urls, tls }: NatsServers): NodeConnectionOptions {
  const parsed = urls.map(text => new URL(text))
  const [first] = parsed
  const secured = parsed.some(url => url.protocol === 'tls:') || Boolean(tls?.ca || tls?.cert)
  return {
    servers: parsed.map(url => url.host),
    ...(first && loginOf(first)),
    ...(secured && { tls: tlsOptions(tls) }),
  }
}

function loginOf(url: URL): { user?: string; pass?: string; token?: string } {
  const [user, pass] = [decodeURIComponent(url.username), decodeURIComponent(url.password)]
  if (user === '') return {}
  return pass === '' ? { token: user } : { user, pass }
}

function tlsOptions(files: NatsTlsFiles | undefined): TlsOptions {
  return {
    ...(files?.ca && { caFile: files.ca }),
    ...(files?.cert && { certFile: files.cert, keyFile: files.key }),
  }
}
