const STANDARD = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
/** The ticket's alphabet (login-usersig 1.3): `*`, `-`, `_` for `+`, `/`, `=`. Not RFC 4648 base64url. */
const TICKET = `${STANDARD.slice(0, 62)}*-`

const PADDING = 64
const SKIPPED = 65
const INVALID = 255

function readingTable(): Uint8Array {
  const table = new Uint8Array(128).fill(INVALID)
  for (let i = 0; i < 64; i++) {
    table[STANDARD.charCodeAt(i)] = i
    table[TICKET.charCodeAt(i)] = i
  }
  table[0x3d] = PADDING
  table[0x5f] = PADDING
  // An unescaped + of the standard alphabet arrives from a query string as a space.
  table[0x20] = 62
  for (const lineBreakOrTab of [0x09, 0x0a, 0x0d]) table[lineBreakOrTab] = SKIPPED
  return table
}

const values = readingTable()

/**
 * Decodes base64 in the standard or the ticket's alphabet, even mixed, with or without padding, skipping line breaks
 * and tabs (login-usersig 1.6). Returns the number of bytes written to `into`, or −1 for text that is not base64.
 * `into` must hold three bytes for every four characters.
 */
export function decodeBase64Into(text: string, into: Uint8Array): number {
  let written = 0
  let bits = 0
  let held = 0
  let padded = 0
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i)
    const value = char < 128 ? values[char]! : INVALID
    if (value < 64) {
      if (padded > 0) return -1
      bits = (bits << 6) | value
      held += 6
      if (held >= 8) {
        held -= 8
        into[written++] = bits >>> held
        bits &= (1 << held) - 1
      }
    } else if (value === PADDING) {
      padded++
    } else if (value === INVALID) {
      return -1
    }
  }
  // Six bits left over belong to a character that lost its companions.
  return held === 6 || padded > 2 ? -1 : written
}

/** Like `decodeBase64Into`, into an array of its own; undefined for text that is not base64. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const into = new Uint8Array(Math.ceil((text.length * 3) / 4))
  const length = decodeBase64Into(text, into)
  return length < 0 ? undefined : into.subarray(0, length)
}

function encode(bytes: Uint8Array, alphabet: string, padding: string): string {
  let text = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i
    const group = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0)
    text += alphabet[group >>> 18]! + alphabet[(group >>> 12) & 63]!
    text += left > 1 ? alphabet[(group >>> 6) & 63]! : padding
    text += left > 2 ? alphabet[group & 63]! : padding
  }
  return text
}

/** Standard base64 with padding, as inside the ticket's document. */
export function encodeBase64(bytes: Uint8Array): string {
  return encode(bytes, STANDARD, '=')
}

/** Base64 in the ticket's alphabet, padded with `_`. */
export function encodeTicketBase64(bytes: Uint8Array): string {
  return encode(bytes, TICKET, '_')
}
