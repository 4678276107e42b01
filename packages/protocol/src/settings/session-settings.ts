import { ErrorCode } from '../error-code.ts'
import { flag, integer, oneOf } from './setting-row.ts'

/** Sources: reference limits.md 1, login-usersig.md 4, console.md 5, DESIGN-SECURITY.md 1 and 6. */
export const sessionSettings = {
  'login.policy': oneOf('dual', ['single', 'dual', 'triple', 'multi'], {
    doc: 'Which platforms of one account may be online together.',
    documented: 'dual',
  }),
  'login.webInstances': integer(1, [1, 10], 'instances', {
    doc: 'Web instances of one account online together, of which the earliest is kicked.',
    documented: '1, up to 10',
  }),
  'login.devicesPerPlatform': integer(1, [1, 3], 'devices', {
    doc: 'Devices of one native platform and account online together.',
    documented: '1, up to 3',
  }),
  'login.evictionsPerMinute': integer(10, [1, 20], 'devices/min', {
    doc: 'Devices of one account that later logins may kick per minute, before the next such login has to wait.',
    documented: 'no number',
    code: ErrorCode.LOGIN_RESTRICTED,
  }),
  'login.offlineKick6208': flag(false, {
    doc: 'Lets the next login of a device that was kicked while offline fail once.',
    documented: 'off',
    code: ErrorCode.KICKED_WHILE_OFFLINE,
  }),
  'login.clockSkewAheadSeconds': integer(300, [0, 86_400], 's', {
    doc: 'How far ahead of the server clock a UserSig may have been issued.',
    documented: 'no check',
    code: ErrorCode.USERSIG_VERIFICATION_FAILED,
  }),
  'session.heartbeat': integer(120, [10, 3600], 's', {
    doc: 'Interval of the native heartbeat.',
    documented: '120',
  }),
  'session.timeout': integer(400, [20, 86_400], 's', {
    doc: 'Silence after which a native session is lost.',
    documented: '400',
  }),
  'session.webHello': integer(120, [10, 3600], 's', {
    doc: 'Interval of the Web hello.',
    documented: '120',
  }),
  'session.webLoss': integer(60, [5, 3600], 's', {
    doc: 'Silence after which a Web session is lost.',
    documented: '60',
  }),
  'session.loginSeconds': integer(10, [1, 300], 's', {
    doc: 'Time that a new socket has to log in.',
    documented: 'own choice',
    scope: 'server',
  }),
  'session.failedLoginsMax': integer(3, [1, 100], 'logins', {
    doc: 'Failed logins before a socket is closed.',
    documented: 'own choice',
    scope: 'server',
  }),
  'session.frameBytesBeforeLogin': integer(16_384, [4096, 1_048_576], 'B', {
    doc: 'Largest frame before login.',
    documented: 'own choice',
    scope: 'server',
  }),
  'session.frameBytes': integer(65_536, [16384, 1_048_576], 'B', {
    doc: 'Largest frame after login.',
    documented: 'own choice',
    scope: 'server',
  }),
  'session.outboundBytes': integer(1_048_576, [65536, 67_108_864], 'B', {
    doc: 'Bytes that may wait for a slow reader before it is cut off.',
    documented: 'own choice',
    scope: 'server',
  }),
  'session.inFlightMax': integer(32, [1, 1000], 'commands', {
    doc: 'Commands of one session handled at once.',
    documented: 'own choice',
    code: ErrorCode.SERVICE_OVERLOAD,
    scope: 'server',
  }),
  'session.commandsPerSec': integer(50, [1, 10_000], 'commands/s', {
    doc: 'Commands of one session per second.',
    documented: 'own choice',
    code: ErrorCode.SERVICE_OVERLOAD,
    scope: 'server',
  }),
}
