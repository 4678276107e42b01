import type * as codes from './message-codes.ts'
import type { Texts } from './texts.ts'

export const messageTexts: Texts<typeof codes> = {
  MESSAGE_REQUEST_INVALID: [
    'The message request is malformed.',
    'Check sender, receiver and the field that the error text names.',
  ],
  MESSAGE_AUTH_FAILED: [
    'The session ticket or UserSig of the request is not valid.',
    'Log in again with a fresh UserSig.',
  ],
  MESSAGE_ACCOUNT_INVALID: [
    'The sender or receiver is invalid or was never imported.',
    'Import the account or let it log in once.',
  ],
  MESSAGE_NETWORK_ERROR: ['The message service had a network failure.', 'Try again.'],
  MESSAGE_INTERNAL_ERROR: [
    'The message service failed internally.',
    'Try again; when it persists read the server log.',
  ],
  MESSAGE_REFUSED_BY_WEBHOOK: [
    "The app's before-send webhook refused the message.",
    "Look into the app server's decision.",
  ],
  MESSAGE_BLOCKED_BY_RECEIVER: [
    'The receiver has blocked the sender.',
    'Tell the user that the message cannot be delivered.',
  ],
  MESSAGE_APP_MISMATCH: [
    'Sender and receiver belong to different apps.',
    'Send between accounts of one SDKAppID.',
  ],
  MESSAGE_NOT_FRIENDS: [
    'Sender and receiver are not friends and the friend check is on.',
    'Become friends first, or switch `message.friendCheck` off.',
  ],
  MESSAGE_NOT_ON_RECEIVERS_LIST: [
    "The sender is not on the receiver's friend list.",
    'Let the receiver add the sender, or switch `message.friendCheck` off.',
  ],
  MESSAGE_NOT_ON_SENDERS_LIST: [
    "The receiver is not on the sender's friend list.",
    'Let the sender add the receiver, or switch `message.friendCheck` off.',
  ],
  MESSAGE_SENDER_MUTED: [
    'The sender is muted in the whole app.',
    'Wait for the end of the mute, or lift it in the console.',
  ],
  RECALL_TIME_LIMIT: [
    'The message is older than the recall window.',
    'Recall over REST, or raise `message.recallSeconds`.',
  ],
  ROAMING_DELETE_FAILED: [
    'Deleting the stored messages failed internally.',
    'Try again later; when it persists read the server log.',
  ],
  RECALL_MESSAGE_NOT_FOUND: ['The message to recall does not exist.', 'Check conversation and MsgKey.'],
  RECALL_ALREADY_DONE: ['The message was recalled already.', 'Nothing needs to be done.'],
  MODIFY_MESSAGE_NOT_FOUND: [
    'The one-to-one message to modify does not exist.',
    'Check the message, which history may have dropped.',
  ],
  MODIFY_GROUP_MESSAGE_NOT_FOUND: ['The group message to modify does not exist.', 'Check group and MsgSeq.'],
  EXTENSION_VERSION_CONFLICT: [
    'The message extension was changed meanwhile.',
    'Read the extensions and set again with the newest `Seq`.',
  ],
  EXTENSION_UNSUPPORTED: [
    'The message does not support extensions.',
    'Send with `isSupportExtension` and switch `message.extensionEnabled` on.',
  ],
  EXTENSION_FREQ_LIMIT: [
    'The extensions of this message change too often.',
    'Wait a minute, or raise `ext.changesPerMinute`.',
  ],
  EXTENSION_NOT_FOUND: [
    'The message extension to delete does not exist.',
    'Read the extensions before deleting.',
  ],
  REACTION_COUNT_LIMIT: [
    'The message carries as many kinds of reaction as allowed.',
    'Use an existing reaction, or raise `reaction.kindsMax`.',
  ],
  REACTION_USER_LIMIT: ['The reaction has as many users as allowed.', 'Raise `reaction.usersMax`.'],
  REACTION_USER_EXISTS: ['The user has given this reaction already.', 'Nothing needs to be done.'],
  REACTION_NOT_FOUND: ['The message has no such reaction.', 'Refresh the reactions of the message.'],
  REACTION_USER_NOT_FOUND: ['The user has not given this reaction.', 'Refresh the reactions of the message.'],
  MSG_JSON_PARSE_FAILED: [
    'The request body is not JSON of the expected form.',
    "Send a JSON object as the command's reference shows.",
  ],
  MSG_BODY_INVALID: [
    '`MsgBody` does not follow the format or is not an array.',
    'Send `MsgBody` as an array of message elements.',
  ],
  MSG_TO_ACCOUNT_INVALID: [
    '`To_Account` is missing, of the wrong type or unknown.',
    "Pass the receiver's UserID as a string.",
  ],
  MSG_RANDOM_INVALID: ['`MsgRandom` is missing or not an integer.', 'Pass an unsigned 32-bit integer.'],
  MSG_TIMESTAMP_INVALID: ['`MsgTimeStamp` is missing or not an integer.', 'Pass Unix time in seconds.'],
  MSG_BODY_NOT_ARRAY: ['`MsgBody` is not an array.', 'Send `MsgBody` as an array of message elements.'],
  MSG_FROM_ACCOUNT_INVALID: [
    '`From_Account` is missing, of the wrong type or not registered.',
    'Pass the UserID of an existing account as a string.',
  ],
  MSG_ADMIN_REQUIRED: ['The messaging call needs an app admin.', 'Sign the call for an app admin.'],
  MSG_FORMAT_INVALID: [
    'The request does not follow the message format.',
    'Correct the element that the error text names.',
  ],
  MSG_RECEIVER_COUNT_LIMIT: [
    'The request names more receivers than allowed.',
    'Split the batch; one call takes at most 500.',
  ],
  MSG_RECEIVER_NOT_FOUND: ['The receiver is not registered.', 'Import the account or let it log in once.'],
  MSG_LIFETIME_LIMIT: [
    'The offline lifetime of the message is over 7 days.',
    'Set `MsgLifeTime` to at most 604800.',
  ],
  MSG_SYNC_OTHER_MACHINE_INVALID: ['`SyncOtherMachine` is not an integer.', 'Pass 1 or 2.'],
  MSG_OFFLINE_PUSH_INVALID: [
    '`OfflinePushInfo` is malformed.',
    'Correct the field that the error text names.',
  ],
  MSG_LIFETIME_INVALID: ['`MsgLifeTime` is not an integer.', 'Pass a number of seconds from 0 to 604800.'],
  MSG_ACCOUNT_NOT_FOUND: [
    'The account of the request does not exist.',
    'Import the account or let it log in once.',
  ],
  MSG_KEY_INVALID: ['The MsgKey is invalid.', 'Pass the `MsgKey` that the send call returned.'],
  MSG_BATCH_BODY_TOO_LONG: ['The body of the batch call is too long.', 'Split the batch.'],
  MSG_BACKEND_ERROR: [
    'The backend failed or was late.',
    "Try again; when it persists check the app's webhook server.",
  ],
  MSG_INTERNAL_ERROR: [
    'The message service failed internally.',
    'Try again; when it persists read the server log.',
  ],
  MSG_INTERNAL_ERROR_2: [
    'The message service failed in an internal step.',
    'Try again; when it persists read the server log.',
  ],
  MSG_INTERNAL_ERROR_3: [
    'The message or push service failed internally.',
    'Try again; when it persists read the server log.',
  ],
  LONG_POLLING_INSTANCE_LIMIT: [
    'Web long polling ended because too many instances are logged in.',
    'Close an instance, or raise `login.webInstances`.',
  ],
  MSG_TOO_LONG: ['The message is over the size limit.', 'Send less, or raise `message.maxBytes`.'],
}
