import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import TencentCloudChat from '@rookery/chat'
import { startTestServer, TEST_APP, type TestServer } from '@rookery/server/testing/test-server'

const ROOT = join(import.meta.dir, '../..')
const PAGE = readFileSync(join(ROOT, 'docs/sdk.md'), 'utf8')
const OURS = JSON.stringify(join(ROOT, 'packages/chat/src/chat.ts'))
const BLOCKS = [...PAGE.matchAll(/```ts\n([\s\S]*?)```/g)].map(match => match[1] ?? '')

let folder: string
let server: TestServer

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rookery-sdk-doc-'))
  server = await startTestServer({ users: ['ana', 'bo'] })
})

afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** All blocks in order; the first one's names are for all, those of the others for themselves. */
function program(): string {
  const [first = '', ...others] = BLOCKS
  const sigs = JSON.stringify({ ana: server.userSig('ana'), bo: server.userSig('bo') })
  return `
    import type { ChatError, ChatSDK, Message } from ${OURS}
    import { ChatClient } from ${JSON.stringify(join(ROOT, 'packages/chat/src/client/chat-client.ts'))}
    import { systemClock } from ${JSON.stringify(join(ROOT, 'packages/chat/src/clock.ts'))}
    import { webSocketTransport } from ${JSON.stringify(join(ROOT, 'packages/chat/src/transport/web-socket-transport.ts'))}
    const [SDKAppID, host] = [${TEST_APP}, ${JSON.stringify(server.url)}]
    const sigs: Record<string, string> = ${sigs}
    const askYourServerForUserSig = async (userID: string): Promise<string> => sigs[userID] ?? ''
    const until = async (holds: () => boolean): Promise<void> => {
      for (const end = Date.now() + 10_000; !holds(); await new Promise(resolve => setTimeout(resolve, 5)))
        if (Date.now() > end) throw new Error('did not come true: ' + holds)
    }
    const bo: ChatSDK = new ChatClient(
      { SDKAppID, proxyServer: host }, { transport: webSocketTransport, clock: systemClock }, () => undefined,
    )
    await bo.login({ userID: 'bo', userSig: sigs.bo ?? '' })
    await until(() => bo.isReady())
    ${first.replace("'@rookery/chat'", OURS)}
    ${others.map(block => `{\n${block}\n}`).join('\n')}
    await bo.destroy()
    console.log('all blocks ran')
  `
}

test('every block of docs/sdk.md compiles and runs', async () => {
  const file = join(folder, 'program.ts')
  writeFileSync(file, program())
  const config = join(folder, 'tsconfig.json')
  writeFileSync(
    config,
    JSON.stringify({
      extends: join(ROOT, 'tsconfig.json'),
      compilerOptions: { types: [], noUnusedLocals: false },
      include: ['program.ts'],
    }),
  )
  const tsc = Bun.spawn([join(ROOT, 'node_modules/.bin/tsc'), '--noEmit', '-p', config], { stdout: 'pipe' })
  const run = Bun.spawn([process.execPath, file], { stdout: 'pipe', stderr: 'inherit' })
  const [problems, text] = await Promise.all([
    new Response(tsc.stdout).text(),
    new Response(run.stdout).text(),
  ])
  expect(problems).toBe('')
  expect(text).toEndWith('all blocks ran\n')
  for (const code of ['20003 ', '2041', '2300', '2350', '2400', '2998']) expect(text).toContain(code)
  for (const line of ['1', '[ "bo" ]', '2 0', 'Food']) expect(text.split('\n')).toContain(line)
}, 60_000)

test('docs/sdk.md names every public member', () => {
  const names = new Set<string>()
  const chat = TencentCloudChat.create({ SDKAppID: 9 })
  for (let at = Object.getPrototypeOf(chat); at !== Object.prototype; at = Object.getPrototypeOf(at))
    for (const name of Object.getOwnPropertyNames(at)) names.add(name)
  const internal = ['constructor', 'adopt', 'session', 'author', 'ready']
  const [, rest = ''] = PAGE.split('## What later versions bring')
  const covered =
    /^(get|set|add|remove|create|delete|update|join|quit|dismiss|change|handle|init|increase|decrease|mark|pin|search|follow|unfollow|check|accept|refuse|rename|invite|cancel|reject|modify)/
  const code = BLOCKS.join('\n')
  const missing = [...names].filter(name => {
    if (internal.includes(name) || new RegExp(`\\.${name}\\b`).test(code) || rest.includes(`\`${name}\``))
      return false
    return !(laterNames.has(name) && covered.test(name))
  })
  expect(missing).toEqual([])
})

/** Those of the last row, which the page names by their kind. */
const laterNames = new Set(
  Object.keys((await import('../../packages/chat/src/client/later-members.ts')).LATER),
)
