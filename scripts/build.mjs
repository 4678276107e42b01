// @ts-check
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { bunPath } from './bun-binary.mjs'
import { ensureInstalledOrExit, projectRoot } from './ensure-installed.mjs'
import { runForeground } from './foreground.mjs'

/**
 * @typedef {{ readonly entry: string, readonly out: string }} Bundle
 * @type {readonly Bundle[]}
 */
const bundles = [
  { entry: 'packages/usersig/src/usersig.ts', out: 'packages/usersig/dist/usersig.js' },
  { entry: 'packages/usersig/src/v1/v1.ts', out: 'packages/usersig/dist/v1.js' },
]
const bundleOptions = ['--target=browser', '--format=esm', '--minify']

/** @param {readonly string[]} args */
const bun = async args => (await runForeground(bunPath(projectRoot), args, { cwd: projectRoot })).code === 0

/**
 * @param {Bundle} bundle
 * @returns {Promise<string | undefined>} what failed
 */
async function build({ entry, out }) {
  if (!(await bun(['build', entry, ...bundleOptions, `--outfile=${out}`]))) return `${out} could not be built`
  const size = gzipSync(readFileSync(join(projectRoot, out)), { level: 9 }).length
  console.log(`${out}: ${size} bytes gzipped`)
  return undefined
}

/** A package or example that builds more than a bundle does it in its own build.ts. */
function buildScripts() {
  return ['packages', 'examples'].flatMap(parent => {
    const folder = join(projectRoot, parent)
    const names = existsSync(folder) ? readdirSync(folder).sort() : []
    return names.map(name => `${parent}/${name}/build.ts`).filter(path => existsSync(join(projectRoot, path)))
  })
}

await ensureInstalledOrExit()
/** @type {string[]} */
const problems = []
for (const bundle of bundles) {
  const problem = await build(bundle)
  if (problem) problems.push(problem)
}
for (const script of buildScripts()) {
  console.log(`${script}:`)
  if (!(await bun([script]))) problems.push(`${script} failed`)
}
for (const problem of problems) console.error(`Build failed: ${problem}`)
process.exitCode = problems.length > 0 ? 1 : 0
