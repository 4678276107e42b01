import { MESSAGE_ELEMENTS } from '@rookery/protocol/elements'
import { errorEntry } from '@rookery/protocol/error-catalogue'
import packageJson from '../../package.json' with { type: 'json' }
import type { Command } from '../commands/command.ts'
import { documentedCodes } from '../commands/documented-codes.ts'
import { HTTP_DOOR_ERRORS, LOGIN_ERRORS, SOCKET_DOOR_ERRORS } from '../commands/door-errors.ts'
import { loginAnswer, loginRequest } from '../doors/socket/socket-login.ts'
import { documented, type JsonSchema } from './json-schema.ts'

/** One code with its texts, as the document carries it. */
export interface DocumentedError {
  readonly code: number
  readonly name: string
  readonly meaning: string
  readonly remedy: string
  readonly retryable: boolean
}

export interface Operation {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly summary: string
  readonly deprecated?: true
  readonly parameters: readonly { readonly $ref: string }[]
  readonly requestBody: {
    readonly required: boolean
    readonly content: { readonly 'application/json': { readonly schema: JsonSchema } }
  }
  readonly responses: {
    readonly '200': {
      readonly description: string
      readonly content: { readonly 'application/json': { readonly schema: JsonSchema } }
    }
  }
  readonly 'x-errors': readonly DocumentedError[]
  /** Path of today when this is an older one. */
  readonly 'x-alias-of'?: string
}

/** A command as the WebSocket door has it; OpenAPI has no place for it. */
export interface SocketCommand {
  readonly cmd: string
  readonly summary: string
  readonly request: JsonSchema
  readonly response: JsonSchema
  readonly 'x-errors': readonly DocumentedError[]
  /** Also a path of this document. */
  readonly 'x-over-http': boolean
}

export interface OpenApiDocument {
  readonly openapi: '3.1.0'
  readonly info: {
    readonly title: string
    readonly version: string
    readonly summary: string
    readonly description: string
    readonly license: { readonly name: string; readonly identifier: string }
  }
  readonly servers: readonly { readonly url: string }[]
  readonly tags: readonly { readonly name: string; readonly description: string }[]
  readonly security: readonly Readonly<Record<string, readonly string[]>>[]
  readonly paths: Readonly<Record<string, { readonly post: Operation }>>
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly 'x-door-errors': readonly DocumentedError[]
  readonly 'x-websocket': {
    readonly path: string
    readonly login: SocketCommand
    readonly commands: readonly SocketCommand[]
    readonly 'x-door-errors': readonly DocumentedError[]
  }
}

const DESCRIPTION =
  'The REST interface v4 for app servers. Every call is a POST by an app admin with a UserSig; every outcome is HTTP 200 with ' +
  '`ActionStatus`, `ErrorCode` and `ErrorInfo`. The WebSocket commands of the SDK are in `x-websocket`.'

/** What the services are for, in the order in which the reference shows them. */
const SERVICES: Readonly<Record<string, string>> = {
  im_open_login_svc: 'Accounts and their logins',
  openim: 'One-to-one messages, history and online state',
  openim_msg_ext_http_svc: 'Key-values on messages',
  recentcontact: 'Conversations: list, marks and groups',
  group_open_http_svc: 'Groups and their members',
  group_open_attr_http_svc: 'Attributes of groups',
  group_open_avchatroom_http_svc: 'Live rooms',
  million_group_open_http_svc: 'Topics of communities',
  profile: 'Profiles',
  session: 'The session of a device',
  sync: 'Synchronisation of a device',
}

const PARAMETERS = {
  sdkappid: parameter('sdkappid', 'The number of the app.', true, {
    type: 'integer',
    minimum: 1,
    maximum: 4294967295,
  }),
  identifier: parameter('identifier', 'UserID of an app admin.', true, { type: 'string', minLength: 1 }),
  random: parameter('random', 'A random number; not checked.', false, { type: 'string' }),
  contenttype: parameter('contenttype', 'Always `json`; not checked.', false, {
    type: 'string',
    const: 'json',
  }),
}

