import { MAX_USER_ID_BYTES } from './ticket.ts'

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff
}

/**
 * True when every UTF-16 unit has its place in UTF-8 and none is a control character (C0, DEL, C1). A line feed would
 * let one value write the next line of the signed text; half of a surrogate pair would be signed as another character.
 */
export function isPlainText(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x20 || (code >= 0x7f && code <= 0x9f)) return false
    if (isLowSurrogate(code)) return false
    if (isHighSurrogate(code) && !isLowSurrogate(text.charCodeAt(++i))) return false
  }
  return true
}

/** UTF-8 length of well-formed text. */
export function utf8Length(text: string): number {
  let bytes = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x80) bytes += 1
    else if (code < 0x800) bytes += 2
    else if (isHighSurrogate(code) || isLowSurrogate(code)) bytes += 2
    else bytes += 3
  }
  return bytes
}

/** What is wrong with `userId` as a UserID (login-usersig 0), or undefined when it is one. */
export function userIdFault(userId: string): string | undefined {
  if (userId.length === 0) return 'the UserID is empty'
  if (!isPlainText(userId)) return 'the UserID holds a control character or half of a surrogate pair'
  const bytes = utf8Length(userId)
  if (bytes > MAX_USER_ID_BYTES)
    return `the UserID has ${bytes} bytes, at most ${MAX_USER_ID_BYTES} are allowed`
  return undefined
}
