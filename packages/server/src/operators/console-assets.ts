import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import { gzipSync } from 'node:zlib'
import { textResponse } from '../doors/http/http-response.ts'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
}
/** In index.html, where the nonce of an answer goes. */
const NONCE_PLACE = '__STYLE_NONCE__'
/** Vite puts a hash into these names, so that they never change. */
const HASHED = /^assets\//

interface Asset {
  readonly bytes: Buffer
  readonly type: string
  readonly gzipped: Buffer | undefined
}

/**
 * Scripts come from our own files only. Style elements need the nonce of the page: the component library makes some for
 * each colour scheme; inline `style` attributes in markup stay forbidden.
 */
function policy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/** The built page, read into memory once: names that are not among its files don't exist. */
export class ConsoleAssets {
  readonly #files: ReadonlyMap<string, Asset>

  /** @param folder Vite's output; an empty or missing one is told to whoever opens the page. */
  constructor(folder: string) {
    this.#files = new Map(
      filesIn(folder).map((path): [string, Asset] => {
        const bytes = readFileSync(path)
        const type = TYPES[extname(path)] ?? 'application/octet-stream'
        return [
          relative(folder, path).split(sep).join('/'),
          { bytes, type, gzipped: bytes.length > 1024 ? gzipSync(bytes) : undefined },
        ]
      }),
    )
  }

  /** @param path what follows `/console/`. */
  respond(request: Request, path: string): Response {
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return textResponse('The console is read with GET.', 405)
    const asset = path === 'index.html' ? undefined : this.#files.get(path)
    if (asset) return assetResponse(request, asset, HASHED.test(path))
    // Rooms have addresses of their own, all of the one page; a missing file has not.
    if (HASHED.test(path) || extname(path) !== '') return textResponse('The console has no such file.', 404)
    const page = this.#files.get('index.html')
    if (!page)
      return textResponse(
        'The console is not built. Run "npm run build" in the folder of Rookery, then restart.',
        503,
      )
    return pageResponse(page.bytes.toString())
  }
}

function pageResponse(html: string): Response {
  const nonce = randomBytes(16).toString('base64')
  const response = textResponse(html.replaceAll(NONCE_PLACE, nonce), 200, 'text/html; charset=utf-8')
  response.headers.set('content-security-policy', policy(nonce))
  response.headers.set('cache-control', 'no-store')
  response.headers.set('cross-origin-opener-policy', 'same-origin')
  response.headers.set('permissions-policy', 'camera=(), geolocation=(), microphone=()')
  return response
}

function assetResponse(request: Request, asset: Asset, hashed: boolean): Response {
  const gzipped = (request.headers.get('accept-encoding') ?? '').includes('gzip') ? asset.gzipped : undefined
  return new Response(new Uint8Array(gzipped ?? asset.bytes), {
    headers: {
      'content-type': asset.type,
      'cache-control': hashed ? 'public, max-age=31536000, immutable' : 'no-cache',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
      vary: 'accept-encoding',
      ...(gzipped && { 'content-encoding': 'gzip' }),
    },
  })
}

function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return filesIn(path)
    return entry.name.startsWith('.') ? [] : [path]
  })
}
