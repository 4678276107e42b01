import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MESSAGE_ELEMENTS } from '@rookery/protocol/elements'
import { commands } from '@rookery/server/commands/command-table'
import {
  elementsText,
  fileNameOf,
  mapText,
  serviceText,
  type TableCommand,
} from './generator/command-text.ts'

export const GENERATED_FOLDER = join(import.meta.dir, 'src/generated')
const BIOME = join(import.meta.dir, '../../node_modules/.bin/biome')

/** File name -> text of everything in `src/generated`, for the HTTP commands of a table. */
export async function generateFiles(
  table: readonly TableCommand[] = commands,
): Promise<ReadonlyMap<string, string>> {
  const services = new Map<string, TableCommand[]>()
  for (const command of table.filter(({ http }) => http === 'admin')) {
    const service = command.name.slice(0, command.name.indexOf('/'))
    const known = services.get(service)
    if (known) known.push(command)
    else services.set(service, [command])
  }
  const drafts = new Map([
    ['message-elements.ts', elementsText(MESSAGE_ELEMENTS)],
    ['rest-commands.ts', mapText(services)],
    ...[...services].map(([service, list]): [string, string] => [fileNameOf(service), serviceText(list)]),
  ])
  const texts = await Promise.all(
    [...drafts].map(async ([name, draft]): Promise<[string, string]> => [name, await formatted(name, draft)]),
  )
  return new Map(texts)
}

async function formatted(name: string, text: string): Promise<string> {
  const biome = Bun.spawn([BIOME, 'check', '--write', `--stdin-file-path=${join(GENERATED_FOLDER, name)}`], {
    stdin: new Blob([text]),
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [out, err, code] = await Promise.all([
    new Response(biome.stdout).text(),
    new Response(biome.stderr).text(),
    biome.exited,
  ])
  if (code !== 0) throw new Error(`biome could not format ${name}:\n${err}`)
  return out
}

if (import.meta.main) {
  const files = await generateFiles()
  mkdirSync(GENERATED_FOLDER, { recursive: true })
  for (const name of readdirSync(GENERATED_FOLDER)) if (!files.has(name)) rmSync(join(GENERATED_FOLDER, name))
  for (const [name, text] of files) writeFileSync(join(GENERATED_FOLDER, name), text)
  console.log(
    `${files.size} files in src/generated. Each command needs a row in src/repeat-rules.ts: run the type check.`,
  )
}
