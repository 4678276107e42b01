import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { debianVersion } from '../installed.ts'
import type { PeerDefinition } from '../peer-definition.ts'
import { PeerProcess } from '../peer-process.ts'
import { signedToken } from '../token.ts'
import { plain } from './sasl.ts'
import { DOMAIN, ROOMS, XmppClient } from './xmpp-client.ts'

const ERL = '/usr/bin/erl'
const CTL = '/usr/sbin/ejabberdctl'

export function ejabberd(hasArchive: boolean): PeerDefinition {
  return {
    name: hasArchive ? 'ejabberd, archive' : 'ejabberd',
    notes: {
      messages: hasArchive
        ? 'acknowledges with XEP-0198; archive of both sides in Mnesia, at most 2 GB, not flushed before'
        : 'acknowledges with XEP-0198; stores nothing of what is delivered',
      login: 'signed token (JWT), a resource, presence',
    },
    version: () => debianVersion('ejabberd'),
    async start(core) {
      const key = randomBytes(32)
      const process = await PeerProcess.start(core, (folder, port) => {
        const [jwk, config] = [join(folder, 'key.jwk'), join(folder, 'ejabberd.yml')]
        writeFileSync(jwk, JSON.stringify({ kty: 'oct', k: key.toString('base64url') }), { mode: 0o600 })
        writeFileSync(config, configuration(port, jwk, hasArchive))
        // Without a name of its own the node needs no epmd, which would go on running.
        const cmd = [ERL, '-noinput', '+K', 'true', '+P', '250000', '-mnesia', 'dir', `"${folder}/mnesia"`]
        const env = {
          ERL_LIBS: erlangLibraries(),
          EJABBERD_CONFIG_PATH: config,
          EJABBERD_LOG_PATH: join(folder, 'ejabberd.log'),
          ERL_CRASH_DUMP: join(folder, 'crash.dump'),
          HOME: folder,
        }
        return { cmd: [...cmd, '-s', 'ejabberd'], env, port }
      })
      return {
        process,
        connect: user => {
          const token = signedToken({ jid: `${user}@${DOMAIN}` }, key)
          return XmppClient.open(process.port, user, plain(user, token))
        },
      }
    },
  }
}

/** The folder that Debian's ejabberdctl names. */
function erlangLibraries(): string {
  const libraries = /^ERL_LIBS='?([^'\n]+)'?$/m.exec(readFileSync(CTL, 'utf8'))?.[1]
  if (libraries === undefined) throw new Error(`${CTL} names no ERL_LIBS.`)
  return libraries
}

/** Of Debian's modules those that a chat service needs; nothing slows connections down, and rooms don't tell who comes and goes. */
function configuration(port: number, jwk: string, hasArchive: boolean): string {
  const archive = `
  mod_mam:
    assume_mam_usage: true
    default: always`
  return `hosts: ["${DOMAIN}"]
loglevel: warning
log_rotate_count: 0
auth_method: jwt
jwt_key: "${jwk}"
listen:
  -
    port: ${port}
    ip: "127.0.0.1"
    module: ejabberd_c2s
    backlog: 1024
    starttls: false
acl:
  local:
    user_regexp: ""
access_rules:
  local:
    allow: local
modules:
  mod_blocking: {}
  mod_carboncopy: {}
  mod_offline: {}
  mod_privacy: {}
  mod_roster: {}
  mod_stream_mgmt: {}${hasArchive ? archive : ''}
  mod_muc:
    hosts: ["${ROOMS}"]
    access: all
    access_create: all
    history_size: 0
    max_users: 20000
    default_room_options:
      mam: ${hasArchive}
      max_users: 20000
      presence_broadcast: []
`
}
