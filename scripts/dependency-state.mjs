// @ts-check
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * @typedef {Readonly<Record<string, string>>} Ranges
 * @typedef {{ readonly dependencies?: Ranges, readonly devDependencies?: Ranges, readonly optionalDependencies?: Ranges, readonly peerDependencies?: Ranges, readonly workspaces?: readonly string[] }} Manifest
 * @typedef {Manifest & { readonly version?: string, readonly integrity?: string, readonly link?: boolean, readonly resolved?: string, readonly optional?: boolean, readonly os?: readonly string[], readonly cpu?: readonly string[], readonly libc?: readonly string[] }} LockedPackage
 * @typedef {{ readonly packages: Readonly<Record<string, LockedPackage>> }} Lockfile
 * @typedef {'current' | 'unstamped' | 'missing' | 'outdated'} State
 */

const dependencyFields = /** @type {const} */ ([
  'dependencies',
  'devDependencies',
  'optionalDependencies',
  'peerDependencies',
])

const stampName = '.rookery-stamp'

/** @param {string} root */
export const stampPath = root => join(root, 'node_modules', stampName)

/**
 * The workspaces' folders, as paths from the root with `/`, sorted. Only `folder` and `folder/*` are
 * understood, which is all that the root package.json uses.
 * @param {string} root
 * @returns {readonly string[]}
 */
export function workspaceFolders(root) {
  /** @type {Manifest} */
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const folders = (manifest.workspaces ?? []).flatMap(pattern => {
    if (!pattern.endsWith('/*')) return [pattern]
    const parent = pattern.slice(0, -2)
    if (!existsSync(join(root, parent))) return []
    return readdirSync(join(root, parent)).map(name => `${parent}/${name}`)
  })
  return folders.filter(folder => existsSync(join(root, folder, 'package.json'))).sort()
}

/**
 * A hash of everything that decides what node_modules must hold: the lock, every workspace's package.json,
 * and the platform (node_modules shared with a container of another system is not usable there).
 * @param {string} root
 * @returns {string}
 */
export function dependencyFingerprint(root) {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`)
  const manifests = workspaceFolders(root).map(folder => `${folder}/package.json`)
  for (const file of ['package-lock.json', 'package.json', ...manifests]) {
    const path = join(root, file)
    hash
      .update(`${file}\n`)
      .update(existsSync(path) ? readFileSync(path) : 'missing')
      .update('\n')
  }
  return hash.digest('hex')
}

/**
 * @param {string} path
 * @returns {Lockfile | undefined}
 */
function readLockfile(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

/**
 * @param {Manifest} manifest
 * @param {LockedPackage | undefined} locked
 */
function sameRanges(manifest, locked) {
  return dependencyFields.every(field => {
    const wanted = Object.entries(manifest[field] ?? {}).sort()
    const found = Object.entries(locked?.[field] ?? {}).sort()
    return JSON.stringify(wanted) === JSON.stringify(found)
  })
}

/**
 * Whether package-lock.json describes the package.json files as they are now, so that `npm ci` accepts it.
 * @param {string} root
 * @returns {boolean}
 */
export function lockFits(root) {
  const lock = readLockfile(join(root, 'package-lock.json'))
  if (!lock?.packages) return false
  return ['', ...workspaceFolders(root)].every(folder => {
    /** @type {Manifest} */
    const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
    return lock.packages[folder] !== undefined && sameRanges(manifest, lock.packages[folder])
  })
}

/** @param {LockedPackage} locked */
function mayBeAbsent(locked) {
  if (!locked.optional) return false
  // Which libc runs here is npm's to decide; a wrong guess would reinstall on every run.
  if (locked.libc) return true
  const fits = (/** @type {readonly string[] | undefined} */ allowed, /** @type {string} */ mine) =>
    allowed === undefined || allowed.includes(mine)
  return !(fits(locked.os, process.platform) && fits(locked.cpu, process.arch))
}

/**
 * Whether node_modules holds what the lock asks for, by npm's own record of what it installed. It lets an
 * `npm ci` or `npm install` that was run by hand count.
 * @param {string} root
 * @returns {boolean}
 */
export function installedMatchesLock(root) {
  const lock = readLockfile(join(root, 'package-lock.json'))
  const installed = readLockfile(join(root, 'node_modules', '.package-lock.json'))
  if (!lock?.packages || !installed?.packages) return false
  return Object.entries(lock.packages).every(([path, locked]) => {
    if (!path.startsWith('node_modules/')) return true
    const found = installed.packages[path]
    if (found === undefined) return mayBeAbsent(locked)
    if (locked.link) return found.link === true && found.resolved === locked.resolved
    return found.version === locked.version && found.integrity === locked.integrity
  })
}

/**
 * `unstamped`: right, but installed by npm without us. `outdated`: something changed since the install.
 * @param {string} root
 * @returns {State}
 */
export function dependencyState(root) {
  if (!existsSync(join(root, 'node_modules', '.package-lock.json'))) return 'missing'
  const stamp = existsSync(stampPath(root)) ? readFileSync(stampPath(root), 'utf8').trim() : ''
  if (stamp === dependencyFingerprint(root)) return 'current'
  return lockFits(root) && installedMatchesLock(root) ? 'unstamped' : 'outdated'
}
