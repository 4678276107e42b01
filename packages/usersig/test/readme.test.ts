import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runUsersigCommand } from '../src/cli.ts'
import { TICKET_CHECKS } from '../src/usersig.ts'
import { HMAC_KEY, V2_VECTORS } from './vectors.ts'

const PACKAGE = join(import.meta.dir, '..')
const readme = await Bun.file(join(PACKAGE, 'README.md')).text()

/** Each `ts` block, with the `text` block that follows it. */
const examples = [...readme.matchAll(/```ts\n([\s\S]*?)```\n\n```text\n([\s\S]*?)```/g)].map(match => ({
  code: match[1]!,
  output: match[2]!,
}))

let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rookery-usersig-'))
})

afterAll(() => rm(folder, { recursive: true }))

test('every example of the README has its output beside it', () => {
  expect(examples.length).toBe(readme.split('```ts\n').length - 1)
  expect(examples.length).toBeGreaterThan(4)
})

for (const [index, { code, output }] of examples.entries()) {
  test(`example ${index + 1} of the README prints what the README says`, async () => {
    const file = join(folder, `example-${index}.ts`)
    const local = code
      .replaceAll("'@rookery/usersig/v1'", JSON.stringify(join(PACKAGE, 'src/v1/v1.ts')))
      .replaceAll("'@rookery/usersig'", JSON.stringify(join(PACKAGE, 'src/usersig.ts')))
    await Bun.write(file, local)
    const run = Bun.spawn([process.execPath, file], { stdout: 'pipe', stderr: 'pipe' })
    const [out, err] = await Promise.all([new Response(run.stdout).text(), new Response(run.stderr).text()])
    expect(err).toBe('')
    expect(out).toBe(output)
  })
}

test('the table of checks in the README is the table in the code', () => {
  const rows = [...readme.matchAll(/^\| (\d{5}) \| `([a-z-]+)` *\|/gm)].map(([, code, check]) => ({
    check,
    code: Number(code),
  }))
  expect(rows).toEqual(TICKET_CHECKS.map(row => ({ ...row })))
})

test('the command lines of the README are understood', async () => {
  const lines = [...readme.matchAll(/^rookery usersig (.*)$/gm)].map(match => match[1]!)
  expect(lines).toHaveLength(3)
  const keyFile = join(folder, 'app.key')
  await Bun.write(keyFile, HMAC_KEY)
  for (const line of lines) {
    const args = line.replace('"$USERSIG"', V2_VECTORS[0]!.ticket).replace('app.key', keyFile).split(' ')
    let err = ''
    const io = {
      stdout: () => {},
      stderr: (text: string) => (err += text),
      env: {},
      readStdin: async () => '',
    }
    expect(await runUsersigCommand(args, io)).not.toBe(2)
    expect(err).not.toContain('--help')
  }
})
