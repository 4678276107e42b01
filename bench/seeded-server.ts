import { rmSync } from 'node:fs'
import { TestServer } from '@rookery/server/testing/test-server'
import { MeasuredProcess } from './measured-process.ts'
import { type BenchOptions, profileFlags } from './options.ts'
import type { ServerArgument } from './server.ts'

/** Starts the server in its own process on a new folder in which these accounts exist; stopping it removes the folder. */
export async function startSeededServer(
  users: readonly string[],
  options: BenchOptions,
): Promise<MeasuredProcess> {
  const seed = new TestServer({ users, engine: 'sqlite' })
  await seed.seed()
  const argument: ServerArgument = {
    store: { kind: 'embedded', folder: seed.folder },
    masterKey: seed.masterKey.toString('base64'),
  }
  return MeasuredProcess.start('server.ts', {
    core: options.serverCore,
    argument: JSON.stringify(argument),
    bunFlags: profileFlags(options),
    key: seed.key,
    ended: () => rmSync(seed.folder, { recursive: true, force: true }),
  })
}
