import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import {
  dependencyFingerprint,
  dependencyState,
  lockFits,
  stampPath,
  workspaceFolders,
} from '../../scripts/dependency-state.mjs'
import { nodeProblem, npmArguments } from '../../scripts/ensure-installed.mjs'

let root = ''

function write(path: string, content: unknown) {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify(content))
}

const stamp = () => writeFileSync(stampPath(root), `${dependencyFingerprint(root)}\n`)
const alpha = { version: '1.0.0', integrity: 'sha512-a' }
const link = { resolved: 'packages/one', link: true }
const otherSystem = { version: '1.0.0', optional: true, os: ['no-such-system'] }
const oneManifest = { name: 'one', version: '1.0.0', dependencies: { alpha: '1.0.0' } }

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'rookery-state-'))
  write('package.json', { name: 'all', workspaces: ['packages/*', 'absent'] })
  write('packages/one/package.json', oneManifest)
  write('package-lock.json', {
    packages: {
      '': { name: 'all', workspaces: ['packages/*', 'absent'] },
      'node_modules/alpha': alpha,
      'node_modules/one': link,
      'node_modules/alpha-other': otherSystem,
      'packages/one': oneManifest,
    },
  })
})

afterEach(() => rmSync(root, { recursive: true, force: true }))

function installByHand(packages: Record<string, unknown> = {}) {
  write('node_modules/.package-lock.json', {
    packages: { 'node_modules/alpha': alpha, 'node_modules/one': link, ...packages },
  })
}

describe('the state of the installed dependencies', () => {
  test('is missing before the first install and after one that was broken off', () => {
    expect(dependencyState(root)).toBe('missing')
    mkdirSync(join(root, 'node_modules', 'alpha'), { recursive: true })
    expect(dependencyState(root)).toBe('missing')
  })

  test('is current while nothing changed since the stamp', () => {
    installByHand()
    stamp()
    expect(dependencyState(root)).toBe('current')
  })

  test('is outdated after a package.json asks for something else', () => {
    installByHand()
    stamp()
    write('packages/one/package.json', { ...oneManifest, dependencies: { alpha: '2.0.0' } })
    expect(dependencyState(root)).toBe('outdated')
  })

  test('is outdated after a workspace was added', () => {
    installByHand()
    stamp()
    write('packages/two/package.json', { name: 'two' })
    expect(workspaceFolders(root)).toEqual(['packages/one', 'packages/two'])
    expect(dependencyState(root)).toBe('outdated')
  })

  test('takes an install that npm made by hand, without packages for other systems', () => {
    installByHand()
    expect(dependencyState(root)).toBe('unstamped')
  })

  test('is outdated when what npm installed by hand is another version', () => {
    installByHand({ 'node_modules/alpha': { ...alpha, version: '0.9.0' } })
    expect(dependencyState(root)).toBe('outdated')
  })
})

describe('the choice of npm’s command', () => {
  test('is `npm ci` when the lock fits and `npm install` when it does not', () => {
    expect(lockFits(root)).toBe(true)
    expect(npmArguments(lockFits(root))[0]).toBe('ci')
    write('packages/one/package.json', { ...oneManifest, dependencies: { alpha: '2.0.0' } })
    expect(npmArguments(lockFits(root))[0]).toBe('install')
    rmSync(join(root, 'package-lock.json'))
    expect(lockFits(root)).toBe(false)
  })

  test('leaves out audits and adverts, and never the development tools', () => {
    expect(npmArguments(true)).toEqual(expect.arrayContaining(['--no-audit', '--no-fund', '--include=dev']))
  })

  test('comes after a Node.js that is too old was named', () => {
    expect(nodeProblem('20.0.0')).toBeUndefined()
    expect(nodeProblem('18.19.1')).toContain('18.19.1')
    expect(nodeProblem('18.19.1')).toContain('20 or newer')
  })
})
