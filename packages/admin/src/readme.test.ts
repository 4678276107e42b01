import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTestServer, type TestServer } from '@rookery/server/testing/test-server'
import { pagings } from './paging.ts'
import { repeatRules } from './repeat-rules.ts'

const readme = await Bun.file(join(import.meta.dir, '../README.md')).text()

/** Each `ts` block, with the `text` block that follows it. */
const examples = [...readme.matchAll(/```ts\n([\s\S]*?)```\n\n```text\n([\s\S]*?)```/g)].map(
  ([, code = '', output = '']) => ({ code, output }),
)

let server: TestServer
let folder: string

beforeAll(async () => {
  server = await startTestServer()
  folder = mkdtempSync(join(tmpdir(), 'rookery-admin-'))
})

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await server.stop()
})

test('every example of the README has its output beside it', () => {
  expect(examples.length).toBe(readme.split('```ts\n').length - 1)
  expect(examples.length).toBeGreaterThan(3)
})

for (const [index, { code, output }] of examples.entries())
  test(`example ${index + 1} of the README prints what the README says`, async () => {
    const file = join(folder, `example-${index}.ts`)
    await Bun.write(
      file,
      code.replaceAll("'@rookery/admin'", JSON.stringify(join(import.meta.dir, 'admin.ts'))),
    )
    const child = Bun.spawn([process.execPath, file], {
      env: { ...process.env, ROOKERY_HOST: server.url, ROOKERY_KEY: server.key },
      stdout: 'pipe',
      stderr: 'pipe',
    })
    const [out, err] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ])
    expect(err).toBe('')
    expect(out).toBe(output)
  })

test('the README names the commands that come in pages, and rightly those that are never repeated', () => {
  for (const command of Object.keys(pagings)) expect(readme).toContain(`\`${command}\``)
  const [, never = ''] = /^- not (.*), nor/m.exec(readme) ?? []
  const named = [...never.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)
  expect(named).toHaveLength(4)
  for (const name of named)
    for (const [command, { repeat }] of Object.entries(repeatRules))
      if (command.endsWith(name)) expect([command, repeat]).toEqual([command, 'once'])
})
