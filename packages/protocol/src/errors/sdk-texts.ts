import type * as codes from './sdk-codes.ts'
import type { Texts } from './texts.ts'

export const sdkTexts: Texts<typeof codes> = {
  KICK_NOTICE: [
    'The server ended this session, or (message export) a parameter is wrong or the caller is no app admin.',
    'Show the kick reason and let the user log in again; for message export correct the parameters or the admin.',
  ],
  SDKAPPID_MISSING: [
    'The SDK instance was created without an SDKAppID.',
    'Pass `SDKAppID` to the create call.',
  ],
  ACCOUNT_TYPE_MISSING: [
    'The legacy account type parameter is missing.',
    'Update the SDK, which no longer needs the parameter.',
  ],
  USERID_MISSING: ['Login was called without a UserID.', 'Pass a non-empty `userID` string to `login`.'],
  USERSIG_MISSING: [
    'Login was called without a UserSig.',
    'Fetch a UserSig from the app server and pass it as `userSig`.',
  ],
  TINYID_MISSING: [
    'The login answer lacks the internal user number.',
    'Check that client and server versions fit together.',
  ],
  A2KEY_MISSING: [
    'The login answer lacks the session key.',
    'Check that client and server versions fit together.',
  ],
  NOT_LOGGED_IN: ['The call needs a login and there is none.', 'Call `login` first.'],
  LOGIN_IN_PROGRESS: [
    'Another login of this SDK instance is still running.',
    'Wait for the first `login` promise.',
  ],
  UPLOAD_PLUGIN_MISSING: [
    'No upload plug-in is registered, so files cannot be sent.',
    'Register the upload plug-in before sending media.',
  ],
  UPLOAD_ADDRESS_MISSING: [
    'The server gave no upload address for the file.',
    'Check the file storage settings of the server, then send again.',
  ],
  NETWORK_ERROR: ['The request failed on the network.', 'Check the connection to the server and try again.'],
  SDK_REQUEST_TIMEOUT: ['The server did not answer in time.', 'Try again when the connection is stable.'],
  NETWORK_OFFLINE: ['The device has no network.', 'Wait until the device is online again.'],
  SDK_INTERNAL_ERROR: [
    'The SDK met an error that it does not handle.',
    'Report the error text and the SDK log.',
  ],
  OPERATION_INVALID: [
    'The operation is not valid in the current state.',
    'Check the arguments and the order of the calls.',
  ],
  RTC_COMMAND_INVALID: [
    'The real-time communication command is invalid.',
    "Check the command against the SDK's documentation.",
  ],
  CALL_TOO_FREQUENT: [
    'The call was made more often than the SDK allows.',
    'Call less often; the limits reference lists the rate of each call.',
  ],
  COMMAND_UNKNOWN: ['The SDK knows no such protocol command.', 'Update the SDK.'],
  MODULE_NOT_LOADED: [
    'The SDK module for this call is not loaded.',
    'Use a build of the SDK that contains the module.',
  ],
  SDK_NOT_READY: ['The SDK is not ready for this call.', 'Wait for `SDK_READY` after a successful login.'],
  NOT_READY_LOGGING_IN: ['Not ready because the login is still running.', 'Wait for `SDK_READY`.'],
  NOT_READY_LOGIN_FAILED: [
    'Not ready because the last login failed.',
    'Read the error of `login`, correct it and log in again.',
  ],
  NOT_READY_KICKED_DEVICE: [
    "Not ready because another terminal took this login's place.",
    "Tell the user and log in again only at the user's wish.",
  ],
  NOT_READY_KICKED_INSTANCE: [
    'Not ready because the same account logged in on another Web instance.',
    'Tell the user, or raise `login.webInstances`.',
  ],
  NOT_READY_USERSIG_EXPIRED: [
    'Not ready because the UserSig ended.',
    'Fetch a new UserSig from the app server and log in again.',
  ],
  NOT_READY_LOGGED_OUT: ['Not ready because the user logged out.', 'Call `login` again.'],
  NOT_READY_KICKED_REST: [
    'Not ready because an app admin kicked this account.',
    'Log in with a UserSig that was signed after the kick.',
  ],
  PLAN_LACKS_FEATURE: ['The ability is switched off for this app.', 'Switch the feature on in the console.'],
  LOCAL_WORD_BLOCKED: [
    'The local word filter blocked the text.',
    'Change the text, or edit the word list in the console.',
  ],
  OPTIONS_EMPTY: ['The options object is empty.', 'Pass at least one option.'],
  INVITATION_INVALID: [
    'The invitation ID is wrong or was handled already.',
    'Use the ID of an open invitation.',
  ],
  INVITATION_PERMISSION_DENIED: [
    'This account may not do that to the invitation.',
    'Let the inviter cancel and the invitee accept or reject.',
  ],
  INVITATION_EXISTS: [
    'The same invitation exists already.',
    'Use the running invitation, or cancel it first.',
  ],
  CANCEL_MESSAGE_INVALID: [
    'The message whose sending is to be cancelled is not valid.',
    'Pass a media message that is still being uploaded.',
  ],
  UIKIT_NOT_INITIALIZED: [
    'The UI-kit engine is not initialised.',
    'Initialise the engine with a logged-in SDK.',
  ],
  UIKIT_CONVERSATION_ID_INVALID: [
    'The UI-kit engine was given an invalid conversation ID.',
    'Use `C2C<userID>` or `GROUP<groupID>`.',
  ],
  UIKIT_CONVERSATION_REPEATED: ['The conversation is the current one already.', 'Skip the repeated switch.'],
  UIKIT_CONVERSATION_NOT_FOUND: [
    'The UI-kit engine has no such conversation.',
    'Refresh the conversation list.',
  ],
  UIKIT_MESSAGE_LIST_FAILED: [
    'The UI-kit engine could not fetch the message list.',
    'Check login and network, then open the conversation again.',
  ],
  UIKIT_MESSAGE_PAYLOAD_MISMATCH: [
    'Message type and payload do not agree.',
    'Build the message with the create function of its type.',
  ],
}
