import { isLoopback } from '../doors/client-address.ts'
import { jsonResponse, textResponse } from '../doors/http/http-response.ts'
import type { PageHandler } from '../doors/listener.ts'
import type { Metrics } from './metrics.ts'

export type Readiness =
  /** `slowedBy`: it serves, but slower than it could. */
  { readonly ok: true; readonly slowedBy?: string } | { readonly ok: false; readonly reason: string }

export interface OperationsParts {
  readonly metrics: Metrics
  readonly readiness: () => Readiness
}

/** What an operator's tools ask: alive, ready to serve, and the counters (from this machine only). */
export function operationsPages(parts: OperationsParts): PageHandler {
  return async (request, url, address) => {
    if (url.pathname === '/healthz') return jsonResponse({ status: 'alive' })
    if (url.pathname === '/readyz') {
      const ready = parts.readiness()
      return ready.ok
        ? jsonResponse({ status: 'ready', ...(ready.slowedBy && { slowedBy: ready.slowedBy }) })
        : jsonResponse({ status: 'not ready', reason: ready.reason }, 503)
    }
    if (url.pathname === '/metrics') {
      // A proxy on this machine that nobody named as trusted would make the whole world local.
      if (!isLoopback(address) || request.headers.has('x-forwarded-for'))
        return textResponse(
          'Metrics are served to this machine only; scrape them through its own proxy.',
          403,
        )
      return textResponse(await parts.metrics.registry.metrics(), 200, parts.metrics.registry.contentType)
    }
    return undefined
  }
}
