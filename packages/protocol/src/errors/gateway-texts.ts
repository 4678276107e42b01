import type * as codes from './gateway-codes.ts'
import type { Texts } from './texts.ts'

export const gatewayTexts: Texts<typeof codes> = {
  INVALID_HTTP_URL: [
    'The HTTP request or its URL cannot be parsed.',
    'Send a POST to `/v4/<service>/<command>` with the documented query.',
  ],
  REQ_JSON_PARSE_FAILED: ['The request body is not JSON.', 'Send a JSON object, at least `{}`.'],
  INVALID_ACCOUNT: [
    'The identifier or UserSig of the request is missing or wrong.',
    'Pass the `identifier` of an app admin and a UserSig signed for it.',
  ],
  INVALID_ACCOUNT_EX: [
    'The identifier and the UserSig of the request cannot be used together.',
    'Pass the `identifier` of an app admin and a UserSig signed for it.',
  ],
  INVALID_SDKAPPID: [
    'The SDKAppID is not valid on this server.',
    "Use the SDKAppID that the console shows, and this server's address.",
  ],
  REST_FREQ_LIMIT: [
    'This REST command is called over its rate.',
    "Spread the calls, or raise the command's `rate.rest` setting.",
  ],
  REQUEST_TIMEOUT: [
    'The request was malformed HTTP or not handled in time.',
    "Try again; when it persists check the server's load and `rest.timeoutMs`.",
  ],
  INVALID_RES: ['There is no such service or command.', 'Check the path against the REST reference.'],
  ID_NOT_ADMIN: [
    'The identifier is not an app admin.',
    'Sign the call for an app admin, which only the console can appoint.',
  ],
  SDKAPPID_FREQ_LIMIT: [
    'The app is over its total request rate.',
    'Spread the calls, or raise `rate.rest.app`.',
  ],
  SDKAPPID_MISS: ['The URL has no `sdkappid` parameter.', 'Add `sdkappid` to the query.'],
  RSP_JSON_PARSE_FAILED: [
    'The server could not build its answer.',
    'Report the request and the server log to the operator.',
  ],
  EXCHANGE_ACCOUNT_TIMEOUT: ['Looking up the account took too long.', 'Try again.'],
  INVALID_ID_FORMAT: ['A UserID in the body is not a string.', 'Quote every UserID, numeric ones too.'],
  SDKAPPID_FORBIDDEN: ['The app is disabled.', 'Enable the app in the console.'],
  REQ_FORBIDDEN: ['The request is disabled.', 'Ask the operator to allow the command.'],
  REQ_FREQ_LIMIT: ['There are too many requests.', 'Wait and try again with a growing delay.'],
  REQ_FREQ_LIMIT_EX: [
    'There are too many requests of this kind.',
    'Wait and try again with a growing delay.',
  ],
  INVALID_SERVICE: [
    "The app's service is not in force or lacks the feature.",
    'Put the app or the feature in force in the console.',
  ],
  IP_NOT_ALLOWED: [
    "The caller's address is not on the app's allow list.",
    'Add the address to the allow list in the console.',
  ],
  SERVICE_OVERLOAD: [
    'The service is overloaded.',
    'Wait for the delay that the answer names, then try again.',
  ],
  SENSITIVE_TEXT: ['Moderation refused the text.', 'Change the text, or adjust the moderation rules.'],
  BODY_SIZE_LIMIT: ['The message is over the size limit.', 'Send less, or raise `message.maxBytes`.'],
  PRE_HOOK_FAILED: [
    'The before-send webhook failed or was late, and the policy says refuse.',
    "Check the app's webhook server, or let `webhook.onTimeout` be `allow`.",
  ],
  SENSITIVE_IMAGE: [
    'Moderation refused the image or other media.',
    'Choose other media, or adjust the moderation rules.',
  ],
  SERVICE_DISABLED: ['The service of this app is stopped.', "Ask the operator to start the app's service."],
}
