/**
 * What an application with socket.io writes that keeps its messages: a signed token at the door, a room for each user, one insert a
 * message that is on the disk before the acknowledgement, then the delivery.
 * Its environment: PORT, DATABASE (a file to be made) and KEY (base64, for the tokens).
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import Database from 'better-sqlite3'
import { Server } from 'socket.io'

const { PORT, DATABASE, KEY } = process.env
const key = Buffer.from(KEY, 'base64')

const database = new Database(DATABASE)
database.pragma('journal_mode = WAL')
database.pragma('synchronous = FULL')
database.exec(
  'create table message (id integer primary key, sender text not null, target text not null, body text not null, at integer not null)',
)
const insert = database.prepare('insert into message (sender, target, body, at) values (?, ?, ?, ?)')

const http = createServer()
const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false, serveClient: false })

io.use((socket, next) => {
  const user = userOf(String(socket.handshake.auth.token))
  if (user === undefined) next(new Error('The token is not valid.'))
  else {
    socket.data.user = user
    next()
  }
})
io.on('connection', socket => {
  const { user } = socket.data
  socket.join(`u/${user}`)
  socket.on('join', (group, ack) => {
    socket.join(`g/${group}`)
    ack()
  })
  socket.on('send', ({ number, to, text }, ack) => {
    const { lastInsertRowid: id } = insert.run(user, to, text, Date.now())
    socket.to(to).emit('message', { number, id, from: user, text })
    ack(id)
  })
})
http.listen(Number(PORT), '127.0.0.1', 1024)

process.once('SIGTERM', () => {
  database.close()
  process.exit(0)
})

/** The user that an HS256 token (RFC 7519) names, if its signature and its expiry hold. */
function userOf(token) {
  const [head, body = '', signature = ''] = token.split('.')
  const expected = createHmac('sha256', key).update(`${head}.${body}`).digest()
  const given = Buffer.from(signature, 'base64url')
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined
  const { sub, exp } = JSON.parse(Buffer.from(body, 'base64url').toString())
  return exp * 1000 > Date.now() ? sub : undefined
}
