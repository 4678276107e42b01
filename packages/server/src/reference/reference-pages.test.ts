import { afterAll, beforeAll, expect, test } from 'bun:test'
import { commands } from '../commands/command-table.ts'
import { startTestServer, type TestServer } from '../testing/test-server.ts'
import { openApiDocument } from './openapi.ts'
import { referencePage } from './reference-page.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer()
})

afterAll(() => server.stop())

const get = (path: string, headers: Record<string, string> = {}) => fetch(`${server.url}${path}`, { headers })

test('the OpenAPI document is served as JSON and names every command', async () => {
  const response = await get('/openapi.json')
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
  const document = (await response.json()) as { openapi: string; paths: object }
  expect(document.openapi).toBe('3.1.0')
  expect(Object.keys(document.paths)).toContain('/v4/im_open_login_svc/kick')
})

test('the reference shows every command of both doors with its fields and codes', async () => {
  const page = await (await get('/docs')).text()
  for (const command of commands) {
    if (command.http === 'admin') expect(page).toContain(`<article id="${command.name}"`)
    if (command.socket) expect(page).toContain(`<article id="ws:${command.name}"`)
    for (const field of Object.keys(command.request.properties))
      expect(page).toContain(`<code>${field}</code>`)
    for (const code of command.errors) expect(page).toContain(`>${code}</code>`)
  }
  expect(page).toContain('<article id="ws:session/login"')
})

test('every link of the reference leads to a place on it or to a path that is served', async () => {
  const page = await (await get('/docs')).text()
  const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(match => match[1]))
  expect(ids.size).toBe([...page.matchAll(/ id="/g)].length)
  for (const [, target = ''] of page.matchAll(/ (?:href|src)="([^"]+)"/g))
    if (target.startsWith('#'))
      expect({ target, there: ids.has(target.slice(1)) }).toEqual({ target, there: true })
    else expect({ target, status: (await get(target)).status }).toEqual({ target, status: 200 })
})

test('the pages load nothing from elsewhere and run nothing inline', async () => {
  for (const path of ['/docs', '/docs/', '/docs/reference.css', '/docs/reference.js', '/openapi.json']) {
    const response = await get(path)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-security-policy')).toStartWith("default-src 'none'; ")
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(response.headers.get('x-frame-options')).toBe('DENY')
  }
  const page = await (await get('/docs')).text()
  expect(page).not.toMatch(/<style|<script>| on\w+="| style="|(?:src|href)="(?:https?:)?\/\//)
})

test('text of the table cannot break out of the page', () => {
  const [first] = commands.filter(command => command.http === 'admin')
  if (!first) throw new Error('no command')
  const page = referencePage(openApiDocument([{ ...first, summary: '</p><script>alert(1)</script> "&' }]))
  expect(page).not.toContain('<script>alert')
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt; &quot;&amp;')
})

test('pages are packed for whoever takes gzip, and answered to HEAD without a body', async () => {
  const response = await fetch(`${server.url}/docs`, {
    headers: { 'accept-encoding': 'gzip' },
    decompress: false,
  })
  expect(response.headers.get('content-encoding')).toBe('gzip')
  expect(response.headers.get('vary')).toBe('accept-encoding')
  const packed = new Uint8Array(await response.arrayBuffer())
  expect(new TextDecoder().decode(Bun.gunzipSync(packed))).toContain('<!doctype html>')
  const head = await fetch(`${server.url}/docs`, { method: 'HEAD' })
  expect(head.status).toBe(200)
  expect(await head.text()).toBe('')
})
