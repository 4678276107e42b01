import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  setDefaultTimeout,
  test,
} from 'bun:test'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../store/sqlite/open-database.ts'
import { operatorCommands } from './operator-commands.ts'

// Each test starts the program several times, on a machine that may be busy.
setDefaultTimeout(60_000)

const ENTRY = join(import.meta.dir, 'rookery.ts')

interface Outcome {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** The real program in a folder of its own, with no variables but those given. */
async function rookery(
  folder: string,
  words: readonly string[],
  env: object = {},
  input = '',
): Promise<Outcome> {
  const child = Bun.spawn([process.execPath, ENTRY, ...words], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    stdin: new TextEncoder().encode(input),
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  return { code, out, err }
}

const freshFolder = () => mkdtempSync(join(tmpdir(), 'rookery-cli-'))
const remove = (folder: string) => rmSync(folder, { recursive: true, force: true })

describe('what needs no data', () => {
  let folder: string
  beforeEach(() => {
    folder = freshFolder()
  })
  afterEach(() => remove(folder))

  test('help names every command and leaves nothing behind', async () => {
    const { code, out } = await rookery(folder, ['help'])
    expect(code).toBe(0)
    for (const { name } of operatorCommands) expect(out).toContain(`rookery ${name} `)
    expect(readdirSync(folder)).toEqual([])
  })

  test('help of a command, and --help, show its words and options', async () => {
    const asked = await rookery(folder, ['help', 'key', 'rotate'])
    expect(asked.out).toContain('rookery key rotate SDKAPPID [options]')
    expect(asked.out).toContain('--accept-for TIME')
    expect((await rookery(folder, ['key', 'rotate', '--help'])).out).toBe(asked.out)
  })

  test('--version prints the version', async () => {
    expect(await rookery(folder, ['--version'])).toMatchObject({ code: 0, out: 'rookery 0.1.0\n' })
  })

  test.each([
    [[], 'a self-hosted instant-messaging service'],
    [['app', 'crate', 'x'], 'There is no command "app crate"; did you mean "app create"?'],
    [['sevre'], 'did you mean "serve"?'],
    [['app', 'create'], 'NAME is missing'],
    [['app', 'create', 'a', 'b'], '"b" is one word too many'],
    [['app', 'list', '--jsn'], '--jsn'],
    [['key', 'list', 'abc'], 'SDKAPPID takes a whole number from 1 to 4294967295, not "abc"'],
    [['key', 'set', '5', 'k', '--admin', 'maybe'], '--admin takes one of on, off, not "maybe"'],
    [['key', 'set', '5', 'k'], '--admin is missing'],
    [['key', 'add', '5', '--secret-file', 'none'], '"none" of --secret-file can\'t be read (ENOENT)'],
    [['app', 'delete', '5'], 'To do it, add --yes'],
    [['config', '--nope'], '--nope'],
  ])('%j is refused with exit code 2 and says why', async (words, text) => {
    const { code, err } = await rookery(folder, words)
    expect(err).toContain(text)
    expect(code).toBe(2)
  })

  test('a folder without a database is said to be one, and not made', async () => {
    const { code, err } = await rookery(folder, ['app', 'list'])
    expect(code).toBe(1)
    expect(err).toContain('rookery app create')
    expect(readdirSync(folder)).toEqual([])
  })

  test('usersig signs with a key from standard input and verifies', async () => {
    const key = 'k'.repeat(40)
    const words = ['--sdkappid', '1400000001', '--user', 'ana']
    const signed = await rookery(folder, ['usersig', 'sign', ...words], {}, key)
    expect(signed.code).toBe(0)
    const env = { ROOKERY_USERSIG_KEY: key }
    expect((await rookery(folder, ['usersig', 'verify', signed.out.trim(), ...words], env)).code).toBe(0)
    expect((await rookery(folder, ['usersig', 'inspect', signed.out.trim()], env)).out).toContain('ana')
  })

  test('config shows values with their sources and hides the master key', async () => {
    writeFileSync(join(folder, 'rookery.toml'), '[server]\nport = 4000\n[settings]\nlogin.policy = "multi"\n')
    const { out, err, code } = await rookery(folder, ['config'], {
      ROOKERY_MASTER_KEY: 'ab'.repeat(32),
      ROOKERY_HOTS: 'x',
    })
    expect(code).toBe(0)
    expect(out).toMatch(/server\.port +4000 +\S+rookery\.toml/)
    expect(out).toMatch(/settings\.login\.policy +multi/)
    expect(out).toContain('from ROOKERY_MASTER_KEY (hidden)')
    expect(out).not.toContain('abab')
    expect(err).toContain('did you mean ROOKERY_HOST?')
    const json = JSON.parse((await rookery(folder, ['config', '--json', '--all'])).out)
    expect(json.values).toContainEqual({ key: 'settings.account.max', value: 0, from: 'default' })
  })

  test('a wrong configuration stops every command with the reason', async () => {
    writeFileSync(join(folder, 'rookery.toml'), '[server]\nprot = 4000\n')
    for (const words of [['app', 'list'], ['config']]) {
      const { code, err } = await rookery(folder, words)
      expect(code).toBe(1)
      expect(err).toContain('did you mean server.port?')
    }
  })
})

interface Place {
  readonly folder: string
  readonly run: (...words: string[]) => Promise<Outcome>
}

async function ok(place: Place, ...words: string[]): Promise<string> {
  const { code, out, err } = await place.run(...words)
  if (code !== 0) throw new Error(`${words.join(' ')}: ${code} ${err}`)
  return out
}

function operatorStory(place: () => Place): void {
  const json = async (...words: string[]) => JSON.parse(await ok(place(), ...words, '--json'))
  let app = ''
  let firstKey = ''

  test('an app is made with a key that is shown once', async () => {
    const created = await json('app', 'create', 'Chat & more', '--sdkappid', '1400000099')
    app = String(created.appId)
    firstKey = created.keyId
    expect(created).toEqual({
      appId: 1400000099,
      keyId: firstKey,
      secret: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    const shown = [
      await ok(place(), 'app', 'list'),
      await ok(place(), 'app', 'show', app),
      await ok(place(), 'key', 'list', app),
      await ok(place(), 'audit', 'list', app),
    ].join('\n')
    expect(shown).toContain('Chat & more')
    expect(shown).not.toContain(created.secret)
  })

  test('it is renamed and set', async () => {
    await ok(place(), 'app', 'rename', app, 'Talk')
    expect(await ok(place(), 'app', 'set', app, 'login.policy', 'multi')).toBe('login.policy is multi now.\n')
    await ok(place(), 'app', 'set', app, 'account.max', '5')
    await ok(place(), 'app', 'set', app, 'status.enabled', 'false')
    expect(await json('app', 'show', app)).toMatchObject({
      name: 'Talk',
      settings: { 'login.policy': 'multi', 'account.max': 5, 'status.enabled': false },
    })
    expect(await ok(place(), 'app', 'settings', app)).toMatch(/login\.policy +multi +app/)
    await ok(place(), 'app', 'unset', app, 'account.max')
    expect((await json('app', 'show', app)).settings).not.toHaveProperty('account.max')
    for (const [key, value] of [
      ['login.policy', 'all'],
      ['no.such', '1'],
      ['account.max', 'many'],
      ['rest.timeoutMs', '500'],
    ] as const) {
      const refused = await place().run('app', 'set', app, key, value)
      expect([key, refused.code]).toEqual([key, 1])
      expect(refused.err).toContain(key)
    }
    await ok(place(), 'app', 'origins', app, '--set', 'https://a.example.org,http://localhost:3000')
    expect(await json('app', 'origins', app)).toEqual({
      origins: ['https://a.example.org', 'http://localhost:3000'],
    })
    await ok(place(), 'app', 'origins', app, '--set', '')
    expect(await json('app', 'origins', app)).toEqual({ origins: [] })
  })

  test('its keys are added, rotated, narrowed and revoked', async () => {
    const { folder } = place()
    writeFileSync(join(folder, 'secret'), `${'s'.repeat(40)}\n`)
    const added = await json('key', 'add', app, '--secret-file', join(folder, 'secret'), '--no-admin')
    expect(added).toEqual({ keyId: added.keyId, state: 'accepted' })
    const rotated = await json('key', 'rotate', app, '--accept-for', '2h')
    expect(rotated).toMatchObject({ state: 'current', old: { keyId: firstKey } })
    expect(rotated.old.acceptUntil - Date.now() / 1000).toBeGreaterThan(7100)
    await ok(place(), 'key', 'set', app, rotated.keyId, '--admin', 'off')
    await ok(place(), 'key', 'revoke', app, firstKey, '--yes')
    const keys = await json('key', 'list', app)
    const states = keys.map((key: { keyId: string; state: string; mayMintAdmin: boolean }) => [
      key.keyId,
      key.state,
      key.mayMintAdmin,
    ])
    expect(states).toEqual([
      [rotated.keyId, 'current', false],
      [added.keyId, 'accepted', false],
      [firstKey, 'revoked', true],
    ])
    expect((await place().run('key', 'rotate', app, '--accept-for', 'soon')).err).toContain(
      '--accept-for takes seconds',
    )
  })

  test('admins are appointed, narrowed, switched off and dismissed', async () => {
    expect(
      await ok(place(), 'admin', 'appoint', app, 'root', '--scopes', 'openim,im_open_login_svc'),
    ).toContain('created')
    await ok(
      place(),
      'admin',
      'set',
      app,
      'root',
      '--state',
      'off',
      '--addresses',
      '10.0.0.0/8',
      '--max-ticket-lifetime',
      '10m',
    )
    expect(await json('admin', 'list', app)).toMatchObject([
      {
        userId: 'root',
        disabled: true,
        scopes: ['openim', 'im_open_login_svc'],
        addresses: ['10.0.0.0/8'],
        maxTicketLifetime: 600,
        createdBy: expect.stringMatching(/^cli:./),
      },
    ])
    expect((await place().run('admin', 'appoint', app, 'x', '--scopes', 'nope')).err).toContain(
      'no command family nope',
    )
    await ok(place(), 'admin', 'dismiss', app, 'root')
    expect(await json('admin', 'list', app)).toEqual([])
  })

  test('users are imported, listed, shown, kicked, blocked and deleted', async () => {
    for (const name of ['bo', 'ana', "o'hara; drop table account"])
      await ok(place(), 'user', 'import', app, name)
    expect(await ok(place(), 'user', 'import', app, 'ana', '--nick', 'Ana\u001b[31m')).toContain('up to date')
    const listed = await ok(place(), 'user', 'list', app)
    expect(listed).not.toContain('\u001b')
    expect(
      (await json('user', 'list', app, '--limit', '2')).users.map((user: { userId: string }) => user.userId),
    ).toEqual(['ana', 'bo'])
    expect(await json('user', 'list', app, '--after', 'bo')).toMatchObject({ more: false })
    const { validAfter } = await json('user', 'kick', app, 'ana')
    expect(Math.floor(Date.now() / 1000)).toBeGreaterThan(validAfter)
    await ok(place(), 'user', 'block', app, 'ana')
    expect(await ok(place(), 'user', 'block', app, 'ana')).toContain('already')
    expect(await json('user', 'show', app, 'ana')).toMatchObject({ blocked: true, validAfter, sessions: [] })
    await ok(place(), 'user', 'unblock', app, 'ana')
    await ok(place(), 'user', 'delete', app, 'ana', '--yes')
    for (const words of [['show'], ['kick'], ['block'], ['unblock'], ['delete', '--yes']]) {
      const [word = '', ...more] = words
      const refused = await place().run('user', word, app, 'ana', ...more)
      expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('There is no account ana') })
    }
    expect((await place().run('user', 'import', app, '@TGS#1')).err).toContain('reserved')
  })

  test('the audit log tells all of it and verifies', async () => {
    const { rows } = await json('audit', 'list', app, '--limit', '200')
    const actions = new Set(rows.map((row: { action: string }) => row.action))
    for (const action of [
      'app/create',
      'app/rename',
      'app/set',
      'app/origins',
      'key/add',
      'key/rotate',
      'key/set',
      'key/revoke',
      'admin/appoint',
      'admin/set',
      'admin/dismiss',
      'account/import',
      'account/kick',
      'account/block',
      'account/unblock',
      'account/delete',
    ])
      expect(actions).toContain(action)
    expect(JSON.stringify(rows)).not.toContain('s'.repeat(40))
    expect((await json('audit', 'verify'))[0]).toMatchObject({ app: 1400000099, rows: rows.length })
    expect(await ok(place(), 'audit', 'list', app, '--limit', '1')).toContain(`--before ${rows.length}`)
  })

  test('the app is disabled, enabled, its tickets made invalid, and deleted', async () => {
    await ok(place(), 'app', 'disable', app)
    expect((await place().run('app', 'disable', app)).err).toContain('disabled already')
    await ok(place(), 'app', 'enable', app)
    await ok(place(), 'app', 'invalidate-tickets', app, '--yes')
    expect((await place().run('app', 'delete', app, '--yes')).err).toContain('rookery app disable')
    await ok(place(), 'app', 'disable', app)
    await ok(place(), 'app', 'delete', app, '--yes')
    expect((await place().run('app', 'show', app)).err).toContain('There is no app with SDKAppID')
    expect((await json('audit', 'verify', app))[0].rows).toBeGreaterThan(20)
  })
}

describe('on a data folder that no server uses', () => {
  let folder: string
  beforeAll(() => {
    folder = freshFolder()
  })
  afterAll(() => remove(folder))

  test('the commands work on it', async () => {
    const place = { folder, run: (...words: string[]) => rookery(folder, words) }
    const { appId } = JSON.parse(await ok(place, 'app', 'create', 'Chat', '--json'))
    const app = String(appId)
    await ok(place, 'app', 'set', app, 'login.policy', 'multi')
    await ok(place, 'admin', 'appoint', app, 'root')
    await ok(place, 'key', 'rotate', app)
    expect(await ok(place, 'user', 'list', app)).toContain('root')
    expect(await ok(place, 'app', 'settings', app)).toMatch(/login\.policy +multi +app/)
    expect((await place.run('key', 'revoke', app, 'k-none', '--yes')).err).toContain('has no key k-none')
    expect(JSON.parse(await ok(place, 'audit', 'verify', '--json'))).toMatchObject([{ app: appId, rows: 4 }])
  })

  test('what is made is for its owner only', () => {
    const made = join(folder, '.rookery')
    for (const path of [made, join(made, 'data')]) expect(statSync(path).mode & 0o077).toBe(0)
    for (const name of readdirSync(join(made, 'data')))
      expect(statSync(join(made, 'data', name)).mode & 0o077).toBe(0)
    expect(statSync(join(made, 'master.key')).mode & 0o777).toBe(0o600)
  })

  test('a tampered audit log does not verify', async () => {
    const database = openDatabase(join(folder, '.rookery/data'), 'write')
    database.run("update audit set actor = 'cli:nobody' where no = 2")
    database.close()
    const { code, err } = await rookery(folder, ['audit', 'verify'])
    expect(code).toBe(1)
    expect(err).toContain('row 2: its content was changed')
  })

  test('without its master key, or with another one, nothing works and nothing is made', async () => {
    const file = join(folder, '.rookery/master.key')
    const key = readFileSync(file, 'utf8')
    const other = await rookery(folder, ['app', 'list'], { ROOKERY_MASTER_KEY: '00'.repeat(32) })
    expect(other).toMatchObject({ code: 1, err: expect.stringContaining('belongs to this data folder') })
    chmodSync(file, 0o644)
    expect((await rookery(folder, ['app', 'list'])).err).toContain(`chmod 600 ${file}`)
    rmSync(file)
    expect((await rookery(folder, ['app', 'list'])).err).toContain('The master key is missing')
    writeFileSync(file, key, { mode: 0o600 })
    expect((await rookery(folder, ['app', 'list'])).code).toBe(0)
  })

  test('two commands at once wait for each other', async () => {
    const outcomes = await Promise.all(['a', 'b', 'c'].map(name => rookery(folder, ['app', 'create', name])))
    expect(outcomes.map(({ code, err }) => [code, err])).toEqual([
      [0, ''],
      [0, ''],
      [0, ''],
    ])
  })
})

describe('in a running server', () => {
  let folder: string
  let server: Bun.Subprocess<'ignore', 'pipe', 'pipe'>

  beforeAll(async () => {
    folder = freshFolder()
    server = Bun.spawn([process.execPath, ENTRY, 'serve', '--port', '0'], {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ROOKERY_DRAIN_SECONDS: '0' },
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'pipe',
    })
    await textUntil(server.stdout, 'Rookery is running at')
  })
  afterAll(async () => {
    server.kill('SIGTERM')
    expect(await server.exited).toBe(0)
    expect(readdirSync(join(folder, '.rookery/data'))).not.toContain('rookery.sock')
    remove(folder)
  })

  test('its socket and its files are for their owner only', () => {
    const data = join(folder, '.rookery/data')
    expect(statSync(join(data, 'rookery.sock')).mode & 0o777).toBe(0o600)
    for (const name of readdirSync(data))
      expect([name, statSync(join(data, name)).mode & 0o077]).toEqual([name, 0])
  })

  operatorStory(() => ({ folder, run: (...words) => rookery(folder, words) }))

  test('a second server on the folder is refused by name of the first', async () => {
    const { code, err } = await rookery(folder, ['serve', '--port', '0'])
    expect(code).toBe(1)
    expect(err).toContain(`process id ${server.pid}`)
  })

  test.each([
    ['no JSON', '{', 'no JSON'],
    [
      'an unknown command',
      JSON.stringify({ command: 'x', args: {}, actor: 'cli:a', version: '0.1.0' }),
      'no command "x"',
    ],
    [
      'no actor',
      JSON.stringify({ command: 'app list', args: {}, actor: 'x', version: '0.1.0' }),
      'no command',
    ],
    [
      'another version',
      JSON.stringify({ command: 'app list', args: {}, actor: 'cli:a', version: '9' }),
      'version',
    ],
    [
      'wrong arguments',
      JSON.stringify({ command: 'app show', args: { appId: 'x' }, actor: 'cli:a', version: '0.1.0' }),
      'app show: appId',
    ],
  ])('the socket refuses %s and goes on', async (_, body, text) => {
    const unix = join(folder, '.rookery/data/rookery.sock')
    const response = await fetch('http://operator/', { unix, method: 'POST', body } as RequestInit)
    const reply = (await response.json()) as { ok: boolean; info: string }
    expect(reply.ok).toBe(false)
    expect(reply.info).toContain(text)
  })
})

/** Resolves when the text has come; reads on, for a program whose output nobody takes can't go on. */
function textUntil(stream: ReadableStream<Uint8Array>, wanted: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const decoder = new TextDecoder()
    let text = ''
    const read = async () => {
      for await (const chunk of stream) {
        text += decoder.decode(chunk)
        if (text.includes(wanted)) resolve()
      }
      reject(new Error(`The server ended without "${wanted}": ${text}`))
    }
    void read()
  })
}
