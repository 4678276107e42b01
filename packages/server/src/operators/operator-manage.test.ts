import { afterEach, beforeEach, expect, test } from 'bun:test'
import { defaultSettings } from '@rookery/protocol/limits'
import { operatorCommand } from '../cli/operator-commands.ts'
import { failureOf, openTestStore, type TestStore } from '../testing/test-store.ts'
import { tokenHash } from './secret-token.ts'
import { setupLink } from './setup-token.ts'
import { consumeLink } from './use-link.ts'

let at: TestStore

beforeEach(async () => {
  at = await openTestStore()
})
afterEach(() => at.close())

async function cli(name: string, args: object): Promise<string> {
  const command = operatorCommand(name)
  if (!command) throw new Error(`There is no command ${name}.`)
  const context = { ...at, settings: defaultSettings(), actor: 'cli:root' }
  return command.show(await command.run(context, args))
}

/** Opens the link of a text, as the form does. */
async function follow(text: string | undefined, name: string): Promise<void> {
  const token = /#setup=([\w-]+)/.exec(text ?? '')?.[1] ?? ''
  await at.store.mutate(consumeLink, { hash: tokenHash(token), name, passwordHash: 'x' })
}

test('operators come by links, and the command line lists, changes and removes them', async () => {
  expect(await cli('operator list', {})).toContain('rookery operator create-link')
  await follow(await cli('operator create-link', { name: 'Ada' }), 'ada')
  await follow(await cli('operator create-link', { name: 'bert', role: 'viewer' }), 'bert')
  expect(await cli('operator list', {})).toMatch(/ada +owner[\s\S]*bert +viewer/)
  expect(await cli('operator create-link', { name: 'ADA' })).toContain('A new password for ada')
  await cli('operator set', { name: 'bert', role: 'admin' })
  expect(await cli('operator list', {})).toMatch(/bert +admin/)
  await cli('operator remove', { name: 'bert' })
  expect(await cli('operator list', {})).not.toContain('bert')
  expect(await cli('operator log', {})).toMatch(/operator\/remove +bert/)
  expect((await failureOf(cli('operator remove', { name: 'bert' }))).message).toContain('no operator bert')
  expect((await failureOf(cli('operator create-link', { name: 'no spaces' }))).message).toContain('1 to 64')
  expect((await failureOf(cli('operator set', { name: 'ada', role: 'viewer', app: 5 }))).message).toContain(
    'no app with SDKAppID 5',
  )
})

test('the command line may remove the last owner, and the next start then prints a link again', async () => {
  await follow(await setupLink(at.store), 'ada')
  expect(await setupLink(at.store)).toBeUndefined()
  await cli('operator remove', { name: 'ada' })
  expect(await setupLink(at.store)).toContain('/console/#setup=')
})

test('the link that the server printed at its start makes the first operator only', async () => {
  const printed = await setupLink(at.store)
  await follow(await cli('operator create-link', { name: 'ada' }), 'ada')
  expect((await failureOf(follow(printed, 'late'))).message).toContain('does not exist')
  expect(await cli('operator list', {})).not.toContain('late')
})
