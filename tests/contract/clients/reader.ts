import TencentCloudChat from '@rookery/chat'
import type { LoginAnswer, WireConversation, WireMessage } from '@rookery/protocol/wire'
import { SocketClient } from '@rookery/server/testing/socket-client'
import type { SeenMessage, SeenTip } from '../history/entry.ts'

/** A conversation as it was read, and up to where. */
export interface ReadConversation {
  readonly item: WireConversation
  readonly seq: number
  readonly changeNo: number
  readonly messages: ReadonlyMap<number, SeenMessage>
}

/** What a client knows of one user's conversations. */
export interface ReadState {
  readonly epoch: string
  readonly logNo: number
  /** By peer or group. */
  readonly conversations: ReadonlyMap<string, ReadConversation>
}

const PAGE = 100
const { TYPES } = TencentCloudChat

/** The node answered a reading command with a refusal. */
export class Refused extends Error {
  readonly code: number

  constructor(command: string, code: number, info: string) {
    super(`${command}: ${code} ${info}`)
    this.code = code
  }
}

/** A plain client that reads a user's conversations by the wire's own commands, without the SDK. */
export class Reader {
  readonly #client: SocketClient

  private constructor(client: SocketClient) {
    this.#client = client
  }

  /** Rejects with the refusal's `code`, or when no answer comes. */
  static async open(url: string, sdkappid: number, identifier: string, usersig: string): Promise<Reader> {
    const client = await withinPatience(SocketClient.open(`${url}/ws`))
    try {
      const answer = await client.call('session/login', { sdkappid, identifier, usersig, platform: 'Mac' })
      if (answer.ErrorCode !== 0) throw new Refused('session/login', answer.ErrorCode, answer.ErrorInfo)
      return new Reader(client)
    } catch (cause) {
      client.terminate()
      throw cause
    }
  }

  /** Everything, from nothing. */
  async snapshot(): Promise<ReadState> {
    const items: WireConversation[] = []
    let first: { readonly StoreEpoch: string; readonly LogNo: number } | undefined
    for (let cursor = ''; ; ) {
      const page = await this.#ok<
        Pick<LoginAnswer, 'StoreEpoch' | 'LogNo'> & { Items: WireConversation[]; NextCursor: string }
      >('sync/snapshot', cursor === '' ? {} : { Cursor: cursor })
      first ??= page
      items.push(...page.Items)
      cursor = page.NextCursor
      if (cursor === '') break
    }
    const conversations = new Map<string, ReadConversation>()
    for (const item of items)
      conversations.set(
        peerOfItem(item),
        await this.#pull({ item, seq: 0, changeNo: 0, messages: new Map() }, true),
      )
    return { epoch: first.StoreEpoch, logNo: first.LogNo, conversations }
  }

