import { putNumber, TEXT } from '../../pair.ts'
import { numberAt } from '../../pulling-receiver.ts'
import type { MessageTaker, PeerClient, Target } from '../peer-client.ts'
import { StreamSocket } from '../stream-socket.ts'
import type { SaslLogin } from './sasl.ts'
import { Stanzas } from './stanzas.ts'

export const DOMAIN = 'localhost'
export const ROOMS = 'rooms.localhost'

const FIRST_ID = 1_000_000_000
const ID = Buffer.from(' id=')
const HANDLED = Buffer.from(' h=')
const SM = 'urn:xmpp:sm:3'
const STREAM = `<?xml version='1.0'?><stream:stream to='${DOMAIN}' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>`
const FEATURES_END = '</stream:features>'
const [LETTER_A, LETTER_M, LETTER_R, LETTER_S] = [0x61, 0x6d, 0x72, 0x73]
const ERROR_END = Buffer.from('</error>')
const SPACE = 0x20

/**
 * XMPP over TCP (RFC 6120). A message is acknowledged with stream management (XEP-0198), which the sender asks for with each; only
 * connections that send have it.
 */
export class XmppClient implements PeerClient {
  taker: MessageTaker | undefined
  readonly #user: string
  readonly #stanzas: Stanzas
  #socket: StreamSocket | undefined
  /** What came during the login, until it is over. */
  #opening: string | undefined = ''
  #wait: { readonly has: (text: string) => boolean; resolve(text: string): void } | undefined
  #failed: ((error: Error) => void) | undefined
  #isManaged = false
  /** Stanzas that came since the management of the stream began. */
  #handled = 0
  #acked = 0

  private constructor(user: string) {
    this.#user = user
    this.#stanzas = new Stanzas({
      stanza: (bytes, start, end) => this.#stanza(bytes, start, end),
      broken: text => this.lost(`the stream ended: ${text.slice(0, 200)}`),
    })
  }

  /** Logs in, binds a resource and is available. */
  static async open(port: number, user: string, login: SaslLogin): Promise<XmppClient> {
    const client = new XmppClient(user)
    client.#socket = await StreamSocket.open(port, client)
    await client.#ask(STREAM, text => text.includes(FEATURES_END))
    await client.#authenticate(login)
    await client.#ask(STREAM, text => text.includes(FEATURES_END))
    const bind = `<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>x</resource></bind></iq>`
    const bound = await client.#ask(bind, text => text.includes('</iq>'))
    if (!bound.includes('<jid>')) throw new Error(`XMPP: no resource was bound: ${bound}`)
    // Available when the server shows it its own presence (RFC 6121, 4.2.2): before, messages would be kept for later.
    await client.#ask('<presence/>', text => text.includes('<presence'))
    client.#opening = undefined
    return client
  }

  async join(group: string): Promise<void> {
    // The room's subject is the last that a join brings (XEP-0045, 7.2).
    await this.#ask(
      `<presence to='${group}@${ROOMS}/${this.#user}'><x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/></x></presence>`,
      text => text.lastIndexOf('</message>') > text.lastIndexOf('<subject') && text.includes('<subject'),
    )
    this.#opening = undefined
  }

  async sender(target: Target): Promise<(number: number) => void> {
    await this.#ask(`<enable xmlns='${SM}'/>`, text => /<enabled[^>]*>/.test(text))
    this.#opening = undefined
    this.#isManaged = true
    const [to, type] =
      'user' in target ? [`${target.user}@${DOMAIN}`, 'chat'] : [`${target.group}@${ROOMS}`, 'groupchat']
    const frame = Buffer.from(
      `<message to='${to}' type='${type}' id='${FIRST_ID}'><body>${TEXT}</body></message><r xmlns='${SM}'/>`,
    )
    const idAt = frame.indexOf(ID) + ID.length + 1
    return number => {
      putNumber(frame, idAt, FIRST_ID + number)
      this.#socket?.write(frame)
    }
  }

  close(): void {
    this.#socket?.close()
  }

  lost(reason: string): void {
    this.#failed?.(new Error(`XMPP, ${this.#user}: ${reason}`))
    this.taker?.lost(reason)
  }

  received(chunk: Buffer): void {
    if (this.#opening === undefined) {
      this.#stanzas.add(chunk)
      return
    }
    this.#opening += chunk.toString()
    const wait = this.#wait
    // No stanza may be cut in two, of which the rest would come later.
    if (!(this.#opening.endsWith('>') && wait?.has(this.#opening))) {
      if (/<(stream:error|failure|failed)[ >]/.test(this.#opening)) this.lost(this.#opening)
      return
    }
    const text = this.#opening
    this.#opening = ''
    this.#wait = undefined
    wait.resolve(text)
  }

  async #authenticate({ mechanism, first, answer }: SaslLogin): Promise<void> {
    const sasl = `xmlns='urn:ietf:params:xml:ns:xmpp-sasl'`
    const settled = (text: string) => /<\/challenge>|<success[^>]*(\/>|>.*<\/success>)/.test(text)
    const text = await this.#ask(
      `<auth ${sasl} mechanism='${mechanism}'>${Buffer.from(first).toString('base64')}</auth>`,
      settled,
    )
    const [, challenge] = /<challenge[^>]*>([^<]*)</.exec(text) ?? []
    if (challenge === undefined) return
    const response = answer(Buffer.from(challenge, 'base64').toString())
    await this.#ask(
      `<response ${sasl}>${Buffer.from(response).toString('base64')}</response>`,
      text => text.includes('<success') && settled(text),
    )
  }

  /** Writes, and resolves with what came when that has the answer. */
  #ask(text: string, has: (text: string) => boolean): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#opening = ''
      this.#wait = { has, resolve }
      this.#failed = reject
      this.#socket?.write(text)
    })
  }

  #stanza(bytes: Buffer, start: number, end: number): void {
    const [first, second] = [bytes[start + 1], bytes[start + 2]]
    if (second === SPACE && first === LETTER_A) this.#answered(bytes, start)
    else if (second === SPACE && first === LETTER_R)
      this.#socket?.write(`<a xmlns='${SM}' h='${this.#handled}'/>`)
    else {
      if (this.#isManaged) this.#handled++
      if (first === LETTER_M) this.#message(bytes, start, end)
      else if (first === LETTER_S) this.lost(bytes.toString('utf8', start, end))
    }
  }

  #message(bytes: Buffer, start: number, end: number): void {
    const idAt = bytes.indexOf(ID, start)
    const number = numberAt(bytes, idAt + ID.length + 1) - FIRST_ID
    if (idAt < 0 || idAt > end || number < 0 || hasError(bytes, end))
      this.lost(`instead of a message of the load: ${bytes.toString('utf8', start, end)}`)
    else this.taker?.delivered(number)
  }

  /** The server counts what it handled since the management began. */
  #answered(bytes: Buffer, start: number): void {
    const handled = numberAt(bytes, bytes.indexOf(HANDLED, start) + HANDLED.length + 1)
    if (handled <= this.#acked) return
    this.#acked = handled
    this.taker?.acked(handled - 1)
  }
}

/** Of a stanza that ends here: the error is the last element of it. */
function hasError(bytes: Buffer, end: number): boolean {
  const at = end - '</message>'.length - ERROR_END.length
  return at >= 0 && bytes.compare(ERROR_END, 0, ERROR_END.length, at, at + ERROR_END.length) === 0
}
