import { randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname, isAbsolute, join, relative, sep } from 'node:path'
import { MASTER_KEY_BYTES } from '../apps/secret-box.ts'
import { DATABASE_FILE } from '../store/sqlite/open-database.ts'
import { MASTER_KEY_VARIABLE } from './config-table.ts'
import { ConfigError, type Environment } from './load-config.ts'

export interface MasterKeyPlaces {
  readonly env: Environment
  /** `data.folder`, absolute. */
  readonly dataFolder: string
  /** `data.masterKeyFile`, absolute; empty: the default place. */
  readonly masterKeyFile: string
  /** Several servers share the database: a key that one of them made could not be read by the others. */
  readonly isShared?: boolean
}

export interface MasterKey {
  readonly bytes: Uint8Array
  /** Where it is, for the operator. */
  readonly place: string
  /** It was made just now: the operator should be told to back it up. */
  readonly created: boolean
}

/** `master.key` beside the data folder, so that a copy of the folder does not carry its key. */
export function defaultMasterKeyFile(dataFolder: string): string {
  return join(dirname(dataFolder), 'master.key')
}

/**
 * Reads the key that seals secrets, from the variable or the file. A new one is made only where no database exists yet: for
 * an existing one it could open nothing. Throws a {@link ConfigError} that says what to do, without any part of the key.
 */
export function loadMasterKey({ env, dataFolder, masterKeyFile, isShared }: MasterKeyPlaces): MasterKey {
  const given = env[MASTER_KEY_VARIABLE]
  if (given)
    return { bytes: parseMasterKey(given, MASTER_KEY_VARIABLE), place: MASTER_KEY_VARIABLE, created: false }
  const file = masterKeyFile || defaultMasterKeyFile(dataFolder)
  if (isInside(file, dataFolder))
    throw new ConfigError([
      `The master key file ${file} is inside the data folder, so whoever copies the data has the key too. Move it out and set data.masterKeyFile.`,
    ])
  if (!existsSync(file)) {
    if (isShared)
      throw new ConfigError([
        `The master key is missing: there is no file ${file} and no ${MASTER_KEY_VARIABLE}. All servers on one PostgreSQL need the same ` +
          `key. For a new database make one with "openssl rand -hex 32" and give it to each of them in ${MASTER_KEY_VARIABLE} or in a ` +
          'file that data.masterKeyFile names; otherwise take the one that the other servers have.',
      ])
    if (existsSync(join(dataFolder, DATABASE_FILE)))
      throw new ConfigError([
        `The master key is missing: there is a database in ${dataFolder}, but no file ${file} and no ${MASTER_KEY_VARIABLE}. ` +
          "Without it the apps' keys can't be read. Put the key file back from your backup, or name its place with data.masterKeyFile.",
      ])
    return create(file)
  }
  const mode = statSync(file).mode & 0o777
  if (process.platform !== 'win32' && (mode & 0o077) !== 0)
    throw new ConfigError([
      `Others than its owner may read the master key file ${file} (mode ${mode.toString(8).padStart(4, '0')}). Run: chmod 600 ${file}`,
    ])
  return { bytes: parseMasterKey(readText(file), file), place: file, created: false }
}

function isInside(file: string, folder: string): boolean {
  const path = relative(folder, file)
  return path !== '..' && !path.startsWith(`..${sep}`) && !isAbsolute(path)
}

function create(file: string): MasterKey {
  const bytes = randomBytes(MASTER_KEY_BYTES)
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const handle = openSync(file, 'wx', 0o600)
  try {
    writeSync(handle, `${bytes.toString('hex')}\n`)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  return { bytes, place: file, created: true }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    throw new ConfigError([`The master key file ${file} can't be read (${code}).`])
  }
}

/** 64 hexadecimal digits, or base64 (either alphabet) of 32 bytes. */
function parseMasterKey(given: string, place: string): Uint8Array {
  const text = given.trim()
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex')
  if (/^[A-Za-z0-9+/_-]{43}=?$/.test(text)) return Buffer.from(text, 'base64')
  throw new ConfigError([
    `The master key in ${place} is not usable: it must be 64 hexadecimal digits, or base64 of ${MASTER_KEY_BYTES} bytes. ` +
      'Make one with: openssl rand -hex 32',
  ])
}
