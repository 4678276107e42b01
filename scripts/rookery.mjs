// @ts-check
import { ensureInstalledOrExit } from './ensure-installed.mjs'

await ensureInstalledOrExit()
await import('../packages/server/bin/rookery.mjs')
