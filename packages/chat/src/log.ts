/** 0 everything, 1 key information, 2 warnings and errors, 3 errors, 4 silent (sdk-1 section 2.3). */
export class Log {
  #level = 2

  setLevel(level: unknown): void {
    if (typeof level === 'number' && level >= 0 && level <= 4) this.#level = level
  }

  info(...parts: readonly unknown[]): void {
    if (this.#level <= 1) console.info('[rookery]', ...parts)
  }

  warn(...parts: readonly unknown[]): void {
    if (this.#level <= 2) console.warn('[rookery]', ...parts)
  }

  error(...parts: readonly unknown[]): void {
    if (this.#level <= 3) console.error('[rookery]', ...parts)
  }
}
