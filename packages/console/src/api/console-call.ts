/** A refusal of the server, with the reason that the page has words for. */
export class CallError extends Error {
  readonly reason: string
  readonly code: number | undefined
  readonly retryAfterMs: number | undefined

  constructor(reason: string, info: string, code?: number, retryAfterMs?: number) {
    super(info)
    this.reason = reason
    this.code = code
    this.retryAfterMs = retryAfterMs
  }
}

interface Answer {
  readonly ok: boolean
  readonly result?: unknown
  readonly reason?: string
  readonly info?: string
  readonly code?: number
  readonly retryAfterMs?: number
}

/** Hears `signed-out` when the server says that the login has ended. */
export const logins = new EventTarget()

/** A call of `/console/api/`. Throws a {@link CallError}. */
export async function consoleCall<T>(name: string, body: object = {}): Promise<T> {
  let answer: Answer
  try {
    const response = await fetch(`/console/api/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-rookery-console': '1' },
      body: JSON.stringify(body),
    })
    answer = (await response.json()) as Answer
  } catch {
    throw new CallError('unreachable', 'The server does not answer.')
  }
  if (answer.reason === 'signed-out') logins.dispatchEvent(new Event('signed-out'))
  if (!answer.ok)
    throw new CallError(answer.reason ?? 'defect', answer.info ?? '', answer.code, answer.retryAfterMs)
  return answer.result as T
}

/** Runs a command of the server's table as the operator who is signed in. */
export function runCommand<T>(command: string, args: object, password?: string): Promise<T> {
  return consoleCall<T>('run', { command, args, ...(password !== undefined && { password }) })
}
