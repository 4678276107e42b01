import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { debianVersion } from '../installed.ts'
import type { PeerDefinition } from '../peer-definition.ts'
import { PeerProcess } from '../peer-process.ts'
import { MqttClient } from './mqtt-client.ts'

const MOSQUITTO = '/usr/sbin/mosquitto'
const PASSWD = '/usr/bin/mosquitto_passwd'
const PASSWORD = 'bench'

export const mosquitto: PeerDefinition = {
  name: 'Mosquitto',
  notes: {
    messages:
      'QoS 1: acknowledges from memory, its file is written once a second; no archive, no numbers; receivers acknowledge what comes',
    login: 'password (PBKDF2) and a subscription',
  },
  sendersJoin: false,
  version: () => debianVersion('mosquitto'),
  async start(core, users) {
    const process = await PeerProcess.start(core, (folder, port) => {
      const [passwords, config] = [join(folder, 'passwords'), join(folder, 'mosquitto.conf')]
      writeFileSync(passwords, users.map(user => `${user}:${PASSWORD}\n`).join(''), { mode: 0o600 })
      const { exitCode } = Bun.spawnSync([PASSWD, '-U', passwords])
      if (exitCode !== 0) throw new Error(`mosquitto_passwd ended with ${exitCode}.`)
      writeFileSync(config, configuration(port, folder, passwords))
      return { cmd: [MOSQUITTO, '-c', config], port }
    })
    return { process, connect: user => MqttClient.open(process.port, user, PASSWORD) }
  },
}

/** The user counts only for root, who can write in the folder. Nothing is dropped, and the file is written as often as the broker can: once a second. */
function configuration(port: number, folder: string, passwords: string): string {
  return `listener ${port} 127.0.0.1
user root
allow_anonymous false
password_file ${passwords}
persistence true
persistence_location ${folder}/
autosave_interval 1
max_queued_messages 0
set_tcp_nodelay true
sys_interval 0
log_dest stderr
log_type error
log_type warning
connection_messages false
`
}
