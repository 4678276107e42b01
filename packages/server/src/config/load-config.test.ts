import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SETTING_KEYS } from '@rookery/protocol/limits'
import { natsOptions } from '../bus/nats-servers.ts'
import { isAddressRange } from './address-range.ts'
import { bindProblem } from './bind-check.ts'
import { CONFIG, CONFIG_KEYS, settingVariable } from './config-table.ts'
import { configurationMarkdown } from './configuration-markdown.ts'
import { type ConfigSources, loadConfig } from './load-config.ts'
import { nearestName } from './nearest-name.ts'
import { natsServers, storeSource } from './store-config.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rookery-config-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const load = (from: Partial<ConfigSources> = {}) => loadConfig({ env: {}, cwd: folder, ...from })
const file = (text: string, name = 'rookery.toml') => writeFileSync(join(folder, name), text)
const problem = (from: Partial<ConfigSources> = {}) => {
  try {
    load(from)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  return 'none'
}

test('without a file and variables the defaults hold, and the data folder is absolute', () => {
  const config = load()
  expect(config.values).toMatchObject({
    'data.folder': join(folder, '.rookery/data'),
    'server.host': '127.0.0.1',
    'server.port': 8080,
    'server.trustedProxies': [],
    'tls.cert': '',
  })
  expect(config.settings['login.policy']).toBe('dual')
  expect(config.file).toBeUndefined()
  expect(config.sources.get('server.port')).toBe('default')
})

test('the file, then variables, then the command line win; each value knows its source', () => {
  file('[server]\nhost = "::1"\nport = 1000\ndrainSeconds = 3\n')
  const config = load({
    env: { ROOKERY_PORT: '2000', ROOKERY_DRAIN_SECONDS: '4', ROOKERY_HOST: '' },
    flags: { 'server.port': '3000' },
  })
  expect(config.values['server.host']).toBe('::1')
  expect(config.values['server.drainSeconds']).toBe(4)
  expect(config.values['server.port']).toBe(3000)
  expect(config.sources.get('server.host')).toBe(join(folder, 'rookery.toml'))
  expect(config.sources.get('server.drainSeconds')).toBe('ROOKERY_DRAIN_SECONDS')
  expect(config.sources.get('server.port')).toBe('the command line')
})

test('settings are read from dotted and quoted keys, and from variables', () => {
  file('[settings]\nlogin.policy = "multi"\n"account.max" = 50\nrate.rest.default = 0\n')
  const config = load({
    env: { ROOKERY_SETTINGS_LOGIN_WEB_INSTANCES: '3', ROOKERY_SETTINGS_STATUS_ENABLED: 'false' },
  })
  expect(config.settings).toMatchObject({
    'login.policy': 'multi',
    'account.max': 50,
    'rate.rest.default': 0,
    'login.webInstances': 3,
    'status.enabled': false,
  })
  expect(config.sources.get('settings.login.webInstances')).toBe('ROOKERY_SETTINGS_LOGIN_WEB_INSTANCES')
})

test('paths in the file start at its folder, in variables at the working folder', () => {
  mkdirSync(join(folder, 'etc'))
  file('[data]\nfolder = "../data"\nmasterKeyFile = "key"\n', 'etc/own.toml')
  const { values } = load({ configFile: 'etc/own.toml' })
  expect(values['data.folder']).toBe(join(folder, 'data'))
  expect(values['data.masterKeyFile']).toBe(join(folder, 'etc/key'))
  expect(load({ env: { ROOKERY_DATA: 'here' } }).values['data.folder']).toBe(join(folder, 'here'))
  expect(load({ env: { ROOKERY_CONFIG: 'etc/own.toml' } }).file).toBe(join(folder, 'etc/own.toml'))
})

describe('a message names the key, the place and what is expected', () => {
  test.each([
    ['[server]\nport = "80"', 'rookery.toml: server.port takes an integer from 0 to 65535, not "80".'],
    ['[server]\nport = 70000', 'server.port takes an integer from 0 to 65535, not 70000.'],
    ['[server]\nprot = 80', 'the key server.prot is not known; did you mean server.port?'],
    ['port = 80', 'the key port is not known'],
    ['server = 80', 'the key server is not known'],
    ['[server]\npublicHosts = "a"', 'server.publicHosts takes a list of texts, each a host name'],
    ['[server]\npublicHosts = ["http://a"]', 'server.publicHosts takes'],
    ['[server]\ntrustedProxies = ["10.0.0.0/99"]', 'server.trustedProxies takes'],
    ['[example]\nenabled = "yes"', 'example.enabled takes true or false, not "yes".'],
    ['[log]\nlevel = "loud"', 'log.level takes one of trace, debug'],
    ['[settings]\nlogin.policy = "all"', 'login.policy takes one of single, dual'],
    ['[settings]\nlogin.polizy = "dual"', 'did you mean settings.login.policy?'],
    ['[tls]\ncert = "a.pem"', 'tls.cert and tls.key belong together'],
    ['[server\n', "can't be read as TOML"],
  ])('%j', (text, expected) => {
    file(text)
    expect(problem()).toContain(expected)
  })

  test('for variables and the command line too', () => {
    expect(problem({ env: { ROOKERY_PORT: 'abc' } })).toBe(
      'ROOKERY_PORT: server.port takes an integer from 0 to 65535, not "abc".',
    )
    expect(problem({ flags: { 'server.port': '-1' } })).toContain('the command line: server.port takes')
    expect(problem({ env: { ROOKERY_SETTINGS_ACCOUNT_MAX: 'many' } })).toContain(
      'ROOKERY_SETTINGS_ACCOUNT_MAX: account.max takes',
    )
    expect(problem({ configFile: 'none.toml' })).toContain('none.toml does not exist; check --config')
    expect(problem({ env: { ROOKERY_CONFIG: 'none.toml' } })).toContain('check ROOKERY_CONFIG')
  })

  test('and all problems come at once', () => {
    file('[server]\nport = "x"\nhots = "y"\n')
    expect(problem({ env: { ROOKERY_LOG_LEVEL: 'loud' } }).split('\n').length).toBe(3)
  })
})

test('a variable that looks misspelt is warned about, others are nobody’s business', () => {
  const env = {
    ROOKERY_PROT: '1',
    ROOKERY_SOMETHING_ELSE_ENTIRELY: '1',
    ROOKERY_MASTER_KEY: 'x',
    PATH: '/bin',
  }
  expect(load({ env }).warnings).toEqual([
    'The variable ROOKERY_PROT is not known; did you mean ROOKERY_PORT?',
  ])
})

describe('several nodes', () => {
  const CANARY = 'canary-password'
  const url = `postgres://rookery:${CANARY}@db.example:5432/rookery?sslmode=require`
  const env = {
    ROOKERY_DATABASE_URL: url,
    ROOKERY_NATS_SERVERS: `nats://u:${CANARY}@n1:4222, tls://u:${CANARY}@n2`,
  }
  test('a PostgreSQL and its NATS are configured by two variables', () => {
    const { values } = load({ env })
    expect(storeSource(values)).toEqual({ kind: 'postgres', url, connections: 16 })
    const bus = natsServers(values)
    expect(bus && natsOptions(bus)).toEqual({
      servers: ['n1:4222', 'n2'],
      user: 'u',
      pass: CANARY,
      tls: {},
    })
    expect(storeSource(load({ env: {} }).values).kind).toBe('embedded')
    expect(natsServers(load({ env: {} }).values)).toBeUndefined()
  })

  test('a NATS takes a token, an authority and a certificate', () => {
    const { values } = load({
      env: {
        ROOKERY_DATABASE_URL: url,
        ROOKERY_NATS_SERVERS: 'nats://to%40ken@n1',
        ROOKERY_NATS_CA: '/ca.pem',
        ROOKERY_NATS_CERT: '/cert.pem',
        ROOKERY_NATS_KEY: '/key.pem',
      },
    })
    const bus = natsServers(values)
    expect(bus && natsOptions(bus)).toEqual({
      servers: ['n1'],
      token: 'to@ken',
      tls: { caFile: '/ca.pem', certFile: '/cert.pem', keyFile: '/key.pem' },
    })
  })

  test.each([
    [{ ROOKERY_NATS_SERVERS: `nats://u:${CANARY}@n1` }, 'database.url is empty'],
    [{ ...env, ROOKERY_NATS_SERVERS: `nats://u:${CANARY}@n1,nats://n2` }, 'in every URL, or in none'],
    [{ ...env, ROOKERY_NATS_SERVERS: `http://u:${CANARY}@n1` }, 'a URL as nats://'],
    [{ ...env, ROOKERY_NATS_SERVERS: `nats://u:${CANARY}@n1/path` }, 'a URL as nats://'],
    [{ ROOKERY_DATABASE_URL: `mysql://u:${CANARY}@db/x` }, 'a URL as postgres://'],
    [{ ROOKERY_DATABASE_URL: CANARY }, 'a URL as postgres://'],
    [{ ...env, ROOKERY_NATS_CERT: '/c' }, 'bus.cert and bus.key belong together'],
    [{ ...env, ROOKERY_DATABASE_CONNECTIONS: '2' }, 'an integer from 6 to 200'],
  ])('%# is refused with a reason and without the password', (given, reason) => {
    const text = problem({ env: given })
    expect(text).toContain(reason)
    expect(text).not.toContain(CANARY)
  })

  test('a file with a mistake in the line of a password does not show it', () => {
    file(`[database]\nurl = "postgres://u:${CANARY}@db/x" oops\n`)
    expect(problem()).toMatch(/can't be read as TOML: .*line 2/)
    expect(problem()).not.toContain(CANARY)
  })
})

test('no two rows answer to one variable', () => {
  const names = [...CONFIG_KEYS.map(key => CONFIG[key].env as string), ...SETTING_KEYS.map(settingVariable)]
  expect(new Set(names).size).toBe(names.length)
  for (const name of names) expect(name).toMatch(/^ROOKERY_[A-Z0-9_]+$/)
})

test('docs/configuration.md says what the tables say (npm run rookery config -- --markdown makes it)', () => {
  const path = join(import.meta.dir, '../../../../docs/configuration.md')
  expect(readFileSync(path, 'utf8')).toBe(configurationMarkdown())
})

describe('listening beyond loopback', () => {
  const base = { 'server.host': '127.0.0.1', 'server.trustedProxies': [], 'tls.cert': '' } as const

  test.each(['127.0.0.1', '127.1.2.3', '::1', '[::1]', 'localhost'])('%s is loopback', host => {
    expect(bindProblem({ ...base, 'server.host': host })).toBeUndefined()
  })

  test.each(['0.0.0.0', '::', '192.168.1.2', 'chat.example.org', '127.0.0.1.example.org', ''])(
    '%j needs TLS or a trusted proxy, and the message names both',
    host => {
      const text = bindProblem({ ...base, 'server.host': host })
      expect(text).toContain('tls.cert')
      expect(text).toContain('server.trustedProxies')
      expect(bindProblem({ ...base, 'server.host': host, 'tls.cert': '/c' })).toBeUndefined()
      expect(
        bindProblem({ ...base, 'server.host': host, 'server.trustedProxies': ['10.0.0.1'] }),
      ).toBeUndefined()
    },
  )
})

test.each([
  ['10.0.0.0/8', true],
  ['10.0.0.1', true],
  ['::1/128', true],
  ['fd00::', true],
  ['10.0.0.0/33', false],
  ['10.0.0.0/', false],
  ['10.0.0.0/x', false],
  ['10.0.0.0/8/8', false],
  ['::/129', false],
  ['10.0.0', false],
  ['fe80::1%eth0', false],
  ['', false],
])('%j as an address range: %p', (text, good) => {
  expect(isAddressRange(text)).toBe(good)
})

test.each([
  ['server.prot', 'server.port'],
  ['Server.Port', 'server.port'],
  ['something', undefined],
])('the name nearest to %s is %p', (given, name) => {
  expect(nearestName(given, ['server.host', 'server.port', 'tls.key'])).toBe(name)
})
