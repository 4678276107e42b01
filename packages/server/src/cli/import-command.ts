import { checkExport } from '../store/transfer/export-file.ts'
import { importDatabase } from '../store/transfer/import-database.ts'
import { openTarget } from '../store/transfer/open-transfer.ts'
import { databaseArguments, shownPlace, withDatabase } from './database-place.ts'
import { progressLine } from './progress-line.ts'

const USAGE = `rookery import FILE [--new-epoch] [--config FILE] [--data FOLDER]

Carries what "rookery export" wrote into an empty database: the data folder, or PostgreSQL when database.url is set. An import that
was interrupted goes on when it is started again with the same file. At the end everything is read back and compared.

  --new-epoch   the file is older than what clients have seen, as after a restore: they take a fresh snapshot. Without it
                they go on from where they were.
`

/** `rookery import`. Answers the exit code. */
export async function runImport(args: readonly string[]): Promise<number> {
  const asked = databaseArguments(args, ['new-epoch'], 1)
  if (!asked) {
    process.stdout.write(USAGE)
    return 0
  }
  const { place } = asked
  const [path = ''] = asked.words
  const progress = progressLine()
  const checked = await withDatabase(place, async () => {
    const checked = checkExport(path)
    const target = await openTarget(place)
    try {
      await importDatabase(target, checked, {
        path,
        newEpoch: asked.flags.has('new-epoch'),
        progress: progress.show,
      })
    } finally {
      await target.close()
      progress.end()
    }
    return checked
  })
  process.stdout.write(
    `${checked.rows} rows in ${checked.tables.length} tables are in ${shownPlace(place)} now; counts and checksums agree with the file.\n` +
      'Start the server with the master key of the exported one: the app keys are sealed with it.\n',
  )
  return 0
}