  /** The changes since `state`, put into it; undefined when the server wants a fresh snapshot. */
  async resume(state: ReadState): Promise<ReadState | undefined> {
    const conversations = new Map(state.conversations)
    for (let { epoch, logNo } = state; ; ) {
      const answer = await this.#ok<{
        Snapshot?: number
        StoreEpoch: string
        LogNo: number
        Items?: WireConversation[]
        More?: number
      }>('sync/resume', {
        Epoch: epoch,
        LogNo: logNo,
        Marks: [...conversations.values()].map(it => [it.item.ConvId, it.seq, it.changeNo]),
      })
      if (answer.Snapshot === 1) return undefined
      for (const item of answer.Items ?? []) {
        const present = conversations.get(peerOfItem(item))
        conversations.set(
          peerOfItem(item),
          await this.#pull(
            present ? { ...present, item } : { item, seq: 0, changeNo: 0, messages: new Map() },
            false,
          ),
        )
      }
      epoch = answer.StoreEpoch
      logNo = answer.LogNo
      if (answer.More !== 1) return { epoch, logNo, conversations }
    }
  }

  /** Applications to the groups that the user owns or helps to run. */
  async applications(): Promise<
    readonly { readonly group: string; readonly applicant: string; readonly isOpen: boolean }[]
  > {
    const items: { group: string; applicant: string; isOpen: boolean }[] = []
    for (let cursor = ''; ; ) {
      const page = await this.#ok<{
        Items: { GroupId: string; Applicant_Account: string; HandleAction?: string }[]
        NextCursor: string
      }>('group/applications', cursor === '' ? {} : { Cursor: cursor })
      items.push(
        ...page.Items.map(it => ({
          group: it.GroupId,
          applicant: it.Applicant_Account,
          isOpen: it.HandleAction === undefined,
        })),
      )
      cursor = page.NextCursor
      if (cursor === '') return items
    }
  }

  /** Ends the session, so that it takes no device's place. */
  async close(): Promise<void> {
    await this.#client.call('session/logout').catch(() => undefined)
    this.#client.terminate()
  }

  async #ok<T extends object>(command: string, body: unknown): Promise<T> {
    const answer = await this.#client.call(command, body)
    if (answer.ErrorCode !== 0) throw new Refused(command, answer.ErrorCode, answer.ErrorInfo)
    return answer as unknown as T
  }

  /** @param whole from the beginning, also when the item announces nothing new */
  async #pull(from: ReadConversation, whole: boolean): Promise<ReadConversation> {
    const { item } = from
    const messages = new Map(from.messages)
    let { seq, changeNo } = from
    for (let more = whole || seq < item.HeadSeq || changeNo < item.ChangeNo; more; ) {
      const page = await this.#ok<{
        Messages: WireMessage[]
        CoverSeq: number
        Changes: WireMessage[]
        CoverChangeNo: number
        More: number
      }>('sync/pull', {
        ...(item.Group ? { GroupId: item.Group.GroupId } : { To_Account: item.To_Account }),
        ConvId: item.ConvId,
        AfterSeq: seq,
        AfterChangeNo: changeNo,
        Limit: PAGE,
      })
      for (const m of [...page.Messages, ...page.Changes]) {
        const present = messages.get(m.Seq ?? 0)
        // A change of a message that is further up comes with it.
        if ((m.Seq ?? 0) > page.CoverSeq || (present && present.changeNo > (m.ChangeNo ?? 0))) continue
        messages.set(m.Seq ?? 0, seen(m))
      }
      if (page.More === 1 && page.CoverSeq === seq && page.CoverChangeNo === changeNo)
        throw new Error(`sync/pull of ${peerOfItem(item)} says that there is more and gives nothing.`)
      seq = page.CoverSeq
      changeNo = page.CoverChangeNo
      more = page.More === 1
    }
    // What came after the item is left to the next reading, which then brings the item that counts it.
    for (const above of messages.keys()) if (above > item.HeadSeq) messages.delete(above)
    return {
      item,
      seq: Math.min(seq, item.HeadSeq),
      changeNo: Math.min(changeNo, item.ChangeNo),
      messages,
    }
  }
}

/** A paused node takes a connection and never answers it. */
const OPEN_MS = 5_000

async function withinPatience(opening: Promise<SocketClient>): Promise<SocketClient> {
  let isLate = false
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      isLate = true
      reject(new Error('The node does not answer.'))
    }, OPEN_MS)
  })
  opening.then(
    client => {
      if (isLate) client.terminate()
    },
    () => undefined,
  )
  return Promise.race([opening, late]).finally(() => clearTimeout(timer))
}

export function seen(m: WireMessage): SeenMessage {
  const tip = tipOf(m)
  return {
    seq: m.Seq ?? 0,
    id: tip ? `${m.GroupId}-${m.Seq}-${m.MsgRandom}` : `${m.From_TinyID}-${m.MsgClientTime}-${m.MsgRandom}`,
    key: m.MsgKey,
    from: m.From_Account,
    text: String(m.MsgBody[0]?.MsgContent.Text ?? ''),
    recalled: m.MsgFlagBits === 8,
    version: m.MsgVersion ?? 0,
    changeNo: m.ChangeNo ?? 0,
    countable: m.NoUnread !== 1,
    ...(tip && { tip }),
  }
}

/** UserID or GroupID. */
export function peerOfItem(item: WireConversation): string {
  return item.Group?.GroupId ?? item.To_Account
}

/** Undefined of anything but a tip of the system. */
function tipOf(m: WireMessage): SeenTip | undefined {
  const [element] = m.MsgBody
  if (m.From_Account !== TYPES.CONV_SYSTEM || element?.MsgType !== TYPES.MSG_GRP_TIP) return undefined
  const content = element.MsgContent as {
    readonly OpType: number
    readonly Operator_Account: string
    readonly List_Account?: readonly string[]
    readonly MemberNum?: number
    readonly MsgGroupNewInfo?: { readonly GroupName?: string; readonly Owner_Account?: string }
  }
  const { GroupName: name, Owner_Account: owner } = content.MsgGroupNewInfo ?? {}
  return {
    op: content.OpType,
    by: content.Operator_Account,
    users: content.List_Account ?? [],
    ...(content.MemberNum !== undefined && { members: content.MemberNum }),
    ...(name !== undefined && { name }),
    ...(owner !== undefined && { owner }),
  }
}
