import { isNatsUrl } from '../bus/nats-servers.ts'
import { isAddressRange } from './address-range.ts'
import { type ConfigRow, flag, form, integer, list, oneOf, path, text } from './config-row.ts'

const hostName = {
  name: 'a host name with or without a port, as chat.example.org',
  accepts: (value: string) => /^(\[[0-9a-f:.]+\]|[a-z0-9]([a-z0-9._-]*[a-z0-9])?)(:\d{1,5})?$/i.test(value),
}
const postgresUrl = {
  name: 'a URL as postgres://user:password@host:5432/database',
  accepts: (value: string) => /^postgres(ql)?:$/.test(URL.parse(value)?.protocol ?? ''),
}
const natsUrl = {
  name: 'a URL as nats://host:4222, nats://user:password@host:4222 or tls://host:4222',
  accepts: isNatsUrl,
}
const addressRange = { name: 'an address or CIDR range, as 10.0.0.0/8', accepts: isAddressRange }

/**
 * Everything that a server is configured with, beside the settings of `[settings]` and the master key. The key is the dotted
 * name in `rookery.toml`.
 */
export const CONFIG = {
  'data.folder': path('./.rookery/data', {
    env: 'ROOKERY_DATA',
    doc: 'Folder of the database (with PostgreSQL: none) and of the socket that the command line uses; each server has its own. Made when it is missing.',
  }),
  'data.masterKeyFile': path('', {
    env: 'ROOKERY_MASTER_KEY_FILE',
    doc: 'File of the master key, outside the data folder, readable by its owner only. Empty: `master.key` beside the data folder.',
  }),
  'database.url': form(postgresUrl, {
    env: 'ROOKERY_DATABASE_URL',
    doc: 'PostgreSQL of all nodes (14 or newer). Empty: SQLite in the data folder, for one server.',
    secret: true,
  }),
  'database.connections': integer(16, [6, 200], {
    env: 'ROOKERY_DATABASE_CONNECTIONS',
    doc: 'Connections of this node to PostgreSQL. All nodes together must stay below its `max_connections`.',
  }),
  'database.startSeconds': integer(60, [0, 3600], {
    env: 'ROOKERY_DATABASE_START_SECONDS',
    doc: 'How long a start waits for PostgreSQL before it gives up.',
  }),
  'bus.servers': list(natsUrl, {
    env: 'ROOKERY_NATS_SERVERS',
    doc: 'NATS servers that hurry messages between the nodes of a PostgreSQL. Empty: they read them from the database some tenths of a second later.',
    secret: true,
  }),
  'bus.ca': path('', {
    env: 'ROOKERY_NATS_CA',
    doc: "PEM file of the authority that signed the NATS servers' certificates. Empty: those that the system trusts.",
  }),
  'bus.cert': path('', {
    env: 'ROOKERY_NATS_CERT',
    doc: 'PEM file of the certificate that this node shows to NATS, with `bus.key`.',
  }),
  'bus.key': path('', {
    env: 'ROOKERY_NATS_KEY',
    doc: 'PEM file of the private key of `bus.cert`.',
  }),
  'server.host': text('127.0.0.1', {
    env: 'ROOKERY_HOST',
    doc: 'Address to listen on. Beyond loopback the server also needs TLS or trusted proxies.',
  }),
  'server.port': integer(8080, [0, 65_535], {
    env: 'ROOKERY_PORT',
    doc: 'Port to listen on; 0 takes a free one.',
  }),
  'server.publicHosts': list(hostName, {
    env: 'ROOKERY_PUBLIC_HOSTS',
    doc: 'Host names by which clients reach the server; requests with another `Host` are refused. Loopback names always work.',
  }),
  'server.trustedProxies': list(addressRange, {
    env: 'ROOKERY_TRUSTED_PROXIES',
    doc: 'Reverse proxies whose forwarded client address is believed. They end TLS.',
  }),
  'server.drainSeconds': integer(10, [0, 600], {
    env: 'ROOKERY_DRAIN_SECONDS',
    doc: 'Time for clients to move away when the server is told to stop.',
  }),
  'tls.cert': path('', {
    env: 'ROOKERY_TLS_CERT',
    doc: 'PEM file with the certificate chain. Together with `tls.key` the server speaks HTTPS and WSS.',
  }),
  'tls.key': path('', {
    env: 'ROOKERY_TLS_KEY',
    doc: 'PEM file with the private key of the certificate.',
  }),
  'log.level': oneOf('info', ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
    env: 'ROOKERY_LOG_LEVEL',
    doc: 'Least severity that is logged.',
  }),
  'log.format': oneOf('auto', ['auto', 'json', 'text'], {
    env: 'ROOKERY_LOG_FORMAT',
    doc: 'Form of the log; `auto` is text on a terminal and JSON elsewhere.',
  }),
  'example.enabled': flag(false, {
    env: 'ROOKERY_EXAMPLE',
    doc: 'Runs the example app beside the server, as an app of its own, on loopback.',
  }),
} as const satisfies Readonly<Record<string, ConfigRow>>

export type ConfigKey = keyof typeof CONFIG

export type ConfigValue<K extends ConfigKey> = (typeof CONFIG)[K] extends { type: 'integer' }
  ? number
  : (typeof CONFIG)[K] extends { type: 'boolean' }
    ? boolean
    : (typeof CONFIG)[K] extends { type: 'list' }
      ? readonly string[]
      : (typeof CONFIG)[K] extends { type: 'enum'; values: readonly (infer Value)[] }
        ? Value
        : string

export type ConfigValues = { readonly [K in ConfigKey]: ConfigValue<K> }

export const CONFIG_KEYS = Object.keys(CONFIG) as readonly ConfigKey[]

export const isConfigKey = (key: string): key is ConfigKey => Object.hasOwn(CONFIG, key)

/** Variables that are read elsewhere than by the table. */
export const MASTER_KEY_VARIABLE = 'ROOKERY_MASTER_KEY'
export const CONFIG_FILE_VARIABLE = 'ROOKERY_CONFIG'
export const DEFAULT_CONFIG_FILE = 'rookery.toml'
export const SETTINGS_SECTION = 'settings'

/** `login.webInstances` → `ROOKERY_SETTINGS_LOGIN_WEB_INSTANCES`. */
export function settingVariable(key: string): string {
  const snake = key.replaceAll('.', '_').replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
  return `ROOKERY_SETTINGS_${snake.toUpperCase()}`
}
