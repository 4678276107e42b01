import type { Fetch } from './admin-options.ts'
import type { TransportFailure } from './transport-error.ts'

/** Characters of an answer; the largest real ones have some hundred thousand. */
const ANSWER_BYTES_MAX = 16 << 20

/** The connection was never made, so the server saw nothing. Codes of Node and Bun. */
const NO_CONNECTION =
  /^(ECONNREFUSED|ENOTFOUND|EAI_\w+|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT|ConnectionRefused|FailedToOpenSocket)$/
const BAD_CERTIFICATE = /CERT|TLS|SSL/

const STATUS_HINTS: Readonly<Record<number, string>> = {
  404: 'host does not lead to the API; check its path',
  421: 'the server does not know the name in host; its operator can add it to server.publicHosts',
}

/** A try as far as the transport is concerned: an answer of the API, or none. */
export type Attempt =
  | { readonly answer: ApiAnswer }
  | {
      readonly failure: TransportFailure
      readonly retryable: boolean
      /** The server may have carried the command out. */
      readonly inDoubt: boolean
      /** Delay that was asked for before the next try. */
      readonly askedMs: number
    }

export interface ApiAnswer {
  readonly ActionStatus?: string
  readonly ErrorCode: number
  readonly ErrorInfo?: string
  readonly [field: string]: unknown
}

export interface Posting {
  readonly fetch: Fetch
  readonly url: string
  readonly body: string
  readonly ms: number
  readonly signal: AbortSignal | undefined
  /** Gives the ticket; what it throws ends the attempt as a failure of the key. */
  readonly ticket: () => Promise<string>
}

/** One request with a time limit. Throws only the reason of the caller's own signal. */
export async function attempt(posting: Posting): Promise<Attempt> {
  const { signal, ms } = posting
  signal?.throwIfAborted()
  const progress: Progress = { stage: 'key' }
  const controller = new AbortController()
  let release = (): void => {}
  // A fetch or a key provider that does not end by itself must not hold the call up.
  const ended = new Promise<Attempt>((resolve, reject) => {
    const timer = setTimeout(() => {
      resolve(timedOut(progress, ms))
      controller.abort()
    }, ms)
    const onAbort = (): void => {
      reject(signal?.reason)
      controller.abort()
    }
    signal?.addEventListener('abort', onAbort, { once: true })
    release = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    }
  })
  try {
    return await Promise.race([post(posting, controller.signal, progress), ended])
  } finally {
    release()
  }
}

/** How far a try came; read when its time is over. */
interface Progress {
  stage: 'key' | 'request'
}

async function post(posting: Posting, signal: AbortSignal, progress: Progress): Promise<Attempt> {
  let ticket: string
  try {
    ticket = await posting.ticket()
  } catch (cause) {
    const text = 'no UserSig could be signed, because the key provider failed; see the cause.'
    return { failure: { kind: 'key', text, cause }, retryable: false, inDoubt: false, askedMs: 0 }
  }
  signal.throwIfAborted()
  progress.stage = 'request'
  try {
    const response = await posting.fetch(posting.url, {
      method: 'POST',
      headers: { authorization: `UserSig ${ticket}`, 'content-type': 'application/json; charset=utf-8' },
      body: posting.body,
      // The ticket must not follow to another address.
      redirect: 'manual',
      signal,
    })
    if (response.status !== 200) return await refusedBefore(response)
    return answered(await textOf(response))
  } catch (error) {
    return noAnswer(error)
  }
}

async function refusedBefore(response: Response): Promise<Attempt> {
  const { status } = response
  const askedMs = retryAfterMs(response.headers.get('retry-after'))
  await response.body?.cancel()
  const hint = status >= 300 && status < 400 ? 'a redirect; set host to where it leads' : STATUS_HINTS[status]
  const text = `HTTP ${status} instead of an answer of the API${hint ? `: ${hint}` : ''}.`
  const inDoubt = status === 408 || status >= 500
  return {
    failure: { kind: 'http', status, text },
    retryable: inDoubt || status === 429,
    inDoubt,
    askedMs,
  }
}

function answered(text: string | undefined): Attempt {
  const answer = text === undefined ? undefined : parsed(text)
  if (isApiAnswer(answer)) return { answer }
  const what = text === undefined ? `more than ${ANSWER_BYTES_MAX} bytes` : 'no answer of the API'
  return {
    failure: { kind: 'answer', text: `${what} came with HTTP 200; check that host leads to the API.` },
    retryable: false,
    inDoubt: true,
    askedMs: 0,
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isApiAnswer(value: unknown): value is ApiAnswer {
  return (
    typeof value === 'object' && value !== null && 'ErrorCode' in value && Number.isInteger(value.ErrorCode)
  )
}

function noAnswer(cause: unknown): Attempt {
  const code = codeOf(cause)
  const isCertificate = BAD_CERTIFICATE.test(code)
  const isUnreachable = isCertificate || NO_CONNECTION.test(code)
  const what = isUnreachable ? 'no connection to host' : 'the connection broke before the answer came'
  const text = `${what}${code && ` (${code})`}${isCertificate ? '; its certificate is not trusted' : ''}.`
  return {
    failure: { kind: isUnreachable ? 'unreachable' : 'lost', text, cause },
    retryable: !isCertificate,
    inDoubt: !isUnreachable,
    askedMs: 0,
  }
}

/** Node puts the system's error into the cause, Bun throws it. */
function codeOf(error: unknown): string {
  for (const one of [error, (error as { cause?: unknown } | undefined)?.cause]) {
    const code = (one as { code?: unknown } | undefined)?.code
    if (typeof code === 'string') return code
  }
  return ''
}

function timedOut({ stage }: Progress, ms: number): Attempt {
  const what = stage === 'key' ? 'the key provider gave no key' : 'no answer came'
  return {
    failure: { kind: 'timeout', text: `${what} within ${Math.round(ms)} ms.` },
    retryable: true,
    inDoubt: stage === 'request',
    askedMs: 0,
  }
}

/** Undefined when it is longer than any real answer. */
async function textOf(response: Response): Promise<string | undefined> {
  const reader = response.body?.getReader()
  if (!reader) return ''
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    bytes += value.byteLength
    if (bytes > ANSWER_BYTES_MAX) {
      await reader.cancel()
      return undefined
    }
    text += decoder.decode(value, { stream: true })
  }
}

/** Seconds or an HTTP date (RFC 9110, 10.2.3). */
function retryAfterMs(header: string | null): number {
  if (!header) return 0
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now()
  return Number.isFinite(ms) ? Math.max(0, ms) : 0
}
