import { join } from 'node:path'

/** Bundles the client into one file that Node 20 and Bun run, without a dependency. Returns the modules that went in. */
export async function buildAdmin(outdir: string): Promise<readonly string[]> {
  const modules: string[] = []
  const { success, logs } = await Bun.build({
    entrypoints: [join(import.meta.dir, 'src/admin.ts')],
    outdir,
    target: 'node',
    format: 'esm',
    plugins: [
      {
        name: 'list the modules',
        setup: build => {
          build.onLoad({ filter: /.*/ }, ({ path }) => {
            modules.push(path)
            return undefined
          })
        },
      },
    ],
  })
  if (!success) throw new AggregateError(logs, 'packages/admin could not be bundled.')
  return modules
}

if (import.meta.main) {
  const outdir = join(import.meta.dir, 'dist')
  await buildAdmin(outdir)
  console.log(`packages/admin/dist/admin.js: ${Bun.file(join(outdir, 'admin.js')).size} bytes`)
}
