import type * as codes from './operation-codes.ts'
import type { Texts } from './texts.ts'

export const operationTexts: Texts<typeof codes> = {
  EXPORT_REQUEST_INVALID: [
    'The export request is invalid.',
    'Check the URL and the request against the reference.',
  ],
  EXPORT_INTERNAL_ERROR: [
    'The export service failed internally.',
    'Ask again later; when it persists read the server log.',
  ],
  EXPORT_NOT_READY: [
    'The file is not generated yet, or that hour has no messages.',
    'Ask again about one hour after the end of the hour.',
  ],
  EXPORT_EXPIRED: ['The file is no longer kept.', 'Download files within 7 days.'],
  RESOURCE_NOT_FOUND: ['The file does not exist.', 'Check the URL; the file may be past its retention.'],
  RESOURCE_FORBIDDEN: ['The file is not accessible.', "Check the caller's right to the file."],
  RESOURCE_TOO_BIG: ['The file is too big.', 'Send a smaller file.'],
  RESOURCE_SENDING_CANCELLED: ['Sending the file was cancelled.', 'Send again if the user wants it.'],
  RESOURCE_UNREADABLE: ['The file cannot be read.', 'Check the file and its permissions.'],
  RESOURCE_TRANSFER_TIMEOUT: [
    'The transfer of the file took too long.',
    'Send again on a better connection.',
  ],
  RESOURCE_PARAMETER_INVALID: [
    'A parameter of the file request is wrong.',
    'Correct the field that the error text names.',
  ],
  RESOURCE_FILE_CHECKSUM_WRONG: ['The checksum of the file is wrong.', 'Upload the file again.'],
  RESOURCE_PART_CHECKSUM_WRONG: ['The checksum of a part of the file is wrong.', 'Upload the part again.'],
  MUTE_JSON_PARSE_FAILED: [
    'The body of the global mute request is not JSON.',
    "Send a JSON object as the command's reference shows.",
  ],
  MUTE_GET_ACCOUNT_MISSING: ['`Get_Account` is missing.', 'Name the account whose mute is asked for.'],
  MUTE_GET_ACCOUNT_INVALID: ['`Get_Account` is invalid.', 'Pass the UserID of an existing account.'],
  MUTE_SET_ACCOUNT_MISSING: ['`Set_Account` is missing.', 'Name the account to mute.'],
  MUTE_SET_ACCOUNT_INVALID: ['`Set_Account` is invalid.', 'Pass the UserID of an existing account.'],
  MUTE_TIMES_MISSING: [
    'Neither mute time is given.',
    'Pass at least one of the C2C and the group mute time.',
  ],
  MUTE_STORAGE_FAILED: [
    'The mute could not be stored.',
    'Call again later; when it persists read the server log.',
  ],
  MUTE_STORAGE_FAILED_2: [
    'The mute could not be read from storage.',
    'Call again later; when it persists read the server log.',
  ],
  MUTE_STORAGE_FAILED_3: [
    'The storage of the mute service failed.',
    'Call again later; when it persists read the server log.',
  ],
  MUTE_STORAGE_FAILED_4: [
    'The storage of the mute service gave no usable answer.',
    'Call again later; when it persists read the server log.',
  ],
  MUTE_INTERNAL_ERROR: [
    'The mute service failed internally.',
    'Call again later; when it persists read the server log.',
  ],
}
