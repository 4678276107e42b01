import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from '../commands/command.ts'
import { SECURITY_HEADERS } from '../doors/http/http-response.ts'
import type { PageHandler } from '../doors/listener.ts'
import { IS_SINGLE_FILE } from '../single-file.ts'
import { openApiDocument } from './openapi.ts'
import { referencePage } from './reference-page.ts'

/** The page has one style sheet and one script of its own and asks for nothing else. */
const POLICY =
  "default-src 'none'; style-src 'self'; script-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
/** A new version of the server has new pages. */
const MAX_AGE_SECONDS = 300

interface Page {
  readonly type: string
  readonly body: Uint8Array<ArrayBuffer>
  readonly packed: Uint8Array<ArrayBuffer>
}

/** `/docs` and `/openapi.json`, made once from the command table. */
export function referencePages(commands: readonly Command[]): PageHandler {
  let pages: ReadonlyMap<string, Page> | undefined
  return async (request, url) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return undefined
    pages ??= buildPages(commands)
    const page = pages.get(url.pathname)
    if (!page) return undefined
    const packs = /\bgzip\b/.test(request.headers.get('accept-encoding') ?? '')
    return new Response(packs ? page.packed : page.body, {
      headers: {
        ...SECURITY_HEADERS,
        'content-type': page.type,
        'content-security-policy': POLICY,
        'cache-control': `max-age=${MAX_AGE_SECONDS}`,
        vary: 'accept-encoding',
        ...(packs && { 'content-encoding': 'gzip' }),
      },
    })
  }
}

function buildPages(commands: readonly Command[]): ReadonlyMap<string, Page> {
  const document = openApiDocument(commands)
  const html = page('text/html; charset=utf-8', referencePage(document))
  return new Map([
    ['/docs', html],
    ['/docs/', html],
    ['/docs/reference.css', page('text/css; charset=utf-8', asset('page.css'))],
    ['/docs/reference.js', page('text/javascript; charset=utf-8', asset('page.js'))],
    ['/openapi.json', page('application/json; charset=utf-8', JSON.stringify(document, null, 1))],
  ])
}

function asset(name: string): string {
  return readFileSync(join(import.meta.dir, IS_SINGLE_FILE ? 'reference' : '', name), 'utf8')
}

function page(type: string, text: string): Page {
  const body = new TextEncoder().encode(text)
  return { type, body, packed: Bun.gzipSync(body) }
}
