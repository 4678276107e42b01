import { commands } from '../commands/command-table.ts'

const LIST = new URL('./vendor-commands.txt', import.meta.url)

/** One command of the hosted service. */
export interface VendorCommand {
  readonly path: string
  /** Older spellings that must answer too. */
  readonly aliases: readonly string[]
  readonly area: string
}

/** Every v4 command of the hosted service (`vendor-commands.txt`). */
export async function vendorCommands(): Promise<VendorCommand[]> {
  const lines = (await Bun.file(LIST).text()).split('\n').filter(line => line !== '' && !line.startsWith('#'))
  return lines.map(line => {
    const [names = '', area = ''] = line.split('#').map(part => part.trim())
    const [path = '', ...aliases] = names.split('|').map(name => name.trim())
    return { path, aliases, area }
  })
}

/** Paths, older spellings included, that no command of ours answers, by area. */
export async function missingPaths(): Promise<Map<string, string[]>> {
  const answered = new Set(commands.flatMap(({ name, aliases = [] }) => [name as string, ...aliases]))
  const missing = new Map<string, string[]>()
  for (const { path, aliases, area } of await vendorCommands())
    for (const name of [path, ...aliases])
      if (!answered.has(name)) missing.set(area, [...(missing.get(area) ?? []), name])
  return missing
}

if (import.meta.main)
  for (const [area, paths] of await missingPaths()) console.log(`${area}: ${paths.join(', ')}`)
