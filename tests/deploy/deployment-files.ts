import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const DEPLOY = join(import.meta.dir, '../../deploy')
export const DOCKERFILE = join(import.meta.dir, '../../Dockerfile')

/** A parsed YAML value, looked into by path. Missing steps give undefined. */
export class Yaml {
  readonly value: unknown

  constructor(value: unknown) {
    this.value = value
  }

  at(...path: readonly (string | number)[]): Yaml {
    return new Yaml(
      path.reduce<unknown>(
        (value, step) =>
          typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[step] : undefined,
        this.value,
      ),
    )
  }

  get items(): Yaml[] {
    return Array.isArray(this.value) ? this.value.map(item => new Yaml(item)) : []
  }

  get entries(): [string, Yaml][] {
    return typeof this.value === 'object' && this.value !== null
      ? Object.entries(this.value).map(([name, value]): [string, Yaml] => [name, new Yaml(value)])
      : []
  }

  get text(): string {
    return this.value === undefined || this.value === null ? '' : String(this.value)
  }

  get number(): number {
    return Number(this.value ?? Number.NaN)
  }
}

/** The documents of a YAML file. Throws when it is no YAML. */
export function yamlDocuments(path: string): Yaml[] {
  const parsed: unknown = Bun.YAML.parse(readFileSync(path, 'utf8'))
  return (Array.isArray(parsed) ? parsed : [parsed]).map(document => new Yaml(document))
}

/** Every file of the folder, with its text. */
export function deploymentFiles(): { readonly path: string; readonly text: string }[] {
  return readdirSync(DEPLOY, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && !entry.parentPath.includes('secrets'))
    .map(entry => join(entry.parentPath, entry.name))
    .concat(DOCKERFILE)
    .map(path => ({ path, text: readFileSync(path, 'utf8') }))
}

/** `CMD`, `USER` … of the image that is made last, in order. */
export function finalStage(dockerfile: string): { readonly word: string; readonly rest: string }[] {
  const lines = dockerfile
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '' && !line.startsWith('#'))
    .map(line => ({ word: line.split(/\s/, 1)[0] ?? '', rest: line.replace(/^\S+\s+/, '') }))
  return lines.slice(lines.findLastIndex(({ word }) => word === 'FROM'))
}
