import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { debianVersion } from './installed.ts'
import { SOCKETIO_FOLDER } from './socketio/socketio.ts'

const PACKAGES = ['ejabberd', 'prosody', 'mosquitto'] as const
/** Debian asks it before a package may start a service: 101 forbids it. */
const POLICY = '/usr/sbin/policy-rc.d'
const FORBID = '#!/bin/sh\nexit 101\n'

/** Installs the peers that Debian and npm offer, and tells what became of each; no service is started, now or with the machine. */
export function installPeers(): string[] {
  return [...installPackages(), installSocketio()]
}

function installPackages(): string[] {
  const missing = PACKAGES.filter(name => debianVersion(name) === undefined)
  const failure = missing.length === 0 ? undefined : installMissing(missing)
  return PACKAGES.map(name => {
    const version = debianVersion(name)
    return `${name}: ${version ?? `not installed: ${failure}`}`
  })
}

/** What went wrong. */
function installMissing(missing: readonly string[]): string | undefined {
  const command = `apt-get install --no-install-recommends ${missing.join(' ')}`
  if (Bun.which('apt-get') === null) return 'this machine has no apt-get'
  if (process.getuid?.() !== 0) return `only root may; run "${command}" as root`
  const isMine = !existsSync(POLICY)
  if (isMine) writeFileSync(POLICY, FORBID, { mode: 0o755 })
  try {
    run(['apt-get', 'update'])
    run(['apt-get', 'install', '--yes', '--no-install-recommends', ...missing])
  } catch (error) {
    return String(error)
  } finally {
    if (isMine) rmSync(POLICY)
    const installed = missing.filter(name => debianVersion(name) !== undefined)
    // Packages have their services start with the machine.
    if (installed.length > 0 && Bun.which('systemctl') !== null) run(['systemctl', 'disable', ...installed])
  }
  return undefined
}

function installSocketio(): string {
  try {
    // A project of its own: without the prefix npm would take the workspaces above it.
    run(['npm', 'ci', '--prefix', SOCKETIO_FOLDER])
    return 'socket.io: installed'
  } catch (error) {
    return `socket.io: not installed: ${error}`
  }
}

function run(cmd: string[]): void {
  const { exitCode } = Bun.spawnSync(cmd, {
    cwd: SOCKETIO_FOLDER,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdout: 'inherit',
    stderr: 'inherit',
  })
  if (exitCode !== 0) throw new Error(`"${cmd.join(' ')}" ended with ${exitCode}.`)
}
