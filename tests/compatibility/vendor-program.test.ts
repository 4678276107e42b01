import { expect, test } from 'bun:test'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTestServer, TEST_APP } from '@rookery/server/testing/test-server'

const ROOT = join(import.meta.dir, '../..')
const SOURCE = readFileSync(join(import.meta.dir, 'vendor-program.ts'), 'utf8')
const OURS = join(ROOT, 'packages/chat/src/chat.ts')

/** The program with only its import changed, in a folder of its own. */
function swapped(folder: string): string {
  const source = SOURCE.replace("from '@tencentcloud/chat'", `from ${JSON.stringify(OURS)}`)
  expect(source).not.toBe(SOURCE)
  const file = join(folder, 'program.ts')
  writeFileSync(file, source)
  return file
}

test('a program typed against the vendor’s declarations compiles on ours with only the import changed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rookery-vendor-'))
  try {
    swapped(folder)
    const config = join(folder, 'tsconfig.json')
    writeFileSync(
      config,
      JSON.stringify({
        extends: join(ROOT, 'tsconfig.json'),
        compilerOptions: { typeRoots: [join(ROOT, 'node_modules/@types')], types: [] },
        include: ['program.ts'],
      }),
    )
    const tsc = Bun.spawn([join(ROOT, 'node_modules/.bin/tsc'), '--noEmit', '-p', config], {
      stdout: 'pipe',
      env: { ...process.env, NODE_PATH: join(ROOT, 'node_modules') },
    })
    const text = await new Response(tsc.stdout).text()
    expect(text).toBe('')
    expect(await tsc.exited).toBe(0)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}, 60_000)

test('it runs against a Rookery server with only the host changed', async () => {
  await using server = await startTestServer({ users: ['ana', 'bo'] })
  const folder = mkdtempSync(join(tmpdir(), 'rookery-vendor-'))
  try {
    const { run } = (await import(swapped(folder))) as typeof import('./vendor-program.ts')
    const answer = await run({
      SDKAppID: TEST_APP,
      host: server.url,
      userID: 'ana',
      userSig: server.userSig('ana'),
      peer: 'bo',
    })
    expect(answer).toEqual({
      actionStatus: 'OK',
      repeatLogin: true,
      status: 'success',
      sameObject: true,
      modified: 'Hello again',
      history: ['Hello again', 'order'],
      isCompleted: true,
      nextReqMessageID: '',
      isRevoked: true,
      titles: ['bo'],
      lastText: '[自定义消息]',
      userID: 'ana',
      peers: ['bo'],
      groups: [],
      friends: [],
      attributes: {},
      signaling: null,
      groupCode: 0,
      total: 0,
      user: 'ana',
      timeIsNow: true,
      found: true,
      wasReady: false,
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}, 30_000)
