// @ts-check
import { ensureInstalledOrExit } from './ensure-installed.mjs'

await ensureInstalledOrExit()
process.argv.splice(2, 0, 'serve', '--example')
await import('../packages/server/bin/rookery.mjs')
