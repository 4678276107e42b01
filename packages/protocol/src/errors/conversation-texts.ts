import type * as codes from './conversation-codes.ts'
import type { Texts } from './texts.ts'

export const conversationTexts: Texts<typeof codes> = {
  CONVERSATION_ACCOUNT_NOT_FOUND: [
    'The account of the conversation request does not exist.',
    'Import the account or let it log in once.',
  ],
  CONVERSATION_PARAMETER_INVALID: [
    'A parameter of the conversation request is wrong.',
    'Correct the field that the error text names.',
  ],
  CONVERSATION_ADMIN_REQUIRED: [
    'The conversation call needs an app admin.',
    'Sign the call for an app admin.',
  ],
  CONVERSATION_INTERNAL_ERROR: [
    'The conversation service failed internally.',
    'Try again; when it persists read the server log.',
  ],
  CONVERSATION_NETWORK_TIMEOUT: ['The conversation service did not answer in time.', 'Try again.'],
  CONVERSATION_BATCH_LIMIT: [
    'The request names no conversation or more than one operation takes.',
    'Split the batch, or raise `conv.markPerOp`.',
  ],
  CONVERSATION_GROUP_CHAT_FAILED: [
    'The group of a group conversation is gone or could not be read.',
    'Check that the group exists.',
  ],
  CONVERSATION_MARKED_LIMIT: [
    'Too many conversations carry marks, groups or custom data.',
    'Clear some, or raise `conv.markedMax`.',
  ],
  CONVERSATION_GROUP_NOT_FOUND: [
    'The conversation group does not exist.',
    'Create the conversation group first.',
  ],
  CONVERSATION_GROUP_COUNT_LIMIT: [
    'The account has as many conversation groups as allowed.',
    'Delete one, or raise `conv.groupsMax`.',
  ],
  CONVERSATION_GROUP_NAME_TOO_LONG: [
    'The name of the conversation group is too long.',
    'Shorten the name, or raise `conv.groupNameBytes`.',
  ],
  CONVERSATION_PINNED_LIMIT: [
    'The account has pinned as many conversations as allowed.',
    'Unpin one, or raise `conv.pinnedMax`.',
  ],
  CONVERSATION_PLAN_LACKS_FEATURE: [
    'The conversation function is switched off for this app.',
    'Switch the feature on in the console.',
  ],
}
