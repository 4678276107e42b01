import { join } from 'node:path'

export interface Asset {
  readonly body: string
  readonly type: string
}

/** Inside Rookery's single-file binary the page lies beside the program, its script bundled already (scripts/compile.mjs). */
const IN_BINARY = Bun.embeddedFiles.length > 0
const WEB = IN_BINARY ? join(import.meta.dir, 'example') : join(import.meta.dir, '..', 'web')

/** The page's files by name, built into memory. Throws with what the bundler found wrong. */
export async function buildWeb(): Promise<ReadonlyMap<string, Asset>> {
  const [script, page, style, icon] = await Promise.all([
    IN_BINARY ? Bun.file(join(WEB, 'main.js')).text() : bundleScript(),
    Bun.file(join(WEB, 'index.html')).text(),
    Bun.file(join(WEB, 'style.css')).text(),
    Bun.file(join(WEB, 'icon.svg')).text(),
  ])
  return new Map([
    ['', { body: page, type: 'text/html; charset=utf-8' }],
    ['main.js', { body: script, type: 'text/javascript; charset=utf-8' }],
    ['style.css', { body: style, type: 'text/css; charset=utf-8' }],
    ['icon.svg', { body: icon, type: 'image/svg+xml' }],
  ])
}

/** The page's script for browsers. Throws with what the bundler found wrong. */
export async function bundleScript(): Promise<string> {
  const result = await Bun.build({
    entrypoints: [join(WEB, 'main.ts')],
    target: 'browser',
    minify: true,
    throw: false,
  })
  const [script] = result.outputs
  if (!result.success || !script)
    throw new Error(`The example's page could not be built: ${result.logs.map(String).join('\n')}`)
  return script.text()
}
