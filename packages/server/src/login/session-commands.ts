import { ErrorCode } from '@rookery/protocol/error-code'
import Type from 'typebox'
import { type Call, type Command, defineCommand } from '../commands/command.ts'
import { CommandError } from '../commands/command-error.ts'
import { TICKET_ERRORS } from '../commands/door-errors.ts'
import { headsDigest } from '../conversations/heads-digest.ts'

const nothing = Type.Object({})

function sessionOf(call: Call<unknown>): string {
  const id = call.caller.sessionId
  if (id === undefined)
    throw new CommandError(ErrorCode.LOGIN_STATE_INVALID, 'This command belongs to a logged-in session.')
  return id
}

const renew = defineCommand({
  name: 'session/renew',
  summary: 'Gives a living session a new UserSig before the old one ends.',
  http: 'none',
  request: Type.Object({ usersig: Type.String({ code: ErrorCode.USERSIG_EMPTY }) }),
  socket: {
    request: Type.Object({ usersig: Type.String({ code: ErrorCode.USERSIG_EMPTY }) }),
  },
  response: Type.Object({ ExpiresAt: Type.Integer(), ServerTimeMs: Type.Integer() }),
  errors: [...TICKET_ERRORS, ErrorCode.LOGIN_STATE_INVALID],
  async handler(call) {
    const ExpiresAt = await call.services.sessions.renew(sessionOf(call), call.body.usersig)
    return { ExpiresAt, ServerTimeMs: Date.now() }
  },
})

const verify = defineCommand({
  name: 'session/verify',
  summary:
    'Checks a UserSig of this user as a login does and leaves the session as it is: for another tab that shares the socket.',
  http: 'none',
  request: Type.Object({ usersig: Type.String({ code: ErrorCode.USERSIG_EMPTY }) }),
  socket: {
    request: Type.Object({ usersig: Type.String({ code: ErrorCode.USERSIG_EMPTY }) }),
  },
  response: Type.Object({ ServerTimeMs: Type.Integer() }),
  errors: [...TICKET_ERRORS, ErrorCode.LOGIN_STATE_INVALID],
  async handler(call) {
    await call.services.sessions.verify(sessionOf(call), call.body.usersig)
    return { ServerTimeMs: Date.now() }
  },
})

const logout = defineCommand({
  name: 'session/logout',
  summary: 'Ends this session; its socket closes after the answer.',
  http: 'none',
  request: nothing,
  socket: { request: nothing },
  response: nothing,
  errors: [],
  async handler(call) {
    await call.services.sessions.logout(sessionOf(call))
    return {}
  },
})

const ping = defineCommand({
  name: 'session/ping',
  summary: 'Shows that the connection lives, in both directions.',
  http: 'none',
  request: nothing,
  socket: { request: nothing },
  response: Type.Object({ ServerTimeMs: Type.Integer() }),
  errors: [],
  async handler() {
    return { ServerTimeMs: Date.now() }
  },
})

const helloRequest = Type.Object({
  Epoch: Type.String(),
  LogNo: Type.Integer({ minimum: 0 }),
  Heads: Type.Integer({ minimum: 0 }),
  Changes: Type.Integer({ minimum: 0 }),
})

const hello = defineCommand({
  name: 'session/hello',
  summary:
    'Compares what the device has with what the store has, so that a lost hint is found (delivery contract 5).',
  http: 'none',
  request: helloRequest,
  socket: { request: helloRequest },
  response: Type.Object({ ServerTimeMs: Type.Integer(), ExpiresAt: Type.Integer(), Lag: Type.Integer() }),
  errors: [],
  async handler(call) {
    const { body, caller, services } = call
    const digest = await headsDigest(services.store.read, caller.app.id, caller.accountId)
    const same =
      body.Epoch === services.store.epoch &&
      body.LogNo === digest.logNo &&
      body.Heads === digest.heads &&
      body.Changes === digest.changes
    return {
      ServerTimeMs: Date.now(),
      ExpiresAt: services.sessions.expiresAt(sessionOf(call)),
      Lag: same ? 0 : 1,
    }
  },
})

export const sessionCommands: readonly Command[] = [renew, verify, logout, ping, hello]
