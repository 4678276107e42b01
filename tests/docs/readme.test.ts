import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SocketClient } from '@rookery/server/testing/socket-client'
import { sign } from '@rookery/usersig'
import { ServerProcess } from '../contract/server-process.ts'

const ROOT = join(import.meta.dir, '../..')
const README = readFileSync(join(ROOT, 'README.md'), 'utf8')

let folder: string
let server: ServerProcess
let app: number
let key: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rookery-readme-'))
  server = await ServerProcess.start(
    join(folder, '.rookery/data'),
    crypto.getRandomValues(new Uint8Array(32)),
    {
      args: ['--example'],
    },
  )
  app = JSON.parse(readFileSync(join(folder, '.rookery/example/app.json'), 'utf8')).sdkAppId
  key = readFileSync(join(folder, '.rookery/example/secret-key'), 'utf8').trim()
}, 60_000)

afterAll(async () => {
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** The code blocks of one language, in order. */
function blocks(language: string): string[] {
  return [...README.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    match => match[1] ?? '',
  )
}

async function login(userId: string): Promise<SocketClient> {
  const client = await SocketClient.open(`${server.url}/ws`)
  const usersig = sign({ sdkAppId: app, userId, key })
  await client.ok('session/login', { sdkappid: app, identifier: userId, usersig })
  return client
}

test('the curl call of the README sends to a demo user as the app admin', async () => {
  const lin = await login('lin')
  const script = blocks('sh')
    .find(block => block.includes('curl'))
    ?.replace('<SDKAppID>', String(app))
    .replace('.rookery/example', join(folder, '.rookery/example'))
    .replace('http://127.0.0.1:8080', server.url)
  const run = Bun.spawn(['bash', '-euc', script ?? 'false'], { cwd: ROOT, stdout: 'pipe', stderr: 'pipe' })
  expect(JSON.parse(await new Response(run.stdout).text())).toMatchObject({
    ActionStatus: 'OK',
    ErrorCode: 0,
  })
  const { m } = await lin.event('message')
  expect(m.MsgBody[0]?.MsgContent).toEqual({ Text: 'Hello from the server' })
  lin.close()
}, 60_000)

test('the SDK program of the README sends a first message', async () => {
  const mira = await login('mira')
  const program = blocks('ts')
    .find(block => block.includes('@rookery/chat'))
    ?.replace('ws://127.0.0.1:8080', server.url)
  const file = join(folder, 'first-message.ts')
  const userSig = sign({ sdkAppId: app, userId: 'lin', key })
  const source = program?.replace("'@rookery/chat'", JSON.stringify(join(ROOT, 'packages/chat/src/chat.ts')))
  writeFileSync(file, `const SDKAppID = ${app}\nconst userSig = ${JSON.stringify(userSig)}\n${source}`)
  const run = Bun.spawn([process.execPath, file], { stdout: 'ignore', stderr: 'inherit' })
  const { m } = await mira.event('message', event => event.m.From_Account === 'lin')
  expect(m.MsgBody[0]?.MsgContent).toEqual({ Text: 'Hello' })
  run.kill()
  await run.exited
  mira.close()
}, 60_000)

test('the signing example of the README makes a UserSig that logs in', async () => {
  const block = blocks('ts').find(text => text.includes('@rookery/usersig')) ?? ''
  expect(block).toContain('sign({ sdkAppId, userId: ')
  const run = new Function('sign', 'sdkAppId', 'key', `${block.replace(/^import .*$/m, '')}\nreturn userSig`)
  const client = await SocketClient.open(`${server.url}/ws`)
  const usersig = run(sign, app, key) as string
  expect(await client.call('session/login', { sdkappid: app, identifier: 'lin', usersig })).toMatchObject({
    ErrorCode: 0,
  })
  client.close()
})
