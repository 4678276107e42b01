import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { withInstallLock } from '../../../scripts/install-lock.mjs'

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))
export const DIST = join(ROOT, 'dist')
/** What the page is made of. A dot file: the server does not serve it. */
const SOURCES = ['src', 'public', 'index.html', 'package.json', 'bin', '../protocol/src'] as const
const STAMP = '.sources'
/** On the same disk as `dist`, and ignored by git. */
const CACHE = join(ROOT, '../../node_modules/.cache')

/** Builds the page when it is missing or its sources changed; a failure is told, and what was built before stays. */
export async function ensureBuilt(tell: (text: string, failed?: true) => void): Promise<void> {
  if (!existsSync(join(ROOT, 'src')) || isFresh()) return
  mkdirSync(CACHE, { recursive: true })
  const lock = join(CACHE, 'console-lock')
  try {
    await withInstallLock(
      lock,
      pid => tell(`Waiting for process ${pid}, which builds the console.`),
      async () => {
        if (isFresh()) return
        const start = performance.now()
        const child = Bun.spawn([process.execPath, join(ROOT, 'build.ts')], {
          cwd: ROOT,
          stdio: ['ignore', 'pipe', 'pipe'],
        })
        const [said, code] = await Promise.all([new Response(child.stderr).text(), child.exited])
        const seconds = ((performance.now() - start) / 1000).toFixed(1)
        if (code === 0) tell(`The console was built in ${seconds} s.`)
        else
          tell(
            `The console could not be built; run "npm run build" for the reason. ${said.trim().slice(-500)}`,
            true,
          )
      },
    )
  } catch (error) {
    tell(`The console could not be built: ${error instanceof Error ? error.message : String(error)}`, true)
  }
}

/** Builds into a folder beside and swaps it in, so that a page is never half there. */
export async function buildConsole(): Promise<void> {
  const { build } = await import('vite')
  const { default: react } = await import('@vitejs/plugin-react')
  const stamp = sourcesHash()
  mkdirSync(CACHE, { recursive: true })
  const fresh = mkdtempSync(join(CACHE, 'console-'))
  try {
    await build({
      root: ROOT,
      base: '/console/',
      configFile: false,
      logLevel: 'warn',
      plugins: [react()],
      build: {
        outDir: fresh,
        emptyOutDir: true,
        // No data: addresses and no inline script: the page's policy allows neither.
        assetsInlineLimit: 0,
        modulePreload: { polyfill: false },
        target: 'es2022',
        chunkSizeWarningLimit: 1000,
      },
    })
    writeFileSync(join(fresh, STAMP), stamp)
    // A folder made by mkdtemp is its owner's alone; a release is read by others.
    chmodSync(fresh, 0o755)
    rmSync(DIST, { recursive: true, force: true })
    renameSync(fresh, DIST)
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}

function isFresh(): boolean {
  const stamp = join(DIST, STAMP)
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === sourcesHash()
}

function sourcesHash(): string {
  const hash = createHash('sha256')
  for (const path of SOURCES.flatMap(source => filesUnder(join(ROOT, source)))) {
    if (/\.test\.tsx?$/.test(path)) continue
    hash
      .update(relative(ROOT, path).split(sep).join('/'))
      .update('\0')
      .update(readFileSync(path))
      .update('\0')
  }
  return hash.digest('hex')
}

function filesUnder(path: string): string[] {
  if (!existsSync(path)) return []
  try {
    return readdirSync(path)
      .sort()
      .flatMap(name => filesUnder(join(path, name)))
  } catch {
    return [path]
  }
}
