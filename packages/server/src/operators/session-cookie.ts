import { SESSION_SECONDS } from './operator-session.ts'

const PLAIN = 'rookery_console'
/** Browsers take a cookie of this prefix over TLS only, so that plain HTTP can't plant one. */
const SECURE = '__Secure-rookery_console'

/** Whether the browser speaks TLS, with us or with a proxy. A wrong header harms its own sender only. */
function isSecure(request: Request): boolean {
  return request.url.startsWith('https:') || request.headers.get('x-forwarded-proto') === 'https'
}

export function sessionToken(request: Request): string | undefined {
  const name = isSecure(request) ? SECURE : PLAIN
  for (const part of (request.headers.get('cookie') ?? '').split(';')) {
    const [key, value] = part.trim().split('=')
    if (key === name && value) return value
  }
  return undefined
}

/** @param token undefined takes the cookie away. */
export function sessionCookie(request: Request, token: string | undefined): string {
  const secure = isSecure(request)
  return [
    `${secure ? SECURE : PLAIN}=${token ?? ''}`,
    'Path=/console',
    'HttpOnly',
    'SameSite=Strict',
    `Max-Age=${token === undefined ? 0 : SESSION_SECONDS}`,
    ...(secure ? ['Secure'] : []),
  ].join('; ')
}
