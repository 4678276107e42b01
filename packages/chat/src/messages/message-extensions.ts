import type { CallOptions, ReplyBody } from '../connection/request-table.ts'
import { TYPES } from '../constants/types.ts'
import { contentsOf, isContent, numberOf, textOf } from './content.ts'
import type { Inbox } from './inbox.ts'
import type { Message } from './message.ts'
import { asMessage, keyOf } from './message-actions.ts'

/** 300 pairs a message at 200 an answer (rest-1 section 4.12). */
const MAX_PAGES = 3

interface Pair {
  readonly Key: string
  readonly Value: string
  readonly Seq: number
}

export interface MessageExtensionsOptions {
  readonly inbox: Inbox
  readonly call: (cmd: string, body: unknown, options?: CallOptions) => Promise<ReplyBody>
}

/** Key-values on messages: sdk-1 section 13.1. */
export class MessageExtensions {
  readonly #options: MessageExtensionsOptions

  constructor(options: MessageExtensionsOptions) {
    this.#options = options
  }

  /** `code` 0, or 23001 with the value that the server has: somebody else changed the key meanwhile. */
  async set(value: unknown, extensions: unknown) {
    const message = asMessage(value)
    const { extensions: versions } = this.#options.inbox
    const list = contentsOf(extensions).map(it => {
      // The newest store writes the second pair of names.
      const key = textOf(it.key ?? it.extensionKey)
      return { Key: key, Value: textOf(it.value ?? it.extensionValue), Seq: versions.of(message, key) }
    })
    const results = await this.#change(message, 1, list)
    return results.map(({ code, pair }) => ({ code, key: pair.Key, value: pair.Value }))
  }

  /** Without keys: all of them. */
  async delete(value: unknown, keys: unknown) {
    const message = asMessage(value)
    const { extensions: versions } = this.#options.inbox
    const names = Array.isArray(keys) ? keys.map(String) : []
    const list = names.map(key => ({ Key: key, Value: '', Seq: versions.of(message, key) }))
    const results = await this.#change(message, names.length > 0 ? 2 : 3, list)
    return results.map(({ code, pair }) => ({ code, key: pair.Key }))
  }

  async get(value: unknown, keys: unknown) {
    const message = asMessage(value)
    const wanted = Array.isArray(keys) && keys.length > 0 ? keys.map(String) : undefined
    const pairs = new Map<string, Pair>()
    let startSeq = 0
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const reply = await this.#options.call(`openim_msg_ext_http_svc/${prefixOf(message)}get_key_values`, {
        ...addressOf(message),
        StartSeq: startSeq,
      })
      for (const pair of pairsOf(reply.ExtensionList)) pairs.set(pair.Key, pair)
      if (reply.CompleteFlag !== 0) break
      startSeq = Math.max(startSeq, ...[...pairs.values()].map(pair => pair.Seq))
    }
    this.#options.inbox.extensions.learn(message, [...pairs.values()])
    return [...pairs.values()]
      .filter(pair => !wanted || wanted.includes(pair.Key))
      .map(pair => ({ key: pair.Key, value: pair.Value }))
  }

  async #change(message: Message, operateType: 1 | 2 | 3, list: readonly Pair[]) {
    const reply = await this.#options.call(
      `openim_msg_ext_http_svc/${prefixOf(message)}set_key_values`,
      { ...addressOf(message), OperateType: operateType, ...(operateType !== 3 && { ExtensionList: list }) },
      { resend: false },
    )
    const results = contentsOf(reply.ExtensionList).map(it => ({
      code: numberOf(it.ErrorCode),
      pair: pairOf(isContent(it.Extension) ? it.Extension : {}),
    }))
    const { inbox } = this.#options
    const changed = results.filter(it => it.code === 0).map(it => it.pair)
    inbox.emitExtensions(message, operateType, changed)
    inbox.extensions.learn(
      message,
      results.map(it => it.pair),
    )
    return results
  }
}

/** The group twins of the commands: rest-2 section 6.9. */
const prefixOf = (message: Message): string => (message.conversationType === TYPES.CONV_GROUP ? 'group_' : '')

function addressOf(message: Message) {
  if (message.conversationType === TYPES.CONV_GROUP) return { GroupId: message.to, MsgSeq: message.sequence }
  return { From_Account: message.from, To_Account: message.to, MsgKey: keyOf(message) }
}

function pairOf(value: Readonly<Record<string, unknown>>): Pair {
  return { Key: textOf(value.Key), Value: textOf(value.Value), Seq: numberOf(value.Seq) }
}

function pairsOf(value: unknown): readonly Pair[] {
  return contentsOf(value).map(pairOf)
}
