import type * as codes from './group-codes.ts'
import type { Texts } from './texts.ts'

export const groupTexts: Texts<typeof codes> = {
  GROUP_INTERNAL_ERROR: [
    'The group service failed internally.',
    'Try again; when it persists read the server log.',
  ],
  GROUP_API_NAME_ERROR: ['The group service has no such command.', "Check the command's name in the path."],
  GROUP_PARAMETER_INVALID: [
    'A parameter of the group request is wrong.',
    'Correct the field that the error text names.',
  ],
  GROUP_ACCOUNT_COUNT_LIMIT: ['The request names too many accounts.', 'Split the batch.'],
  GROUP_FREQ_LIMIT: ['The group operation is called too often.', 'Wait and try again less often.'],
  GROUP_PERMISSION_DENIED: [
    'The caller has no right to do this, or is not in the group.',
    'Check membership, role and group type.',
  ],
  GROUP_REQUEST_INVALID: [
    'The group request is illegal, or the feature is off for this app.',
    "Check the UserSig and the app's group features.",
  ],
  GROUP_OWNER_CANNOT_QUIT: [
    'The owner may not leave a group of this type.',
    'Hand the group over or disband it.',
  ],
  GROUP_NOT_FOUND: ['The group never existed or is disbanded.', 'Check the group ID.'],
  GROUP_JSON_PARSE_FAILED: [
    'The body of the group request is not JSON.',
    "Send a JSON object as the command's reference shows.",
  ],
  GROUP_OPERATOR_INVALID: ["The operator's account is illegal.", 'Pass the UserID of an existing account.'],
  GROUP_ALREADY_MEMBER: ['The account is a member already.', 'Nothing needs to be done.'],
  GROUP_FULL: ['The group is full.', "Remove members, or raise the group's member limit."],
  GROUP_ID_INVALID: ['The group ID is illegal.', 'Pass a group ID that follows the naming rules.'],
  GROUP_REFUSED_BY_WEBHOOK: [
    "The app's webhook refused the group operation.",
    "Look into the app server's decision.",
  ],
  GROUP_MUTED: [
    'The sender is muted in the group, or everybody is.',
    'Wait for the end of the mute, or let an admin lift it.',
  ],
  GROUP_RESPONSE_SIZE_LIMIT: ['The answer would be over 1 MB.', 'Ask for fewer items and page.'],
  GROUP_ACCOUNT_NOT_FOUND: [
    'An account of the group request does not exist.',
    'Import the account or let it log in once.',
  ],
  GROUP_PACKAGE_TOO_LONG: [
    'The package of imported group messages is too long.',
    'Import fewer messages per call.',
  ],
  GROUP_ID_IN_USE: ["The group ID belongs to somebody else's group.", 'Choose another group ID.'],
  GROUP_SEND_FREQ_LIMIT: ['Messages are sent too often.', 'Send less often.'],
  GROUP_REQUEST_ALREADY_HANDLED: [
    'The application or invitation was handled already.',
    'Refresh the application list.',
  ],
  GROUP_ID_IN_USE_BY_SELF: [
    'The group ID belongs to a group that the caller owns.',
    'Use the existing group.',
  ],
  GROUP_COMMAND_FORBIDDEN: [
    'The group command is disabled for this app.',
    'Ask the operator to allow the command.',
  ],
  GROUP_RECALL_MESSAGE_NOT_FOUND: ['The group message to recall does not exist.', 'Check group and MsgSeq.'],
  GROUP_RECALL_TIME_LIMIT: [
    'The group message is older than the recall window.',
    'Recall over REST, or raise `message.recallSeconds`.',
  ],
  GROUP_RECALL_DENIED: [
    'This message cannot be recalled.',
    "Leave system messages and others' messages alone.",
  ],
  GROUP_RECALL_UNSUPPORTED: ['Groups of this type have no recall.', 'Use a group type with recall.'],
  GROUP_DELETE_MESSAGE_DENIED: ['Messages of this type cannot be deleted.', 'Leave the message out.'],
  GROUP_DELETE_MESSAGE_UNSUPPORTED: [
    'Live rooms and broadcast groups have no messages to delete.',
    'Use a group type that stores messages.',
  ],
  GROUP_LIVE_ROOM_COUNT_LIMIT: [
    'The app has as many live rooms as allowed.',
    'Disband some, or raise the limit of live rooms.',
  ],
  GROUP_JOINED_COUNT_LIMIT: [
    'The user has created or joined as many groups as allowed.',
    'Leave some groups, or raise the limit of joined groups.',
  ],
  GROUP_MEMBER_COUNT_LIMIT: [
    'The number of members is over the maximum.',
    "Ask for fewer members, or raise the group's member limit.",
  ],
  GROUP_RECALL_FORBIDDEN_FOR_APP: ['The app does not allow recall.', 'Switch recall on in the console.'],
  GROUP_LIVE_ROOM_NO_HISTORY: [
    'Live rooms have no stored messages to query.',
    'Leave live rooms out of the query.',
  ],
  GROUP_ATTRIBUTE_KEY_TOO_LONG: ['A group attribute key is over 32 bytes.', 'Shorten the key.'],
  GROUP_ATTRIBUTE_VALUE_TOO_LONG: ['A group attribute value is over 4000 bytes.', 'Shorten the value.'],
  GROUP_ATTRIBUTE_COUNT_LIMIT: [
    'The group has more than 16 attribute keys.',
    'Delete keys before adding others.',
  ],
  GROUP_ATTRIBUTE_TOTAL_SIZE_LIMIT: [
    "The group's attributes are over 16000 bytes in total.",
    'Store less in attributes.',
  ],
  GROUP_ATTRIBUTE_FREQ_LIMIT: ['Group attributes are written too often.', 'Wait and write less often.'],
  GROUP_ATTRIBUTE_NOT_FOUND: [
    'The group attribute to delete does not exist.',
    'Read the attributes before deleting.',
  ],
  GROUP_DELETE_RANGE_INVALID: [
    'The range of messages to delete is illegal.',
    'Pass a smaller range with start not above end.',
  ],
  GROUP_DELETE_RANGE_EMPTY: ['There is no message in the range.', 'Check the range of sequence numbers.'],
  GROUP_MENTION_LIMIT: [
    'The message mentions too many accounts.',
    'Mention fewer, or raise `message.atMax`.',
  ],
  GROUP_TOO_MANY_MEMBERS: [
    'The group has too many members for one answer.',
    'Fetch the members page by page.',
  ],
  GROUP_ATTRIBUTE_WRITE_CONFLICT: [
    'Somebody else wrote the group attributes meanwhile.',
    'Read the attributes, then write again.',
  ],
  GROUP_TRIAL_COUNT_LIMIT: [
    'The app has as many groups as its preset allows.',
    'Disband groups, or choose a larger limits preset.',
  ],
  GROUP_PLAN_LACKS_FEATURE: [
    "The group feature is not part of the app's preset.",
    'Choose a preset that contains the feature.',
  ],
  GROUP_RECEIPT_GROUP_TOO_BIG: [
    'The group is too big for read receipts.',
    'Send without a receipt, or raise `receipt.groupMax`.',
  ],
  GROUP_RECEIPT_ONLINE_ONLY: [
    'An online-only message has no read receipt.',
    'Send a stored message when a receipt is needed.',
  ],
  GROUP_RECEIPT_NOT_FOUND: [
    'The message has no receipt record.',
    'Ask only for messages sent with a receipt.',
  ],
  GROUP_COUNTER_LIMIT: ['The group has more than 20 counters.', 'Delete counters before adding others.'],
  GROUP_PINNED_LIMIT: ['The group has as many pinned messages as allowed.', 'Unpin a message first.'],
  GROUP_ALREADY_PINNED: ['The message is pinned already.', 'Nothing needs to be done.'],
  COMMUNITY_DISABLED: ['The community function is off.', 'Switch communities on in the console.'],
  TOPIC_DISMISS_FAILED: ['The topic could not be destroyed.', 'Try that topic again.'],
  TOPIC_NOT_FOUND: ['The topic does not exist any more.', 'Refresh the topic list.'],
}
