import { chmodSync, existsSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Settings } from '@rookery/protocol/limits'
import type { Logger } from 'pino'
import { AppRegistry } from '../apps/app-registry.ts'
import type { SecretBox } from '../apps/secret-box.ts'
import { CommandError } from '../commands/command-error.ts'
import { NotStoredError } from '../store/not-stored-error.ts'
import type { Store } from '../store/store.ts'
import { operatorCommand } from './operator-commands.ts'
import { VERSION } from './version.ts'

/** What a socket's path may have on every system that we run on (macOS: 104 with the end mark). */
const SOCKET_PATH_BYTES = 103
/** An imported PEM key and some texts; more is no command. */
const BODY_MAX_BYTES = 65_536
const ACTOR = /^cli:[^\p{C}]{1,64}$/u

export interface OperatorSocketOptions {
  readonly path: string
  readonly store: Store
  readonly box: SecretBox
  readonly settings: Settings
  readonly log: Logger
}

/** One command, as the command line sends it. */
export interface OperatorRequest {
  readonly command: string
  readonly args: unknown
  /** `cli:<user of the machine>`, for the audit. */
  readonly actor: string
  /** Of the command line; another one than the server's may mean something else by a command. */
  readonly version: string
}

export type OperatorReply =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly code: number; readonly info: string }

/** Where the server of a data folder listens for its operator. */
export function operatorSocketPath(dataFolder: string): string {
  const path = join(dataFolder, 'rookery.sock')
  if (Buffer.byteLength(path) <= SOCKET_PATH_BYTES) return path
  const shorter = relative(process.cwd(), path)
  if (Buffer.byteLength(shorter) <= SOCKET_PATH_BYTES) return shorter
  throw new Error(
    `The path of the operator's socket, ${path}, is longer than the ${SOCKET_PATH_BYTES} bytes that a socket's path may have; ` +
      'choose a shorter data.folder, or start in a folder near it.',
  )
}

/**
 * Serves the operator's commands of a running server. Who may open the socket file is the operator: it has mode 0600 before
 * the first connection (DESIGN-SECURITY 7). The caller holds the data folder's lock.
 */
export async function startOperatorSocket(
  options: OperatorSocketOptions,
): Promise<{ stop(): Promise<void> }> {
  const { path } = options
  if (existsSync(path)) {
    if (await askOperator(path, { command: '', args: {}, actor: '', version: VERSION }))
      throw new Error(`Another Rookery server answers on ${path}; stop it first.`)
    rmSync(path)
  }
  const apps = new AppRegistry(options.store, options.box, options.settings)
  const server = listenPrivately(path, async request =>
    Response.json(await answer(request, { ...options, apps })),
  )
  return {
    async stop() {
      await server.stop()
      rmSync(path, { force: true })
    },
  }
}

/** What a server on this path answers; undefined when none listens there. */
export async function askOperator(
  path: string,
  request: OperatorRequest,
): Promise<OperatorReply | undefined> {
  let response: Response
  try {
    response = await fetch('http://operator/', {
      unix: path,
      method: 'POST',
      body: JSON.stringify(request),
      timeout: false,
    } as RequestInit)
  } catch (error) {
    if (isNobodyThere(error)) return undefined
    throw error
  }
  return (await response.json()) as OperatorReply
}

function isNobodyThere(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return ['ConnectionRefused', 'FailedToOpenSocket', 'ECONNREFUSED', 'ENOENT'].includes(code)
}

function listenPrivately(path: string, answer: (request: Request) => Promise<Response>) {
  // The file must never exist with more rights, not even until chmod.
  const before = process.umask(0o177)
  try {
    const server = Bun.serve({
      unix: path,
      maxRequestBodySize: BODY_MAX_BYTES,
      fetch(request, server) {
        // Deleting a large app takes longer than a web client would wait.
        server.timeout(request, 0)
        return answer(request)
      },
    })
    chmodSync(path, 0o600)
    return server
  } finally {
    process.umask(before)
  }
}

async function answer(
  request: Request,
  context: OperatorSocketOptions & { readonly apps: AppRegistry },
): Promise<OperatorReply> {
  let name = ''
  try {
    const sent = (await request.json().catch(() => undefined)) as Partial<OperatorRequest> | undefined
    if (!sent) return { ok: false, code: 0, info: 'The request is no JSON object.' }
    name = typeof sent.command === 'string' ? sent.command : ''
    if (sent.version !== VERSION)
      return {
        ok: false,
        code: 0,
        info: `The running server is version ${VERSION}, this command line is ${String(sent.version)}; use the same version.`,
      }
    const command = operatorCommand(name)
    if (!command || typeof sent.actor !== 'string' || !ACTOR.test(sent.actor))
      return { ok: false, code: 0, info: `The running server has no command "${name.slice(0, 60)}".` }
    const result = await command.run({ ...context, actor: sent.actor }, sent.args)
    return { ok: true, result: result ?? null }
  } catch (error) {
    if (error instanceof CommandError) return { ok: false, code: error.code, info: error.message }
    if (error instanceof NotStoredError) return { ok: false, code: 0, info: error.message }
    context.log.error(
      { err: error, command: name },
      "An operator's command failed on a defect of the server.",
    )
    return { ok: false, code: 0, info: 'The server failed to carry this out; its log has the reason.' }
  }
}
