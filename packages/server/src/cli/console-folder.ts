import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { IS_SINGLE_FILE } from '../single-file.ts'

const CONSOLE = new URL('../../../console/', import.meta.url)

interface ConsoleBuild {
  ensureBuilt(tell: (text: string, failed?: true) => void): Promise<void>
}

/**
 * The folder of the built console. In a clone it is built when it is missing or older than its sources; a release has it
 * ready and no sources, the single file carries it. A build that fails does not keep the server from starting.
 */
export async function consoleFolder(tell: (text: string, failed?: true) => void): Promise<string> {
  if (IS_SINGLE_FILE) return join(import.meta.dir, 'console')
  const build = new URL('bin/ensure-built.ts', CONSOLE)
  if (existsSync(build)) await ((await import(build.href)) as ConsoleBuild).ensureBuilt(tell)
  return fileURLToPath(new URL('dist', CONSOLE))
}
