import type * as codes from './push-codes.ts'
import type { Texts } from './texts.ts'

export const pushTexts: Texts<typeof codes> = {
  PUSH_TOKEN_BEFORE_LOGIN: [
    'The push token was set before the login finished.',
    'Set the token after login.',
  ],
  PUSH_TOKEN_INTERNAL_ERROR: ['The push token could not be stored.', 'Set the token again later.'],
  PUSH_TOKEN_INTERNAL_ERROR_2: ['The push token could not be read.', 'Set the token again later.'],
  PUSH_TOKEN_INTERNAL_ERROR_3: ['The push token service failed internally.', 'Set the token again later.'],
  PUSH_TOKEN_TOO_LONG: ['The push token is over 256 bytes.', 'Pass the token as the push channel issued it.'],
  PUSH_EXTRA_DATA_TOO_LONG: ['The extra data of the login is over 1024 bytes.', 'Shorten the extra data.'],
  PUSH_TOKEN_PARAMETER_INVALID: [
    'A parameter of the push token call is wrong.',
    'Check token and channel ID.',
  ],
  PUSH_ACCOUNT_COUNT_LIMIT: [
    'The request names too many accounts.',
    'Split the batch; one call takes at most 100.',
  ],
  PUSH_TAG_TOO_LONG: ['A push tag is over 50 bytes.', 'Shorten the tag.'],
  PUSH_CONDITION_INVALID: [
    'The push condition is malformed, or a tag stands in both `TagsOr` and `TagsAnd`.',
    'Name each tag in one list only.',
  ],
  PUSH_TOO_FREQUENT: [
    'The push follows the previous one within a second.',
    'Wait at least one second between pushes.',
  ],
  PUSH_ATTRIBUTE_VALUE_INVALID: [
    'A push attribute value is over 50 bytes, or (message import) `SyncFromOldSystem` is no integer.',
    'Shorten the value, or pass `SyncFromOldSystem` as an integer.',
  ],
  PUSH_TAG_COUNT_LIMIT: ['The request carries more than 10 tags.', 'Use at most 10 tags.'],
  PUSH_ATTRIBUTE_INVALID: [
    'A push attribute is invalid or not declared.',
    'Declare the attribute name first.',
  ],
  PUSH_TAG_LENGTH_INVALID: ['A push tag has an invalid length.', 'Use tags of 1 to 50 bytes.'],
  PUSH_TAGS_AND_ATTRIBUTES: [
    'The push has both a tag condition and an attribute condition.',
    'Use one of the two.',
  ],
  PUSH_TAG_EMPTY: ['A push tag is empty.', 'Use tags of 1 to 50 bytes.'],
  PUSH_ALL_DISABLED: ['Push to all is off.', 'Switch push to all on in the console.'],
  PUSH_ALL_DAILY_LIMIT: [
    "The app's daily number of pushes to all is used up.",
    'Wait for the next day, or raise `push.allPerDay`.',
  ],
}
