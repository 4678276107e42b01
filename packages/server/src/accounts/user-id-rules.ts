/** Name spaces of robots, official accounts, groups and the system (rest-1 section 1.11): no user may have such a name. */
const RESERVED_PREFIXES = ['@RBT#', '@TOA#', '@TGS#', '@TIM#'] as const

/** C0, DEL and C1. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point.
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/

/**
 * Why a text can't be the UserID of a new account, as the end of a sentence; undefined when it can. UserIDs are compared byte
 * by byte and nothing is trimmed (rest-1 section 1.11).
 *
 * @param maxBytes `account.userIdBytes` of the app.
 */
export function userIdFault(userId: string, maxBytes: number): string | undefined {
  if (userId === '') return 'is empty'
  if (!isText(userId)) return 'has a control character or half of a surrogate pair'
  const bytes = Buffer.byteLength(userId)
  if (bytes > maxBytes) return `has ${bytes} bytes; at most ${maxBytes} are allowed`
  const prefix = reservedPrefix(userId)
  return prefix && `begins with ${prefix}, which is reserved`
}

/** No account ever had another name, and PostgreSQL can't be asked for one with U+0000. */
export function isText(userId: string): boolean {
  return !CONTROL.test(userId) && userId.isWellFormed()
}

export function reservedPrefix(userId: string): string | undefined {
  return RESERVED_PREFIXES.find(prefix => userId.startsWith(prefix))
}
