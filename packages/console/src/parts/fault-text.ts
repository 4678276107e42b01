import { CallError } from '../api/console-call.ts'
import { en, type TextKey } from '../i18n/en.ts'
import type { Translate } from '../i18n/language.tsx'

/** What went wrong, in the operator's language where the page has words for it, else in the server's. */
export function faultText(t: Translate, error: unknown): string {
  if (!(error instanceof CallError)) return t('fault.defect')
  const key = `fault.${error.reason}`
  const known = Object.hasOwn(en, key) ? t(key as TextKey, { seconds: waitSeconds(error) }) : error.message
  return error.code ? `${known} (${error.code})` : known
}

function waitSeconds(error: CallError): number {
  return Math.ceil((error.retryAfterMs ?? 0) / 1000)
}
