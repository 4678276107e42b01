import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const PLACES = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
]

/** Undefined where this machine has none; in CI a browser test then fails instead of being skipped. */
export const chromiumPath = PLACES.find(path => path !== undefined && existsSync(path))

export const mustRun = chromiumPath !== undefined || !['', '0', 'false'].includes(process.env.CI ?? '')

/** A browser with a profile of its own, which is removed when it closes. */
export function launchChromium(): Promise<Browser> {
  if (chromiumPath === undefined)
    throw new Error(
      'There is no Chromium. Install it (Debian: apt-get install chromium) or set CHROMIUM_PATH.',
    )
  return chromium.launch({
    executablePath: chromiumPath,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}
