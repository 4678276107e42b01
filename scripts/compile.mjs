// @ts-check
// Run by Bun: makes `rookery` one executable file that needs neither Node, Bun nor node_modules.
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { parseArgs } from 'node:util'
import { bundleScript } from '../examples/chat/server/web-bundle.ts'
import { DIST, ensureBuilt } from '../packages/console/bin/ensure-built.ts'
import { projectRoot } from './ensure-installed.mjs'

const server = join(projectRoot, 'packages/server/src')
const exampleWeb = join(projectRoot, 'examples/chat/web')

/** The entries: what the program is, and each thread that it starts under the name that `new Worker` gives. */
const entries = {
  'rookery.ts': join(server, 'cli/rookery.ts'),
  'writer-worker.ts': join(server, 'store/sqlite/writer-worker.ts'),
  'checkpoint-worker.ts': join(server, 'store/sqlite/checkpoint-worker.ts'),
}

const { values } = parseArgs({
  options: {
    outfile: { type: 'string', default: join(projectRoot, 'dist/rookery') },
    /** As `bun-linux-arm64`; another one than this machine's is fetched by Bun. */
    target: { type: 'string' },
  },
})
const outfile = resolve(values.outfile)

/** @param {string} folder */
function filesUnder(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && !entry.name.startsWith('.'))
    .map(entry => join(entry.parentPath, entry.name))
}

/**
 * Lays out what the binary holds. The compiled program finds it all under its `import.meta.dir`, at the same paths; only files in
 * folders, for Bun 1.4 gives those beside the entry a path that can't be opened.
 * @param {string} stage
 */
async function layOut(stage) {
  if (!existsSync(join(DIST, 'index.html')))
    throw new Error('The console has no built page: run "npm run build" for the reason.')
  const assets = join(stage, 'assets')
  cpSync(DIST, join(assets, 'console'), { recursive: true })
  for (const name of ['index.html', 'style.css', 'icon.svg'])
    cpSync(join(exampleWeb, name), join(assets, 'example', name))
  writeFileSync(join(assets, 'example/main.js'), await bundleScript())
  for (const name of ['page.css', 'page.js'])
    cpSync(join(server, 'reference', name), join(assets, 'reference', name))
  const names = filesUnder(assets).map(path => relative(assets, path))
  for (const name of names) {
    mkdirSync(dirname(join(stage, name)), { recursive: true })
    cpSync(join(assets, name), join(stage, name))
  }
  rmSync(assets, { recursive: true })
  for (const [name, path] of Object.entries(entries))
    writeFileSync(
      join(stage, name),
      [...(name === 'rookery.ts' ? embedding(names) : []), `import ${JSON.stringify(path)}`].join('\n'),
    )
}

/**
 * Bun embeds a file whose import is used; this use has no other purpose.
 * @param {readonly string[]} names
 */
function embedding(names) {
  const imports = names.map((name, index) => {
    const path = JSON.stringify(`./${name.split(sep).join('/')}`)
    return `import file${index} from ${path} with { type: 'file' }`
  })
  return [...imports, `globalThis[Symbol('rookery.files')] = [${names.map((_, index) => `file${index}`)}]`]
}

await ensureBuilt((text, failed) => (failed ? console.error(text) : console.log(text)))
const cache = join(projectRoot, 'node_modules/.cache')
mkdirSync(cache, { recursive: true })
mkdirSync(dirname(outfile), { recursive: true })
const stage = mkdtempSync(join(cache, 'compile-'))
try {
  await layOut(stage)
  await Bun.build({
    entrypoints: Object.keys(entries).map(name => join(stage, name)),
    root: stage,
    naming: { asset: '[dir]/[name].[ext]' },
    // Names stay, for the stacks in the log.
    minify: { syntax: true, whitespace: true, identifiers: false },
    // Compiled ahead: half the CPU of a start, for ten megabytes more.
    bytecode: true,
    format: 'esm',
    compile: {
      outfile,
      ...(values.target && { target: /** @type {Bun.Build.CompileTarget} */ (values.target) }),
      // A service takes its configuration from where the documentation says, not from files of the folder it is started in.
      autoloadDotenv: false,
      autoloadBunfig: false,
    },
  })
  const { size } = statSync(outfile)
  console.log(`${relative(process.cwd(), outfile)}: ${(size / 1e6).toFixed(1)} MB`)
} finally {
  rmSync(stage, { recursive: true, force: true })
}
