import type * as codes from './access-codes.ts'
import type { Texts } from './texts.ts'

export const accessTexts: Texts<typeof codes> = {
  TOO_MANY_CONNECTIONS: [
    'The access layer refused the connection because there are too many.',
    'Wait before connecting again, or add capacity.',
  ],
  CAPTCHA_INVALID: ['The captcha flag is wrong.', 'Solve the captcha again.'],
  SESSION_KEY_EXPIRED: ['The session key ended.', 'Log in again.'],
  SESSION_TICKET_EXPIRED: ['The session ticket ended.', 'Log in again.'],
  SESSION_TICKET_REFUSED: [
    'The session ticket was refused, or a security rule restricts it.',
    'Log in again with a fresh UserSig.',
  ],
  SESSION_KEY_EMPTY: ['The request carries an empty session key.', 'Log in again.'],
  SESSION_ACCOUNT_MISMATCH: [
    'The session key belongs to another account than the request names.',
    'Log in as the account that makes the request.',
  ],
  CAPTCHA_TIMEOUT: ['The captcha was not solved in time.', 'Solve the captcha again.'],
  SESSION_KEY_AND_TICKET_REQUIRED: [
    'The request needs both session key and session ticket.',
    'Log in again.',
  ],
  SESSION_COOKIE_MISMATCH: ['The session cookie does not fit the connection.', 'Connect and log in again.'],
  SESSION_KEY_ENDED: ['The session key ended and the server said so.', 'Log in again.'],
  SESSION_DISCONNECTED: ["The session's connection is closed.", 'Let the SDK reconnect.'],
  SESSION_IDENTITY_INVALID: [
    'The identity of the session is no longer valid.',
    'Log in again with a fresh UserSig.',
  ],
  SESSION_CLIENT_LEFT: ['The client left.', 'Log in again when the user returns.'],
  SESSION_CLIENT_LEFT_EX: [
    'The client left before the server could answer.',
    'Log in again when the user returns.',
  ],
  SESSION_DECRYPT_FAILURES: ['Too many packets of the session could not be decrypted.', 'Log in again.'],
  ACCESS_AGGREGATION_UNSUPPORTED: [
    'The server does not take aggregated packets.',
    'Send the requests one by one.',
  ],
  ACCESS_ARREARS: [
    'The service is stopped because of arrears.',
    'Ask the operator to put the app in force again.',
  ],
  ACCESS_PACKET_MALFORMED: [
    'The packet is malformed.',
    'Check that client and server versions fit together.',
  ],
  ACCESS_APP_BLOCKED: ['The app is blocked at the access layer.', 'Ask the operator to unblock the app.'],
  ACCESS_COMMAND_BLOCKED: [
    'The command is blocked at the access layer.',
    'Ask the operator to unblock the command.',
  ],
  ACCESS_APP_DISABLED: ['The app is disabled.', 'Enable the app in the console.'],
  ACCESS_USER_FREQ_LIMIT: ['This user made too many requests.', 'Wait, then send fewer requests.'],
  ACCESS_OVERLOADED: ['The access layer is overloaded.', 'Wait and try again with a growing delay.'],
  ACCESS_API_FREQ_LIMIT: ['The client calls this API too often.', 'Call the API less often.'],
}
