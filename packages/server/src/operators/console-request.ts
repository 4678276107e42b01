import { withinDepth } from '../commands/request-check.ts'
import { ConsoleRefusal } from './console-refusal.ts'

/** An imported PEM key and some texts; more is no command. */
const BODY_MAX_BYTES = 65_536
/** A form of another site can't send a header of its own, nor can a script there without our leave. */
export const CONSOLE_HEADER = 'x-rookery-console'

/**
 * The JSON object that our own page sent. Throws a {@link ConsoleRefusal} for what another site, a form or a link could have
 * sent: another method, no header of ours, another origin, another content type (DESIGN-SECURITY 7).
 */
export async function ownRequest(request: Request): Promise<Record<string, unknown>> {
  if (request.method !== 'POST') throw forged("The console's API takes POST only.", 405)
  if (request.headers.get(CONSOLE_HEADER) !== '1')
    throw forged(`The header ${CONSOLE_HEADER} is missing: this did not come from the console's page.`)
  if (!isSameOrigin(request))
    throw forged(
      "The request comes from another origin than the console's. Behind a proxy, let it pass the Host header on unchanged.",
    )
  const type = (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json') throw forged('The body must be application/json.', 415)
  return jsonObject(await boundedText(request))
}

/** A browser says where a POST comes from; who says nothing is no browser's page. */
function isSameOrigin(request: Request): boolean {
  const site = request.headers.get('sec-fetch-site')
  if (site !== null && site !== 'same-origin') return false
  const origin = URL.parse(request.headers.get('origin') ?? '')
  return origin !== null && origin.host === (request.headers.get('host') ?? '').toLowerCase()
}

async function boundedText(request: Request): Promise<string> {
  const tooLarge = () =>
    new ConsoleRefusal(413, 'too-large', `The request has more than ${BODY_MAX_BYTES} bytes.`)
  if (Number(request.headers.get('content-length') ?? 0) > BODY_MAX_BYTES) throw tooLarge()
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength
    if (bytes > BODY_MAX_BYTES) throw tooLarge()
    chunks.push(chunk)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
  } catch {
    throw new ConsoleRefusal(400, 'request', 'The body is not UTF-8.')
  }
}

function jsonObject(text: string): Record<string, unknown> {
  const value = withinDepth(text) ? parsed(text) : undefined
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ConsoleRefusal(400, 'request', 'The body is no JSON object.')
  return value as Record<string, unknown>
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function forged(info: string, status = 403): ConsoleRefusal {
  return new ConsoleRefusal(status, 'forged', info)
}
