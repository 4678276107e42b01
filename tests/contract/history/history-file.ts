import { readFileSync, writeFileSync } from 'node:fs'
import type { Entry } from './entry.ts'

export function writeHistory(path: string, entries: readonly Entry[]): void {
  writeFileSync(path, `${entries.map(entry => JSON.stringify(entry)).join('\n')}\n`)
}

/** Throws an error with the line's number for what is no history. */
export function readHistory(path: string): Entry[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line, at) => {
      if (line === '') return []
      try {
        return [JSON.parse(line) as Entry]
      } catch (cause) {
        throw new Error(`${path}, line ${at + 1}, is no JSON: ${String(cause)}`)
      }
    })
}
