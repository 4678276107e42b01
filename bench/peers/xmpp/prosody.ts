import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { debianVersion } from '../installed.ts'
import type { PeerDefinition } from '../peer-definition.ts'
import { PeerProcess } from '../peer-process.ts'
import { scram, scramKeys } from './sasl.ts'
import { DOMAIN, ROOMS, XmppClient } from './xmpp-client.ts'

const PROSODY = '/usr/bin/prosody'
/** As prosody's own default. */
const ITERATIONS = 10_000
const SALT = 'rookery-bench'

export function prosody(hasArchive: boolean): PeerDefinition {
  return {
    name: hasArchive ? 'prosody, archive' : 'prosody',
    notes: {
      messages: hasArchive
        ? 'acknowledges with XEP-0198; archive of both sides in files that are not flushed before'
        : 'acknowledges with XEP-0198; stores nothing of what is delivered',
      login: 'SCRAM-SHA-1, a resource, presence',
    },
    version: () => debianVersion('prosody'),
    async start(core, users) {
      const keys = scramKeys('bench', SALT, ITERATIONS)
      const process = await PeerProcess.start(core, (folder, port) => {
        const accounts = join(folder, 'data', DOMAIN, 'accounts')
        mkdirSync(accounts, { recursive: true })
        const account = `return {\n\t["iteration_count"] = ${ITERATIONS};\n\t["salt"] = "${SALT}";\n\t["stored_key"] = "${keys.stored.toString('hex')}";\n\t["server_key"] = "${keys.server.toString('hex')}";\n};\n`
        for (const user of users) writeFileSync(join(accounts, `${user}.dat`), account)
        const config = join(folder, 'prosody.cfg.lua')
        writeFileSync(config, configuration(port, folder, hasArchive))
        return { cmd: [PROSODY, '-F', '--config', config], port }
      })
      return { process, connect: user => XmppClient.open(process.port, user, scram(user, keys)) }
    },
  }
}

/** Of Debian's modules those that a chat service needs; nothing slows connections down, and rooms don't tell who comes and goes. */
function configuration(port: number, folder: string, hasArchive: boolean): string {
  const presences = '{ visitor = false; participant = false; moderator = false }'
  return `daemonize = false
run_as_root = true
pidfile = "${folder}/prosody.pid"
data_path = "${folder}/data"
log = { warn = "*console" }
interfaces = { "127.0.0.1" }
c2s_ports = { ${port} }
c2s_direct_tls_ports = {}
network_settings = { nagle = false; tcp_backlog = 1024 }
modules_enabled = { "roster"; "saslauth"; "blocklist"; "carbons"; "smacks"; ${hasArchive ? '"mam"; ' : ''}}
modules_disabled = { "s2s"; "tls" }
c2s_require_encryption = false
authentication = "internal_hashed"
storage = "internal"
archive_expires_after = "never"
default_archive_policy = true
VirtualHost "${DOMAIN}"
Component "${ROOMS}" "muc"
modules_enabled = { ${hasArchive ? '"muc_mam"' : ''} }
muc_room_locking = false
muc_room_default_presence_broadcast = ${presences}
muc_room_default_history_length = 0
muc_log_by_default = ${hasArchive}
max_history_messages = 0
`
}
