import { afterEach, beforeEach, expect, test } from 'bun:test'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DATABASE_FILE } from '../store/sqlite/open-database.ts'
import { loadMasterKey, type MasterKeyPlaces } from './master-key.ts'

let folder: string
let dataFolder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rookery-key-'))
  dataFolder = join(folder, 'data')
  mkdirSync(dataFolder)
})
afterEach(() => rmSync(folder, { recursive: true }))

const HEX = 'ab'.repeat(32)
const load = (over: Partial<MasterKeyPlaces> = {}) =>
  loadMasterKey({ env: {}, dataFolder, masterKeyFile: '', ...over })
const keyFile = (text: string, mode = 0o600) => {
  const path = join(folder, 'master.key')
  writeFileSync(path, text)
  chmodSync(path, mode)
  return path
}

test('a new data folder gets a key beside it that only its owner may read, and keeps it', () => {
  const made = load()
  expect(made).toMatchObject({ created: true, place: join(folder, 'master.key') })
  expect(statSync(made.place).mode & 0o777).toBe(0o600)
  expect(readFileSync(made.place, 'utf8')).toBe(`${Buffer.from(made.bytes).toString('hex')}\n`)
  const again = load()
  expect(again.created).toBe(false)
  expect([...again.bytes]).toEqual([...made.bytes])
})

test.each([
  ['hexadecimal', HEX],
  ['hexadecimal with a line feed', `${HEX}\n`],
  ['base64', Buffer.from(HEX, 'hex').toString('base64')],
  ['base64url', Buffer.from(HEX, 'hex').toString('base64url')],
])('the variable holds the key as %s', (_, text) => {
  const key = load({ env: { ROOKERY_MASTER_KEY: text } })
  expect(Buffer.from(key.bytes).toString('hex')).toBe(HEX)
  expect(key.place).toBe('ROOKERY_MASTER_KEY')
})

test.each(['short', 'zz'.repeat(32), `${HEX}ab`, 'x'.repeat(42)])(
  '%j is no key, and is not repeated',
  text => {
    for (const attempt of [
      () => load({ env: { ROOKERY_MASTER_KEY: text } }),
      () => keyFile(text) && load(),
    ]) {
      let message = ''
      try {
        attempt()
      } catch (error) {
        message = String(error)
      }
      expect(message).toContain('openssl rand -hex 32')
      expect(message).not.toContain(text)
    }
  },
)

test('a file that others may read is refused with the command that mends it', () => {
  const path = keyFile(HEX, 0o640)
  expect(() => load()).toThrow(`chmod 600 ${path}`)
})

test('an existing database without its key is never given a new one', () => {
  writeFileSync(join(dataFolder, DATABASE_FILE), '')
  expect(() => load()).toThrow('Put the key file back')
  expect(() => statSync(join(folder, 'master.key'))).toThrow()
})

test('a key file inside the data folder is refused', () => {
  expect(() => load({ masterKeyFile: join(dataFolder, 'key') })).toThrow('inside the data folder')
  expect(load({ masterKeyFile: join(folder, 'data-key') }).created).toBe(true)
})
