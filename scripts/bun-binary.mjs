// @ts-check
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** @param {string} root */
export const bunPath = root => join(root, 'node_modules', 'bun', 'bin', 'bun.exe')

/**
 * Why Bun cannot be run, or undefined when it can. Before its install script has run, the npm package holds a
 * placeholder in the binary's place, so only running it tells.
 * @param {string} root
 * @returns {string | undefined}
 */
export function bunProblem(root) {
  const manifest = join(root, 'node_modules', 'bun', 'package.json')
  if (!existsSync(manifest)) return 'node_modules/bun is missing'
  const wanted = JSON.parse(readFileSync(manifest, 'utf8')).version
  const run = spawnSync(bunPath(root), ['--version'], { encoding: 'utf8', timeout: 20_000 })
  if (run.error) return run.error.message
  if (run.status !== 0) return `it ended with ${run.signal ?? `code ${run.status}`}: ${run.stderr.trim()}`
  const found = run.stdout.trim()
  return found === wanted ? undefined : `it says version ${found}, but ${wanted} is installed`
}

/**
 * npm leaves the package's install script out under `ignore-scripts` and, since npm 12, where it is not
 * approved. Running it here is what that script is for.
 * @param {string} root
 * @param {(line: string) => void} say
 */
export function ensureBun(root, say) {
  if (bunProblem(root) === undefined) return
  say('Setting up Bun (npm did not run its install script) …')
  const cwd = join(root, 'node_modules', 'bun')
  const script = spawnSync(process.execPath, ['install.js'], { cwd, encoding: 'utf8', timeout: 180_000 })
  const problem = bunProblem(root)
  if (problem === undefined) return
  throw new Error(
    [
      `Bun cannot be run from ${bunPath(root)}: ${problem}`,
      `${script.stdout ?? ''}${script.stderr ?? ''}`.trim(),
      'Delete node_modules and run the command again. If it stays so: Bun needs 64-bit Linux, macOS or Windows',
      '(x64 or arm64), about 250 MB of free disk, and the optional npm packages @oven/bun-* (look for',
      '"omit=optional" in `npm config list`).',
    ]
      .filter(line => line !== '')
      .join('\n'),
  )
}
