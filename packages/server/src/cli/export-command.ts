import { exportDatabase } from '../store/transfer/export-database.ts'
import { openSource } from '../store/transfer/open-transfer.ts'
import { databaseArguments, shownPlace, withDatabase } from './database-place.ts'
import { progressLine } from './progress-line.ts'
import { textTable } from './text-table.ts'
import { VERSION } from './version.ts'

const USAGE = `rookery export FILE [--config FILE] [--data FOLDER]

Writes everything in the database to a new file, for "rookery import" on the same or the other engine. Stop the server, or
all nodes, first. Secrets stay sealed in it: whoever imports needs the same master key.
`

/** `rookery export`. Answers the exit code. */
export async function runExport(args: readonly string[]): Promise<number> {
  const asked = databaseArguments(args, [], 1)
  if (!asked) {
    process.stdout.write(USAGE)
    return 0
  }
  const { place } = asked
  const [file = ''] = asked.words
  const progress = progressLine()
  const summary = await withDatabase(place, async () => {
    const source = await openSource(place)
    try {
      return await exportDatabase(source, file, { version: VERSION, progress: progress.show })
    } finally {
      await source.close()
      progress.end()
    }
  })
  process.stdout.write(
    `${textTable(
      ['TABLE', 'ROWS', 'SHA-256'],
      summary.tables.map(table => [table.end, String(table.rows), table.sum.slice(0, 16)]),
    )}\n\n${summary.rows} rows of ${shownPlace(place)} are in ${file}. It holds all messages: keep it as you keep the database.\n` +
      'App keys stay sealed: the importing side needs the same master key. Do not start this server again once the other one runs.\n',
  )
  return 0
}