/** The OpenAPI 3.1 document of a command table. */
export function openApiDocument(commands: readonly Command[]): OpenApiDocument {
  const overHttp = commands.filter(command => command.http === 'admin')
  const overSocket = commands.filter(command => command.socket)
  const used = new Set(overHttp.map(serviceOf))
  return {
    openapi: '3.1.0',
    info: {
      title: 'Rookery',
      version: packageJson.version,
      summary: 'Self-hosted instant messaging with the public interfaces of Tencent Cloud Chat.',
      description: DESCRIPTION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: Object.entries(SERVICES)
      .filter(([name]) => used.has(name))
      .map(([name, description]) => ({ name, description })),
    security: [{ userSigHeader: [] }, { userSigQuery: [] }],
    paths: Object.fromEntries(overHttp.flatMap(pathsOf)),
    components: {
      parameters: PARAMETERS,
      securitySchemes: {
        userSigHeader: {
          type: 'http',
          scheme: 'UserSig',
          description: '`Authorization: UserSig <ticket>`: keeps the ticket out of URLs and their logs.',
        },
        userSigQuery: {
          type: 'apiKey',
          in: 'query',
          name: 'usersig',
          description: 'The ticket in the URL, as the vendor documents it.',
        },
      },
      schemas: { Envelope: ENVELOPE, ErrorDetail: ERROR_DETAIL, MessageElement: messageElement() },
    },
    'x-door-errors': errorsOf(HTTP_DOOR_ERRORS),
    'x-websocket': {
      path: '/ws',
      login: {
        cmd: 'session/login',
        summary: 'The first frame of a socket: logs a user in, or continues the session of a lost socket.',
        request: documented(loginRequest),
        response: documented(loginAnswer),
        'x-errors': errorsOf(LOGIN_ERRORS),
        'x-over-http': false,
      },
      commands: overSocket.map(socketCommand),
      'x-door-errors': errorsOf(SOCKET_DOOR_ERRORS),
    },
  }
}

export function serviceOf(command: Pick<Command, 'name'>): string {
  return command.name.slice(0, command.name.indexOf('/'))
}

/** What a service is for; its name when nothing is written down. */
export function serviceTitle(service: string): string {
  return SERVICES[service] ?? service
}

function pathsOf(command: Command): [string, { post: Operation }][] {
  const own: [string, { post: Operation }] = [
    `/v4/${command.name}`,
    { post: operation(command, command.name) },
  ]
  const older = (command.aliases ?? []).map((alias): [string, { post: Operation }] => [
    `/v4/${alias}`,
    { post: { ...operation(command, alias), deprecated: true, 'x-alias-of': command.name } },
  ])
  return [own, ...older]
}

function operation(command: Command, name: string): Operation {
  const errors = errorsOf(documentedCodes(command))
  const extended = command.response.properties
  return {
    operationId: name.replaceAll('/', '_'),
    tags: [serviceOf(command)],
    summary: command.summary,
    parameters: Object.keys(PARAMETERS).map(key => ({ $ref: `#/components/parameters/${key}` })),
    requestBody: {
      required: true,
      content: { 'application/json': { schema: documented(command.request) } },
    },
    responses: {
      '200': {
        description: answerText(errors),
        content: {
          'application/json': {
            schema: {
              allOf: [
                { $ref: '#/components/schemas/Envelope' },
                ...(Object.keys(extended).length > 0
                  ? // A failed call has the envelope only.
                    [{ ...documented(command.response), required: [] }]
                  : []),
              ],
            },
          },
        },
      },
    },
    'x-errors': errors,
  }
}

function socketCommand(command: Command): SocketCommand {
  return {
    cmd: command.name,
    summary: command.summary,
    request: documented(command.socket?.request ?? command.request),
    response: documented(command.response),
    'x-errors': errorsOf(documentedCodes(command)),
    'x-over-http': command.http === 'admin',
  }
}

function errorsOf(codes: readonly number[]): DocumentedError[] {
  return codes.map(code => {
    const entry = errorEntry(code)
    if (!entry) throw new Error(`The error catalogue lacks ${code}.`)
    const { name, meaning, remedy, retryable } = entry
    return { code, name, meaning, remedy, retryable }
  })
}

/** For viewers that know nothing of `x-errors`. */
function answerText(errors: readonly DocumentedError[]): string {
  const lines = errors.map(({ code, meaning, remedy }) => `- \`${code}\` ${meaning} ${remedy}`)
  return ['The outcome; `ErrorCode` 0 is success. Codes of this command:', '', ...lines].join('\n')
}

function parameter(name: string, description: string, required: boolean, schema: object): object {
  return { name, in: 'query', description, required, schema }
}

function messageElement(): JsonSchema {
  return {
    description: 'One element of a message.',
    oneOf: Object.entries(MESSAGE_ELEMENTS).map(([type, content]) => ({
      type: 'object',
      required: ['MsgType', 'MsgContent'],
      properties: { MsgType: { const: type }, MsgContent: documented(content, {}) },
    })),
  }
}

const ENVELOPE: JsonSchema = {
  type: 'object',
  required: ['ActionStatus', 'ErrorCode', 'ErrorInfo'],
  properties: {
    ActionStatus: {
      type: 'string',
      enum: ['OK', 'FAIL', 'SomeError'],
      description: '`SomeError`: some receivers of a batch failed.',
    },
    ErrorCode: { type: 'integer', description: '0 is success.' },
    ErrorInfo: { type: 'string', description: 'What happened and what to do, for people.' },
    ErrorDisplay: { type: 'string', description: 'Always empty; in the conversation and profile families.' },
    ErrorDetail: { $ref: '#/components/schemas/ErrorDetail' },
  },
}

const ERROR_DETAIL: JsonSchema = {
  type: 'object',
  description: 'The check that failed and its numbers.',
  properties: {
    check: { type: 'string', description: 'Name of the failed check.' },
    field: { type: 'string', description: 'The field that is missing or wrong.' },
    retryAfterMs: { type: 'integer', description: 'Milliseconds to wait before the same call.' },
  },
}
