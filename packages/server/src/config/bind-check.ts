import { isIP } from 'node:net'
import type { ConfigValues } from './config-table.ts'

/**
 * Why the server must not listen as configured, or undefined when it may: beyond loopback tickets would cross a network in the
 * clear (DESIGN-SECURITY 7).
 */
export function bindProblem(
  values: Pick<ConfigValues, 'server.host' | 'server.trustedProxies' | 'tls.cert'>,
): string | undefined {
  const host = values['server.host']
  if (isLoopbackHost(host) || values['tls.cert'] !== '' || values['server.trustedProxies'].length > 0)
    return undefined
  return (
    `server.host is ${host}, which others can reach, but neither TLS nor a trusted proxy is configured, so UserSigs would ` +
    'travel unencrypted. Either set tls.cert and tls.key, or put a TLS reverse proxy in front and name its address in ' +
    'server.trustedProxies. For use on this machine only set server.host to 127.0.0.1.'
  )
}

export function isLoopbackHost(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1')
  return host === 'localhost' || bare === '::1' || (isIP(bare) === 4 && bare.startsWith('127.'))
}
