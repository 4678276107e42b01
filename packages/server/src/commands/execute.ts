import type { ErrorDetail } from '@rookery/protocol/wire'
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
      socket: command.socket && requestChecker({ ...rules, schema: command.socket.request }),
    },
  }
}

/** A call as it came through a door. */
export interface IncomingRequest {
  readonly body: unknown
  /** The text that the body was parsed from, or that holds it. */
  readonly text: string
  readonly bodyText: () => string
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
    return failure(ready.family, error, services, ready.command.name)
  }
}

/** The answer for an error that was thrown by a door's check or a handler. */
export function failure(
  family: Family | undefined,
  error: unknown,
  services: Pick<Services, 'log'>,
  commandName: string,
): Executed {
  if (error instanceof CommandError)
    return { text: failureText(family, error.code, error.message, error.detail), code: error.code }
  const code = family?.internal ?? 60008
  if (error instanceof NotStoredError) return { text: failureText(family, code, error.message), code }
  services.log.error({ err: error, command: commandName }, 'A command failed on a defect of the server.')
  return {
    text: failureText(
      family,
      code,
      'The server failed to carry this out. Try again, and tell the operator if it stays.',
    ),
    code,
  }
}

function check(ready: ReadyCommand, caller: Caller, body: unknown, text: string): Record<string, unknown> {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new CommandError(ready.family.notJson, 'Fail to Parse json data of body, Please check it')
  if (caller.door === 'http') return ready.checks.http(body, text)
  if (!ready.checks.socket) throw new CommandError(60009, `${ready.command.name} is not open to the SDK.`)
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
