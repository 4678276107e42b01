import { expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { commands } from '@rookery/server/commands/command-table'
import { GENERATED_FOLDER, generateFiles } from '../generate.ts'
import { typeText } from '../generator/type-text.ts'
import type { CallAnswer, CallBody, RestCommandName } from './admin.ts'
import { repeatRules } from './repeat-rules.ts'

test('the generated types are those of the command table; else run: bun packages/admin/generate.ts', async () => {
  const stored = readdirSync(GENERATED_FOLDER).map((name): [string, string] => [
    name,
    readFileSync(join(GENERATED_FOLDER, name), 'utf8'),
  ])
  expect(Object.fromEntries(stored)).toEqual(Object.fromEntries(await generateFiles()))
})

test('each HTTP command of the server has a rule about repeating it, with a reason', () => {
  const names = commands.filter(({ http }) => http === 'admin').map(({ name }) => name as string)
  expect(Object.keys(repeatRules).toSorted()).toEqual(names.toSorted())
  for (const { repeat, why, fill } of Object.values(repeatRules)) {
    expect(why.length).toBeGreaterThan(5)
    expect(repeat === 'keyed').toBe(fill !== undefined)
  }
})

test('a command that the SDK alone may call is not generated', () => {
  expect(commands.some(({ name }) => name === 'openim/msg_withdraw')).toBe(true)
  expect(Object.keys(repeatRules)).not.toContain('openim/msg_withdraw')
})

test('a schema that the generator does not know stops it', () => {
  expect(() => typeText({ type: 'tuple' }, () => undefined)).toThrow('does not know')
})

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const holds = <T extends true>(): T => true as T

test('commands, bodies and answers are typed', () => {
  holds<Same<CallAnswer<'openim/sendmsg'>['MsgKey'], string>>()
  holds<Same<CallBody<'openim/sendmsg'>['MsgRandom'], number | undefined>>()
  holds<Same<CallAnswer<'im_open_login_svc/kick'>['ErrorCode'], 0>>()
  holds<Same<CallBody<'recentcontact/delete'>['Type'], 1 | 2>>()
  const body: CallBody<'openim/sendmsg'> = {
    To_Account: 'bob',
    MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'hi' } }],
  }
  // @ts-expect-error: there is no such command
  const name: RestCommandName = 'openim/msg_withdraw'
  // @ts-expect-error: MsgBody is missing
  const incomplete: CallBody<'openim/sendmsg'> = { To_Account: 'bob' }
  // @ts-expect-error: a text element has a Text
  const empty: CallBody<'openim/sendmsg'>['MsgBody'] = [{ MsgType: 'TIMTextElem', MsgContent: {} }]
  expect([body, name, incomplete, empty]).toHaveLength(4)
})
