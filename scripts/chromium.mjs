// @ts-check
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { aptInstall, isDebianRoot } from './debian.mjs'

const usualPlaces = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** @returns {string | undefined} */
function findChromium() {
  const named = process.env.CHROMIUM_PATH
  return [...(named ? [named] : []), ...usualPlaces].find(path => existsSync(path))
}

/**
 * @param {string} root
 * @param {readonly string[]} files
 */
function usesBrowser(root, files) {
  return files.some(file => readFileSync(join(root, file), 'utf8').includes('playwright-core'))
}

/**
 * Chromium for the browser tests: the one that is there, or Debian's where this process may install it.
 * Without one those tests skip themselves.
 * @param {string} root
 * @param {readonly string[]} files the sources in which to look for browser tests
 * @returns {string | undefined} its path
 */
export function ensureChromium(root, files) {
  const found = findChromium()
  if (found !== undefined || !usesBrowser(root, files)) return found
  if (isDebianRoot()) {
    console.error('Installing Chromium for the browser tests (first run, about 60 s; apt-get) …')
    const start = Date.now()
    const problem = aptInstall(['chromium', 'fonts-liberation'])
    const installed = findChromium()
    if (installed !== undefined) {
      console.error(`Chromium installed in ${((Date.now() - start) / 1000).toFixed(1)} s.`)
      return installed
    }
    console.error(problem ?? 'apt-get ended well, but /usr/bin/chromium is not there.')
  }
  console.error(
    'No Chromium: the browser tests are skipped. Install it (Debian: apt-get install chromium) or set CHROMIUM_PATH.',
  )
  return undefined
}
