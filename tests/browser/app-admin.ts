import { createRequire } from 'node:module'

// The package has no types, and names its main file twice; Bun takes the first name, of a file that is not there.
const { Api } = createRequire(import.meta.url)('tls-sig-api-v2/TLSSigAPIv2.js') as {
  Api: new (sdkAppId: number, key: string) => { genUserSig(userId: string, expireSeconds: number): string }
}

/** An app's back end that knows nothing of Rookery: the public generator signs, plain HTTP calls. */
export class AppAdmin {
  readonly #url: string
  readonly #sdkAppId: number
  readonly #key: string

  constructor(url: string, sdkAppId: number, key: string) {
    this.#url = url
    this.#sdkAppId = sdkAppId
    this.#key = key
  }

  /** Throws with the answer when the call fails. */
  async call<T = unknown>(command: string, body: object): Promise<T> {
    const query = new URLSearchParams({
      sdkappid: String(this.#sdkAppId),
      identifier: 'administrator',
      usersig: new Api(this.#sdkAppId, this.#key).genUserSig('administrator', 600),
      random: String(Math.floor(Math.random() * 4294967296)),
      contenttype: 'json',
    })
    const response = await fetch(`${this.#url}/v4/${command}?${query}`, {
      method: 'POST',
      body: JSON.stringify(body),
    })
    const answer = (await response.json()) as { readonly ErrorCode: number; readonly ErrorInfo: string }
    if (answer.ErrorCode !== 0) throw new Error(`${command}: ${answer.ErrorCode} ${answer.ErrorInfo}`)
    return answer as T
  }

  async sendText(from: string, to: string, text: string): Promise<void> {
    await this.call('openim/sendmsg', {
      From_Account: from,
      To_Account: to,
      SyncOtherMachine: 1,
      MsgRandom: Math.floor(Math.random() * 4294967296),
      MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: text } }],
    })
  }
}
