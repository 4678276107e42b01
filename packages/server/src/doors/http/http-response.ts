/** On every page and file that the server shows. */
export const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
} as const

export function textResponse(text: string, status = 200, type = 'text/plain; charset=utf-8'): Response {
  return new Response(text, { status, headers: { ...SECURITY_HEADERS, 'content-type': type } })
}

export function jsonResponse(value: unknown, status = 200): Response {
  return textResponse(JSON.stringify(value), status, 'application/json; charset=utf-8')
}
