import { createExampleApp } from './example-app.ts'

// The app server as a program of its own, beside a Rookery that runs elsewhere:
//   SDKAPPID=… SECRETKEY=… ROOKERY_URL=https://chat.example.org bun examples/chat/server/main.ts

const { SDKAPPID, SECRETKEY, ROOKERY_URL, MEDIA_ORIGINS = '' } = process.env
const { DATA_FOLDER = '.rookery/example-chat', PORT = '8090' } = process.env
if (!Number(SDKAPPID) || !SECRETKEY || !ROOKERY_URL) {
  console.error(
    'Set SDKAPPID, SECRETKEY and ROOKERY_URL (and DATA_FOLDER, PORT where the defaults do not fit).',
  )
  process.exit(2)
}

const app = await createExampleApp({
  sdkAppId: Number(SDKAPPID),
  secretKey: SECRETKEY,
  dataFolder: DATA_FOLDER,
  rookeryUrl: ROOKERY_URL,
  mediaOrigins: MEDIA_ORIGINS.split(/\s+/).filter(it => it !== ''),
  warn: text => console.warn(text),
})
const server = Bun.serve({
  hostname: '127.0.0.1',
  port: Number(PORT),
  development: false,
  async fetch(request, server) {
    const url = new URL(request.url)
    const answer = await app.pages(request, url, server.requestIP(request)?.address ?? '')
    return answer ?? new Response('The example is at /example/.', { status: 404 })
  },
})
console.log(`The example chat is at ${server.url}example/`)
for (const { userID, password } of app.demoUsers) console.log(`  ${userID.padEnd(6)} ${password}`)
