import type * as codes from './profile-codes.ts'
import type { Texts } from './texts.ts'

export const profileTexts: Texts<typeof codes> = {
  PROFILE_PARAMETER_INVALID: [
    'A parameter of the profile request is wrong.',
    'Correct the field that the error text names.',
  ],
  PROFILE_ACCOUNT_MISSING: ['The profile request names no account.', 'Name at least one account.'],
  PROFILE_ACCOUNT_NOT_FOUND: [
    'The account whose profile is asked for does not exist.',
    'Import the account or let it log in once.',
  ],
  PROFILE_ADMIN_REQUIRED: ['The profile call needs an app admin.', 'Sign the call for an app admin.'],
  PROFILE_SENSITIVE_TEXT: [
    'A profile field contains a sensitive word.',
    'Change the text, or adjust the moderation rules.',
  ],
  PROFILE_INTERNAL_ERROR: [
    'The profile service failed internally.',
    'Try again; when it persists read the server log.',
  ],
  PROFILE_FIELD_NOT_READABLE: [
    'The caller may not read this profile field.',
    'Leave the field out, or change its read right in the console.',
  ],
  PROFILE_FIELD_NOT_WRITABLE: [
    'The caller may not write this profile field.',
    'Leave the field out, or change its write right in the console.',
  ],
  PROFILE_FIELD_NOT_FOUND: [
    'The profile field does not exist.',
    'Use a standard tag, or declare the custom field in the console.',
  ],
  PROFILE_VALUE_TOO_LONG: ['The value of a profile field is over 500 bytes.', 'Shorten the value.'],
  PROFILE_VALUE_NOT_ALLOWED: [
    'A standard profile field does not take this value.',
    'Use one of the values that the profile reference lists.',
  ],
  PROFILE_VALUE_TYPE_WRONG: [
    'The value of a profile field has the wrong type.',
    'Pass the type that the field is declared with.',
  ],
}
