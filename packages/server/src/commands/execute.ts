import { ErrorCode } from '@rookery/protocol/error-code'
import type { ErrorDetail } from '@rookery/protocol/wire'
import type { TObject } from 'typebox'
import { NotStoredError } from '../store/not-stored-error.ts'
import type { Caller } from './caller.ts'
import { type Command, RawAnswer } from './command.ts'
import { CommandError } from './command-error.ts'
import { type Family, familyOf } from './families.ts'
import { requestChecker } from './request-check.ts'
import type { Services } from './services.ts'

type BodyCheck = (body: unknown, text: string) => Record<string, unknown>

/** A command with its compiled checks. */
export interface ReadyCommand {
  readonly command: Command
  readonly family: Family
  readonly checks: { readonly http: BodyCheck; readonly socket: BodyCheck | undefined }
}

export function readyCommand(command: Command): ReadyCommand {
  const family = familyOf(command.name)
  const rules = { badParameter: family.badParameter, spellings: command.spellings ?? {} }
  return {
    command,
    family,
    checks: {
      http: requestChecker({ ...rules, schema: command.request }),
      socket:
        command.socket &&
        onlyKnownFields(requestChecker({ ...rules, schema: command.socket.request }), command.socket.request),
    },
  }
}

/** A user must not reach a field of the admins' form by naming it: what the socket's schema lacks is dropped. */
function onlyKnownFields(check: BodyCheck, schema: TObject): BodyCheck {
  const known = new Set(Object.keys(schema.properties))
  return (body, text) => {
    const checked = check(body, text)
    for (const name of Object.keys(checked)) if (!known.has(name)) delete checked[name]
    return checked
  }
}

/** A call as it came through a door. */
export interface IncomingRequest {
  readonly body: unknown
  /** The text that the body was parsed from, or that holds it. */
  readonly text: string
  readonly bodyText: () => string
  /** Names the call in the log, and to a caller whose call failed on a defect. */
  readonly requestId: string
}

/** What a call came to: the JSON text of the answer and its code (for counters). */
export interface Executed {
  readonly text: string
  readonly code: number
}

/** Runs one call and puts the family's envelope around it; never throws. */
export async function execute(
  ready: ReadyCommand,
  caller: Caller,
  request: IncomingRequest,
  services: Services,
): Promise<Executed> {
  try {
    const checked = check(ready, caller, request.body, request.text)
    const answer = await ready.command.handler({
      caller,
      body: checked as never,
      bodyText: request.bodyText,
      services,
    })
    const fields = answer as { ErrorCode?: number }
    return {
      text: successText(ready, answer),
      code: answer instanceof RawAnswer ? 0 : (fields.ErrorCode ?? 0),
    }
  } catch (error) {
    return failure(ready.family, error, services, {
      command: ready.command.name,
      requestId: request.requestId,
    })
  }
}

/** Where an error happened, for the operator's log. */
export interface FailurePlace {
  readonly command?: string
  readonly requestId?: string
}

/** The answer for an error that was thrown by a door's check or a handler. */
export function failure(
  family: Family | undefined,
  error: unknown,
  services: Pick<Services, 'log'>,
  place: FailurePlace,
): Executed {
  if (error instanceof CommandError)
    return { text: failureText(family, error.code, error.message, error.detail), code: error.code }
  const code = family?.internal ?? ErrorCode.REQUEST_TIMEOUT
  if (error instanceof NotStoredError) {
    const { retryAfterMs } = error
    const detail = retryAfterMs === undefined ? undefined : { check: 'storage', retryAfterMs }
    return { text: failureText(family, code, error.message, detail), code }
  }
  services.log.error({ err: error, ...place }, 'A command failed on a defect of the server.')
  return {
    text: failureText(
      family,
      code,
      'The server failed to carry this out. Try again; if it stays, tell the operator, whose log has the cause.',
      place.requestId === undefined ? undefined : { check: 'defect', requestId: place.requestId },
    ),
    code,
  }
}

function check(ready: ReadyCommand, caller: Caller, body: unknown, text: string): Record<string, unknown> {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new CommandError(ready.family.notJson, 'Fail to Parse json data of body, Please check it')
  if (caller.door === 'http') return ready.checks.http(body, text)
  if (!ready.checks.socket)
    throw new CommandError(ErrorCode.INVALID_RES, `${ready.command.name} is not open to the SDK.`)
  const checked = ready.checks.socket(body, text)
  const acting = ready.command.socket?.acting
  if (acting) checked[acting] = caller.userId
  return checked
}

function successText(ready: ReadyCommand, answer: object): string {
  // A handler that reports a partial failure names the envelope's fields itself.
  if ('ActionStatus' in answer) return JSON.stringify(answer)
  const members = answer instanceof RawAnswer ? answer.members : JSON.stringify(answer).slice(1, -1)
  const envelope = `"ActionStatus":"OK","ErrorCode":0,"ErrorInfo":"${ready.command.successInfo ?? ''}"${
    ready.family.errorDisplay ? ',"ErrorDisplay":""' : ''
  }`
  return members ? `{${envelope},${members}}` : `{${envelope}}`
}

function failureText(family: Family | undefined, code: number, info: string, detail?: ErrorDetail): string {
  return JSON.stringify({
    ActionStatus: 'FAIL',
    ErrorCode: code,
    ErrorInfo: info,
    ...(family?.errorDisplay && { ErrorDisplay: '' }),
    ...(detail && { ErrorDetail: detail }),
  })
}
