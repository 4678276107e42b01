import { RookeryProcess } from '/work/main/tests/browser/rookery-process.ts'
import { launchChromium } from '/work/main/tests/browser/chromium.ts'
import { mkdirSync } from 'node:fs'
const OUT = '/tmp/shots'; mkdirSync(OUT, { recursive: true })
const house = new RookeryProcess()
const [browser] = await Promise.all([launchChromium(), house.start()])
const link = /(\S+\/console\/#setup=\S+)/.exec(house.output)?.[1] ?? ''
console.log(house.output)
const app = house.sdkAppId
const PW = 'correct horse battery'
const ctx0 = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' })
const p0 = await ctx0.newPage()
await p0.goto(link); await p0.getByRole('heading', { level: 1 }).waitFor(); await p0.screenshot({ path: `${OUT}/00-setup.png` })
await p0.getByLabel('Name').fill('ada'); await p0.getByLabel('Password', { exact: true }).fill(PW); await p0.getByLabel('Password again').fill(PW)
await p0.getByRole('button', { name: 'Create login' }).click(); await p0.getByRole('heading', { name: 'Apps' }).waitFor()
const call = (command: string, args: object, password?: string) => p0.evaluate(async ([command, args, password]) => (await (await fetch('/console/api/run', { method: 'POST', headers: { 'content-type': 'application/json', 'x-rookery-console': '1' }, body: JSON.stringify({ command, args, password }) })).json()), [command, args, password] as const)
await call('app create', { name: '企鹅之家 (staging)' })
const made: any = await call('app create', { name: 'Penguins of the north with a rather long name' })
await call('app disable', { appId: made.result.appId })
await call('key add', { appId: app }, PW)
await call('key rotate', { appId: app, acceptFor: '7d' }, PW)
await call('admin appoint', { appId: app, userId: 'backend', scopes: ['openim', 'im_open_login_svc'], addresses: ['10.0.0.0/8'], maxTicketLifetime: '10m' }, PW)
for (const u of ['alice', 'bob', 'carol', 'a-user-with-a-rather-long-name-x']) await call('user import', { appId: app, userId: u, nick: u.toUpperCase() })
await call('user block', { appId: app, userId: 'bob' })
await call('app set', { appId: app, key: 'login.webInstances', value: '3' })
const sig: any = await call('usersig sign', { appId: app, userId: 'alice' })
await call('operator create-link', { name: 'bert', role: 'viewer' }, PW)
const ws = new WebSocket(`${house.url.replace('http', 'ws')}/ws`)
await new Promise(r => ws.addEventListener('open', r)); ws.send(JSON.stringify({ id: 1, cmd: 'session/login', body: { sdkappid: app, identifier: 'alice', usersig: sig.result.userSig } }))
await new Promise(r => ws.addEventListener('message', r, { once: true }))
const state = await ctx0.storageState()
const rooms = [['apps', '/'], ['overview', `/apps/${app}`], ['keys', `/apps/${app}/keys`], ['admins', `/apps/${app}/admins`], ['accounts', `/apps/${app}/accounts`], ['usersig', `/apps/${app}/usersig`], ['settings', `/apps/${app}/settings`], ['audit', `/apps/${app}/audit`], ['operators', '/operators']]
for (const [name, width, height, scheme, locale] of [['wide-light', 1280, 850, 'light', 'en-GB'], ['wide-dark', 1280, 850, 'dark', 'zh-CN'], ['narrow-light', 360, 740, 'light', 'en-GB'], ['narrow-dark', 360, 740, 'dark', 'zh-CN']] as const) {
  const ctx = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, locale, storageState: state, reducedMotion: 'reduce' })
  const page = await ctx.newPage()
  page.on('console', m => m.type() === 'error' && console.log(name, m.text()))
  page.on('pageerror', e => console.log(name, String(e)))
  for (const [room, path] of rooms) {
    await page.goto(`${house.url}/console${path}`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.locator('[aria-busy=true]').waitFor({ state: 'detached' })
    if (room === 'usersig') {
      await page.getByLabel('UserSig', { exact: true }).fill(sig.result.userSig)
      await page.locator('button[type=submit]').last().click()
      await page.locator('[data-check]').first().waitFor()
    }
    await page.waitForTimeout(150)
    await page.screenshot({ path: `${OUT}/${name}-${room}.png`, fullPage: name.startsWith('narrow') ? false : false })
    if (name.startsWith('narrow') && ['usersig', 'keys', 'overview'].includes(room!)) await page.screenshot({ path: `${OUT}/${name}-${room}-full.png`, fullPage: true })
  }
  // dialogs
  await page.goto(`${house.url}/console/apps/${app}/keys`)
  await page.locator('main button').nth(1).waitFor(); await page.locator('main button').nth(1).click(); await page.getByRole('dialog').waitFor(); await page.waitForTimeout(300)
  await page.screenshot({ path: `${OUT}/${name}-dialog-rotate.png` })
  await page.goto(`${house.url}/console/apps/${app}/accounts`)
  await page.getByRole('button', { name: /alice/ }).click(); await page.getByRole('dialog').waitFor(); await page.locator('[role=dialog] time').first().waitFor(); await page.waitForTimeout(300)
  await page.screenshot({ path: `${OUT}/${name}-drawer.png` })
  if (name.startsWith('narrow')) { await page.goto(`${house.url}/console/apps/${app}`); await page.getByRole('heading', { level: 1 }).waitFor(); await page.locator('header button').first().click(); await page.waitForTimeout(300); await page.screenshot({ path: `${OUT}/${name}-nav.png` }) }
  await page.goto(`${house.url}/console/apps/${app}/admins`)
  await page.locator('main button').first().waitFor(); await page.locator('main button').first().click(); await page.getByRole('dialog').waitFor(); await page.waitForTimeout(300)
  await page.screenshot({ path: `${OUT}/${name}-dialog-admin.png` })
  await ctx.close()
}
const out = await browser.newContext({ viewport: { width: 360, height: 740 }, colorScheme: 'dark', locale: 'zh-CN' })
const po = await out.newPage(); await po.goto(`${house.url}/console/`); await po.getByRole('heading', { level: 1 }).waitFor(); await po.screenshot({ path: `${OUT}/01-signin.png` })
ws.close()
await browser.close(); await house.remove()
