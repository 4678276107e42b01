/** A JSON number as it is written: what was signed are digits, and lifetimes may go beyond 2^53. */
export class NumberSource {
  constructor(readonly text: string) {}
}

/** A value that no ticket field can have: true, false, an array or an object. */
export const UNUSABLE: unique symbol = Symbol('unusable')

export type FieldValue = string | NumberSource | null | typeof UNUSABLE

/** Deeper nesting is refused; a ticket has none at all. */
const MAX_DEPTH = 16

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/
const WORDS: ReadonlyMap<string, FieldValue> = new Map([
  ['null', null],
  ['true', UNUSABLE],
  ['false', UNUSABLE],
] as const)

class Malformed {
  constructor(readonly reason: string) {}
}

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  document(): Map<string, FieldValue> {
    this.#skipSpace()
    if (this.#peek() !== OPEN_OBJECT) throw new Malformed('it is not a JSON object')
    const fields = new Map<string, FieldValue>()
    this.#members(0, (name, value) => {
      // Two readers may disagree about which of two values counts, so neither does.
      if (fields.has(name)) throw new Malformed(`the name ${JSON.stringify(name.slice(0, 40))} occurs twice`)
      fields.set(name, value)
    })
    this.#skipSpace()
    if (this.#at !== this.#text.length) throw new Malformed('something follows the JSON object')
    return fields
  }

  #peek(): number {
    return this.#at < this.#text.length ? this.#text.charCodeAt(this.#at) : -1
  }

  #skipSpace(): void {
    for (;;) {
      const char = this.#peek()
      if (char !== 0x20 && char !== 0x0a && char !== 0x0d && char !== 0x09) return
      this.#at++
    }
  }

  #expect(char: number): void {
    if (this.#peek() !== char) throw new Malformed('it is not valid JSON')
    this.#at++
  }

  #members(depth: number, take?: (name: string, value: FieldValue) => void): void {
    this.#expect(OPEN_OBJECT)
    this.#skipSpace()
    if (this.#peek() === CLOSE_OBJECT) {
      this.#at++
      return
    }
    for (;;) {
      this.#skipSpace()
      const name = this.#string()
      this.#skipSpace()
      this.#expect(COLON)
      const value = this.#value(depth + 1)
      take?.(name, value)
      this.#skipSpace()
      if (this.#peek() !== COMMA) break
      this.#at++
    }
    this.#expect(CLOSE_OBJECT)
  }

  #elements(depth: number): void {
    this.#expect(OPEN_ARRAY)
    this.#skipSpace()
    if (this.#peek() === CLOSE_ARRAY) {
      this.#at++
      return
    }
    for (;;) {
      this.#value(depth + 1)
      this.#skipSpace()
      if (this.#peek() !== COMMA) break
      this.#at++
    }
    this.#expect(CLOSE_ARRAY)
  }

  #value(depth: number): FieldValue {
    if (depth > MAX_DEPTH) throw new Malformed(`it is nested deeper than ${MAX_DEPTH} levels`)
    this.#skipSpace()
    const char = this.#peek()
    if (char === QUOTE) return this.#string()
    if (char === OPEN_OBJECT) this.#members(depth)
    else if (char === OPEN_ARRAY) this.#elements(depth)
    else return this.#word()
    return UNUSABLE
  }

  #string(): string {
    this.#expect(QUOTE)
    const start = this.#at
    let escaped = false
    for (;;) {
      const char = this.#peek()
      if (char < 0x20) throw new Malformed('a JSON string is not closed or holds a control character')
      this.#at++
      if (char === QUOTE) break
      if (char !== BACKSLASH) continue
      escaped = true
      this.#at++
    }
    if (!escaped) return this.#text.slice(start, this.#at - 1)
    try {
      return JSON.parse(this.#text.slice(start - 1, this.#at)) as string
    } catch {
      throw new Malformed('a JSON string has an escape that JSON does not know')
    }
  }

  #word(): FieldValue {
    const start = this.#at
    for (;;) {
      const char = this.#peek()
      const isEnd = char < 0x21 || char === COMMA || char === CLOSE_OBJECT || char === CLOSE_ARRAY
      if (isEnd) break
      this.#at++
    }
    const word = this.#text.slice(start, this.#at)
    const known = WORDS.get(word)
    if (known !== undefined) return known
    if (!NUMBER.test(word)) throw new Malformed('it is not valid JSON')
    return new NumberSource(word)
  }
}

/**
 * Reads the top level of a JSON object: names to values, nothing else. Strict JSON; a name that occurs twice is an
 * error; names such as `__proto__` are plain entries of the map. Returns the reason as a string when the text is not
 * such a document. Takes time in proportion to the text.
 */
export function readDocumentFields(text: string): Map<string, FieldValue> | string {
  try {
    return new Reader(text).document()
  } catch (error) {
    if (error instanceof Malformed) return error.reason
    throw error
  }
}
