import { ErrorCode, type ErrorCodeName, type ErrorCodeNumber, isRetryable } from './error-code.ts'
import { accessTexts } from './errors/access-texts.ts'
import { accountTexts } from './errors/account-texts.ts'
import { conversationTexts } from './errors/conversation-texts.ts'
import { gatewayTexts } from './errors/gateway-texts.ts'
import { groupTexts } from './errors/group-texts.ts'
import { messageTexts } from './errors/message-texts.ts'
import { operationTexts } from './errors/operation-texts.ts'
import { profileTexts } from './errors/profile-texts.ts'
import { pushTexts } from './errors/push-texts.ts'
import { relationTexts } from './errors/relation-texts.ts'
import { sdkConversationTexts } from './errors/sdk-conversation-texts.ts'
import { sdkMessageTexts } from './errors/sdk-message-texts.ts'
import { sdkTexts } from './errors/sdk-texts.ts'
import type { Texts } from './errors/texts.ts'

/** One row of the catalogue; the texts are for people and contain no request data. */
export interface ErrorEntry {
  readonly code: ErrorCodeNumber
  readonly name: ErrorCodeName
  /** What happened, one sentence. */
  readonly meaning: string
  /** What the developer or operator does about it, one sentence. */
  readonly remedy: string
  /** The same call may be tried again after a back-off (reference error-codes.md 14). */
  readonly retryable: boolean
}

const texts: Texts<typeof ErrorCode> = {
  ...accessTexts,
  ...accountTexts,
  ...conversationTexts,
  ...gatewayTexts,
  ...groupTexts,
  ...messageTexts,
  ...operationTexts,
  ...profileTexts,
  ...pushTexts,
  ...relationTexts,
  ...sdkTexts,
  ...sdkConversationTexts,
  ...sdkMessageTexts,
}

/** Every code of `ErrorCode` with its texts. The browser SDK must not import this module: the texts are long. */
export const ERROR_CATALOGUE: readonly ErrorEntry[] = (Object.keys(texts) as ErrorCodeName[]).map(name => {
  const code = ErrorCode[name]
  const [meaning, remedy] = texts[name]
  return { code, name, meaning, remedy, retryable: isRetryable(code) }
})

const byCode = new Map<number, ErrorEntry>(ERROR_CATALOGUE.map(entry => [entry.code, entry]))

/** The catalogue row of a code; undefined for app-defined and unknown codes, which pass through unchanged. */
export const errorEntry = (code: number): ErrorEntry | undefined => byCode.get(code)
