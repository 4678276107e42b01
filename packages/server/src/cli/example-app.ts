import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { ConfigError } from '../config/load-config.ts'
import type { PageHandler } from '../doors/listener.ts'
import { IS_SINGLE_FILE } from '../single-file.ts'
import { type Making, makeFirstApp, PRESET_ADMIN } from './first-start.ts'

/** The example lives in the repository, not in this package. */
const EXAMPLE_MODULE = '../../../../examples/chat/server/example-app.ts'

interface ExampleModule {
  createExampleApp(options: {
    readonly sdkAppId: number
    readonly secretKey: () => string
    readonly dataFolder: string
    readonly warn: (text: string) => void
  }): Promise<{
    readonly pages: PageHandler
    readonly demoUsers: readonly { readonly userID: string; readonly password: string }[]
  }>
}

export interface Example {
  readonly pages: PageHandler
  /** Makes the example's own app when it has none, and starts its app server. Returns the lines to print. */
  start(
    making: Making & { readonly url: string; readonly warn: (text: string) => void },
  ): Promise<readonly string[]>
}

/** The example beside the server: an app of its own, with generated passwords, in a folder beside the data folder. */
export async function prepareExample(dataFolder: string): Promise<Example> {
  const module = await loadExample()
  const folder = exampleFolder(dataFolder)
  let handle: PageHandler | undefined
  return {
    pages: async (request, url, address) => await handle?.(request, url, address),
    async start(making) {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      const app = await exampleApp(making, folder)
      const example = await module.createExampleApp({
        sdkAppId: app,
        // Read for every ticket: after a rotation the new key only has to be written into the file.
        secretKey: () => readFileSync(keyFile(folder), 'utf8').trim(),
        dataFolder: folder,
        warn: text => making.warn(text),
      })
      handle = example.pages
      return [
        `Example chat    ${making.url}/example/   (open it in two browser windows)`,
        ...example.demoUsers.map(user => `  user ${user.userID.padEnd(10)} password ${user.password}`),
        `  SDKAppID ${app}, app admin ${PRESET_ADMIN}, secret key in ${keyFile(folder)}`,
      ]
    },
  }
}

async function loadExample(): Promise<ExampleModule> {
  if (!IS_SINGLE_FILE && !existsSync(new URL(EXAMPLE_MODULE, import.meta.url)))
    throw new ConfigError([
      'The example app is not part of this installation; clone the repository to run it, or start without --example.',
    ])
  // As a literal: the single-file binary takes along what it can see is imported.
  return (await import('../../../../examples/chat/server/example-app.ts')) as ExampleModule
}

/** The SDKAppID of the example's app; made, with its key file, when there is none. */
async function exampleApp(making: Making, folder: string): Promise<number> {
  const known = knownApp(folder)
  const row = await making.store.read
    .selectFrom('app')
    .select('app_id')
    .where('app_id', '=', known ?? 0)
    .executeTakeFirst()
  if (row) return row.app_id
  const { appId, secret } = await makeFirstApp(making, 'Example')
  writeFileSync(keyFile(folder), secret, { mode: 0o600 })
  writeFileSync(join(folder, 'app.json'), JSON.stringify({ sdkAppId: appId }), { mode: 0o600 })
  return appId
}

function knownApp(folder: string): number | undefined {
  const appFile = join(folder, 'app.json')
  if (!existsSync(appFile) || !existsSync(keyFile(folder))) return undefined
  return (JSON.parse(readFileSync(appFile, 'utf8')) as { sdkAppId: number }).sdkAppId
}

/** Beside the data folder, so that a copy of the one does not carry the other's passwords. */
function exampleFolder(dataFolder: string): string {
  const name = basename(dataFolder)
  return join(dirname(dataFolder), name === 'data' ? 'example' : `${name}-example`)
}

function keyFile(folder: string): string {
  return join(folder, 'secret-key')
}
