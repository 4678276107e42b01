import { readFileSync, writeFileSync } from 'node:fs'

const RESULTS = new URL('RESULTS.md', import.meta.url)

/** Puts an entry above the others of RESULTS.md. */
export function record(title: string, text: string): void {
  const results = readFileSync(RESULTS, 'utf8')
  const newest = results.indexOf('\n## ')
  const place = newest < 0 ? results.length : newest + 1
  writeFileSync(RESULTS, `${results.slice(0, place)}## ${title}\n\n${text}\n\n${results.slice(place)}`)
}
