import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { gzipSync } from 'node:zlib'

const HERE = import.meta.dir
const SOURCE = join(HERE, 'src')
const PACKAGES = join(HERE, '..')

/** Bytes of the gzipped core that a page loads at most. */
export const GZIP_LIMIT = 40_000

/** CommonJS callers write `require(x)` and `require(x).default`: both are the same object. */
const BOTH_WAYS =
  'module.exports=Object.assign({},module.exports.default);module.exports.default=module.exports;'

interface Part {
  readonly entry: string
  readonly name: string
  readonly format: 'esm' | 'cjs' | 'iife'
}

/**
 * The methods of groups are a file beside the core, loaded at their first use: a page that only chats one-to-one never
 * loads it. It is an ES module for all three forms of the core.
 */
const LAZY = { name: 'groups.js', source: /\/group-methods\.ts$/ }

const PARTS: readonly Part[] = [
  { entry: 'chat.ts', name: 'chat.js', format: 'esm' },
  { entry: 'chat.ts', name: 'chat.cjs', format: 'cjs' },
  { entry: 'browser-global.ts', name: 'chat.global.js', format: 'iife' },
  { entry: 'groups/methods/group-methods.ts', name: LAZY.name, format: 'esm' },
  { entry: 'plugin.ts', name: 'plugin.js', format: 'esm' },
  { entry: 'plugin.ts', name: 'plugin.cjs', format: 'cjs' },
]

/** Makes the folder that is published: one core under all entry points, so that they share their instances. */
export async function buildChat(folder: string): Promise<{ readonly gzipped: number }> {
  rmSync(folder, { recursive: true, force: true })
  await bundleChat(folder)
  await declarations(folder)
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest(), null, 2)}\n`)
  return { gzipped: gzipSync(readFileSync(join(folder, 'chat.js')), { level: 9 }).length }
}

/** The folder's scripts, without the declarations, which take most of the time. */
export async function bundleChat(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  for (const part of PARTS) await bundle(folder, part)
}

async function bundle(folder: string, { entry, name, format }: Part): Promise<void> {
  const built = await Bun.build({
    entrypoints: [join(SOURCE, entry)],
    target: 'browser',
    format,
    minify: true,
    plugins: [
      {
        name: 'lazy part',
        setup(build) {
          build.onResolve({ filter: LAZY.source }, ({ importer }) =>
            importer === '' ? undefined : { path: `./${LAZY.name}`, external: true },
          )
        },
      },
    ],
    ...(format === 'cjs' && { footer: BOTH_WAYS }),
  })
  const [output] = built.outputs
  if (!built.success || !output) throw new Error(`${name} could not be built: ${built.logs.join('\n')}`)
  writeFileSync(join(folder, name), await output.text())
}

/** Declarations of this package and of what it takes from the protocol package, under `types/`. */
async function declarations(folder: string): Promise<void> {
  const types = join(folder, 'types')
  const config = join(folder, 'tsconfig.json')
  writeFileSync(
    config,
    JSON.stringify({
      extends: join(PACKAGES, '../tsconfig.json'),
      compilerOptions: {
        noEmit: false,
        declaration: true,
        emitDeclarationOnly: true,
        rootDir: PACKAGES,
        outDir: types,
        types: [],
      },
      // The protocol's file by name: of an installed package nothing is emitted.
      files: [join(SOURCE, 'chat.ts'), join(SOURCE, 'plugin.ts'), join(PACKAGES, 'protocol/src/wire.ts')],
      include: [],
    }),
  )
  const tsc = Bun.spawn([join(PACKAGES, '../node_modules/.bin/tsc'), '-p', config], { stdout: 'pipe' })
  const text = await new Response(tsc.stdout).text()
  if ((await tsc.exited) !== 0) throw new Error(`The declarations could not be made:\n${text}`)
  rmSync(config)
  for (const file of new Bun.Glob('**/*.d.ts').scanSync(types)) {
    const path = join(types, file)
    const up = relative(join(file, '..'), 'protocol/src')
    const source = readFileSync(path, 'utf8')
    writeFileSync(
      path,
      source
        .replaceAll(/(['"])@rookery\/protocol\/([\w-]+)\1/g, `'${up}/$2.js'`)
        .replaceAll(/(from |import\()(['"])(\.[^'"]*)\.ts\2/g, "$1'$3.js'"),
    )
  }
}

function manifest(): object {
  const own = JSON.parse(readFileSync(join(HERE, 'package.json'), 'utf8')) as {
    readonly [field: string]: unknown
    readonly dependencies: Readonly<Record<string, string>>
  }
  const { name, version, description, license, dependencies } = own
  const entry = (part: string) => ({
    types: `./types/chat/src/${part}.d.ts`,
    import: `./${part}.js`,
    require: `./${part}.cjs`,
  })
  return {
    name,
    version,
    description,
    license,
    type: 'module',
    main: './chat.cjs',
    module: './chat.js',
    types: './types/chat/src/chat.d.ts',
    unpkg: './chat.global.js',
    exports: {
      '.': entry('chat'),
      './basic': entry('chat'),
      './standard': entry('chat'),
      './professional': entry('chat'),
      './plugins/*': entry('plugin'),
      './modules/*': entry('plugin'),
      './package.json': './package.json',
    },
    dependencies: { ws: dependencies.ws },
  }
}

if (import.meta.main) {
  const { gzipped } = await buildChat(join(HERE, 'dist'))
  console.log(`packages/chat/dist: ${gzipped} of at most ${GZIP_LIMIT} bytes gzipped`)
  if (gzipped > GZIP_LIMIT) {
    console.error(`The core is ${gzipped - GZIP_LIMIT} bytes too large.`)
    process.exitCode = 1
  }
}
