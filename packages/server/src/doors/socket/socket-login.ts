import { createHash, randomBytes } from 'node:crypto'
import { ErrorCode } from '@rookery/protocol/error-code'
import { tinyIdOf } from '@rookery/protocol/tiny-id'
import type { LoginAnswer } from '@rookery/protocol/wire'
import Type from 'typebox'
import { CommandError } from '../../commands/command-error.ts'
import type { Services } from '../../commands/services.ts'
import { checkTicket } from '../../login/check-ticket.ts'
import type { DeviceRules, Platform } from '../../login/multi-device.ts'
import { PLATFORMS } from '../../login/multi-device.ts'
import { openSession } from '../../login/open-session.ts'
import type { LiveSession } from './device-socket.ts'

/** Body of `session/login`; `session` names the session that the device continues after a lost socket. */
export const loginRequest = Type.Object({
  sdkappid: Type.Integer({
    minimum: 1,
    maximum: 4294967295,
    fromText: true,
    code: ErrorCode.SDKAPPID_UNKNOWN,
  }),
  identifier: Type.String({ maxLength: 256, code: ErrorCode.INVALID_ACCOUNT }),
  usersig: Type.String({ maxLength: 16384, code: ErrorCode.USERSIG_EMPTY }),
  platform: Type.Optional(Type.Enum([...PLATFORMS])),
  instance: Type.Optional(Type.Integer({ minimum: 0, maximum: 255 })),
  session: Type.Optional(
    Type.Object({
      id: Type.String({ minLength: 1, maxLength: 64 }),
      generation: Type.Integer({ minimum: 1 }),
      token: Type.String({ minLength: 1, maxLength: 128 }),
    }),
  ),
})

type LoginRequest = Type.Static<typeof loginRequest>

export interface LoggedIn {
  readonly session: LiveSession
  readonly answer: LoginAnswer
}

/** Room for the platforms of the vendor's native clients; browsers are dropped sooner (login-usersig 4.4). */
function silenceLimit(platform: Platform, services: Services): number {
  return services.settings[platform === 'Web' ? 'session.webLoss' : 'session.timeout']
}

/** Checks the ticket and opens or continues the session. Throws the documented code of the first check that fails. */
export async function socketLogin(
  services: Services,
  body: LoginRequest,
  address: string,
  nowMs: number,
): Promise<LoggedIn> {
  const now = Math.floor(nowMs / 1000)
  const { app, ticket } = await checkTicket(
    services.apps,
    { app: body.sdkappid, userId: body.identifier, userSig: body.usersig },
    { unknownApp: ErrorCode.SDKAPPID_UNKNOWN, now },
  )
  const platform = body.platform ?? 'Web'
  const rules: DeviceRules = {
    policy: app.setting('login.policy'),
    webInstances: app.setting('login.webInstances'),
    devicesPerPlatform: app.setting('login.devicesPerPlatform'),
  }
  const id = randomBytes(12).toString('base64url')
  const token = body.session?.token ?? randomBytes(18).toString('base64url')
  const opened = await services.store.mutate(openSession, {
    ticket,
    platform,
    instance: body.instance ?? 255,
    rules,
    quota: app.setting('account.max'),
    newSession: { id, tokenHash: tokenHash(token) },
    ...(body.session && {
      earlier: {
        id: body.session.id,
        generation: body.session.generation,
        tokenHash: tokenHash(body.session.token),
      },
    }),
  })
  const limit = silenceLimit(platform, services)
  return {
    session: {
      caller: {
        door: 'socket',
        app,
        accountId: opened.accountId,
        userId: body.identifier,
        admin: false,
        address,
        sessionId: opened.sessionId,
      },
      platform,
      generation: opened.generation,
      rank: opened.rank,
      silenceLimit: limit,
      keyId: ticket.keyId,
      issued: ticket.issued,
      expires: opened.expires,
      warned: false,
    },
    answer: {
      SessionId: opened.sessionId,
      Generation: opened.generation,
      SessionToken: token,
      TinyID: tinyIdOf(opened.accountId),
      ServerTimeMs: nowMs,
      ExpiresAt: opened.expires,
      IssuedAt: ticket.issued,
      HelloInterval: services.settings['session.webHello'],
      SilenceLimit: limit,
      StoreEpoch: services.store.epoch,
      LogNo: opened.logNo,
      Nick: opened.nick,
      FaceUrl: opened.faceUrl,
      MaxFrameBytes: services.settings['session.frameBytes'],
      Resumed: opened.resumed ? 1 : 0,
    },
  }
}

/** The token itself stays on the device; a copy of the database must not be enough to take a session over. */
function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}

/** A refused login that another try within the minute would not help; counted per app, name and address. */
export function overFailureLimit(): CommandError {
  return new CommandError(
    ErrorCode.USERSIG_TOO_MANY_FAILURES,
    'Too many UserSigs of this user failed from this address; wait a minute and log in with a good one.',
    { check: 'failure-limit', retryAfterMs: 60_000 },
  )
}
