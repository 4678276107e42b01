/** Own choice: long enough that guessing over the network is hopeless within the login budget. */
export const PASSWORD_MIN_CHARACTERS = 10
/** Hashing is made slow on purpose; longer texts would only make it slower. */
const PASSWORD_MAX_BYTES = 1024

const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._@-]{0,63}$/u

/** Names are compared in this form. */
export function canonicalName(name: string): string {
  return name.normalize('NFC').toLowerCase().trim()
}

/** Why a name in its canonical form is none; undefined when it is fine. */
export function nameFault(name: string): string | undefined {
  return NAME.test(name)
    ? undefined
    : 'A name has 1 to 64 letters, digits, and . _ @ - between them; it begins with a letter or digit.'
}

export function passwordFault(password: string, name: string): string | undefined {
  if ([...password].length < PASSWORD_MIN_CHARACTERS)
    return `A password has ${PASSWORD_MIN_CHARACTERS} characters or more.`
  if (Buffer.byteLength(password) > PASSWORD_MAX_BYTES)
    return `A password has at most ${PASSWORD_MAX_BYTES} bytes.`
  if (canonicalName(password) === name) return 'The password must not be the name.'
  return undefined
}
