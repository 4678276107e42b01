// @ts-check
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ensureInstalledOrExit, projectRoot } from './ensure-installed.mjs'
import { runForeground } from './foreground.mjs'

const [tool, ...args] = process.argv.slice(2)
if (!tool) {
  console.error('Usage: node scripts/run.mjs <tool of node_modules/.bin> [its arguments]')
  process.exit(2)
}
await ensureInstalledOrExit()
const path = join(projectRoot, 'node_modules', '.bin', tool)
if (!existsSync(path)) {
  console.error(`${path} does not exist: no installed package has a command named "${tool}".`)
  process.exit(127)
}
process.exitCode = (await runForeground(path, args)).code
