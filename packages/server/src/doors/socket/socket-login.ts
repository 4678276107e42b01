import { randomBytes } from 'node:crypto'
import { ErrorCode } from '@rookery/protocol/error-code'
import { tinyIdOf } from '@rookery/protocol/tiny-id'
import type { LoginAnswer } from '@rookery/protocol/wire'
import Type from 'typebox'
import type { App } from '../../apps/app.ts'
import { CommandError } from '../../commands/command-error.ts'
import type { Services } from '../../commands/services.ts'
import { checkTicket } from '../../login/check-ticket.ts'
import type { DeviceRules, Platform } from '../../login/multi-device.ts'
import { PLATFORMS } from '../../login/multi-device.ts'
import { openSession } from '../../login/open-session.ts'
import type { LiveSession, Peer } from './device-socket.ts'

/** Body of `session/login`; `session` names the session that the device continues after a lost socket. */
export const loginRequest = Type.Object({
  sdkappid: Type.Integer({
    minimum: 1,
    maximum: 4294967295,
    fromText: true,
    code: ErrorCode.SDKAPPID_UNKNOWN,
    description: 'The number of the app.',
  }),
  identifier: Type.String({
    minLength: 1,
    maxLength: 256,
    code: ErrorCode.INVALID_ACCOUNT,
    description: 'The UserID; an unknown one is registered.',
  }),
  usersig: Type.String({ code: ErrorCode.USERSIG_EMPTY, description: 'Signed by the app server.' }),
  platform: Type.Optional(Type.Enum([...PLATFORMS], { description: 'Web when absent.' })),
  instance: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 255, description: 'Platform number of the interface.' }),
  ),
  session: Type.Optional(
    Type.Object(
      {
        id: Type.String({ minLength: 1, maxLength: 64 }),
        generation: Type.Integer({ minimum: 1 }),
        token: Type.String({ minLength: 1, maxLength: 128 }),
      },
      { description: 'From the last answer, when the device comes back after a lost socket.' },
    ),
  ),
})

const unixSeconds = (description: string) => Type.Integer({ description: `${description}, Unix seconds.` })

/** Answer of `session/login` beside the envelope, as `LoginAnswer` of the protocol package says it. */
export const loginAnswer = Type.Object({
  SessionId: Type.String(),
  Generation: Type.Integer({ description: 'Counts the sockets of the session.' }),
  SessionToken: Type.String({ description: 'Secret of the session; keep it in memory only.' }),
  TinyID: Type.String(),
  ServerTimeMs: Type.Integer(),
  ExpiresAt: unixSeconds('End of the session unless renewed'),
  IssuedAt: unixSeconds('When the UserSig was signed'),
  HelloInterval: Type.Integer({ description: 'Seconds between `session/hello` calls.' }),
  SilenceLimit: Type.Integer({
    description: 'Seconds without a frame after which the server drops the socket.',
  }),
  StoreEpoch: Type.String(),
  LogNo: Type.Integer(),
  Nick: Type.String(),
  FaceUrl: Type.String(),
  MaxFrameBytes: Type.Integer({ description: 'Largest frame that the server takes.' }),
  Resumed: Type.Union([Type.Literal(0), Type.Literal(1)], {
    description: '1: the session that was named goes on.',
  }),
})

/** 96 bits against a collision, 144 bits against a guess. */
const SESSION_ID_BYTES = 12
const TOKEN_BYTES = 18

type LoginRequest = Type.Static<typeof loginRequest>

export interface LoggedIn {
  readonly session: LiveSession
  readonly answer: LoginAnswer & Type.Static<typeof loginAnswer>
}

/** Room for the platforms of the vendor's native clients; browsers are dropped sooner (login-usersig 4.4). */
function silenceLimit(platform: Platform, app: App): number {
  return app.setting(platform === 'Web' ? 'session.webLoss' : 'session.timeout')
}

/** Checks the ticket and opens or continues the session. Throws the documented code of the first check that fails. */
export async function socketLogin(
  services: Services,
  body: LoginRequest,
  peer: Peer,
  nowMs: number,
): Promise<LoggedIn> {
  const now = Math.floor(nowMs / 1000)
  const { app, ticket } = await checkTicket(
    services.apps,
    { app: body.sdkappid, userId: body.identifier, userSig: body.usersig },
    { unknownApp: ErrorCode.SDKAPPID_UNKNOWN, now },
  )
  checkOrigin(app, peer.origin)
  const platform = body.platform ?? 'Web'
  const rules: DeviceRules = {
    policy: app.setting('login.policy'),
    webInstances: app.setting('login.webInstances'),
    devicesPerPlatform: app.setting('login.devicesPerPlatform'),
  }
  const random = randomBytes(SESSION_ID_BYTES + TOKEN_BYTES)
  const id = random.toString('base64url', 0, SESSION_ID_BYTES)
  const freshToken = random.toString('base64url', SESSION_ID_BYTES)
  const opened = await services.store.mutate(openSession, {
    ticket,
    platform,
    instance: body.instance ?? 255,
    rules,
    evictionsPerMinute: app.setting('login.evictionsPerMinute'),
    quota: app.setting('account.max'),
    newSession: { id, tokenHash: tokenHash(freshToken) },
    ...(body.session && {
      earlier: {
        id: body.session.id,
        generation: body.session.generation,
        tokenHash: tokenHash(body.session.token),
      },
    }),
  })
  const token = opened.resumed && body.session ? body.session.token : freshToken
  const limit = silenceLimit(platform, app)
  return {
    session: {
      caller: {
        door: 'socket',
        app,
        accountId: opened.accountId,
        userId: body.identifier,
        admin: false,
        address: peer.address,
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
      HelloInterval: app.setting(platform === 'Web' ? 'session.webHello' : 'session.heartbeat'),
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

/**
 * A page of another site gets no further with a stolen ticket in the user's own browser. Programs that are no browser send no
 * origin and pass; a list holds nobody else off.
 */
function checkOrigin(app: App, origin: string | undefined): void {
  if (origin === undefined || app.allowedOrigins.length === 0) return
  if (app.allowedOrigins.includes(origin.toLowerCase())) return
  throw new CommandError(
    ErrorCode.LOGIN_RESTRICTED,
    `Pages of ${origin.slice(0, 200)} may not log in to this app; its operator can add the origin to the app's list.`,
    { check: 'origin' },
  )
}

/** The token itself stays on the device; a copy of the database must not be enough to take a session over. */
function tokenHash(token: string): string {
  return Bun.CryptoHasher.hash('sha256', token, 'base64url')
}
