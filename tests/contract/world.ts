import { sign } from '@rookery/usersig'
import { Device, ROOM } from './clients/device.ts'
import { Mirrors } from './clients/mirrors.ts'
import { Reader } from './clients/reader.ts'
import type { Cluster, ClusterNode } from './cluster/cluster.ts'
import type { Recorder } from './history/recorder.ts'
import type { RunOptions } from './options.ts'
import { Random } from './random.ts'
import type { RelayOptions } from './relay/relay.ts'

export const ADMIN = 'administrator'
const REST_PATIENCE_MS = 8_000

/** How the IDs of communities begin. */
const COMMUNITY = '@TGS#_'

const GROUP_KINDS = [
  { type: 'Public', approval: false },
  { type: 'Private', approval: false },
  { type: 'ChatRoom', approval: false },
  { type: 'Public', approval: true },
  { type: 'Community', approval: false },
] as const

/** What is believed of a group, to choose what is likely to succeed; the rules never ask it. */
export interface WorldGroup {
  readonly id: string
  readonly type: (typeof GROUP_KINDS)[number]['type']
  /** Stays in it to the end, so that somebody sees all of it. */
  readonly founder: string
  owner: string
  readonly members: Set<string>
  readonly banned: Set<string>
  readonly approval: boolean
  isDismissed: boolean
}

export interface RestAnswer {
  readonly ErrorCode: number
  readonly ErrorInfo: string
  readonly [field: string]: unknown
}

/** Everything that takes part in a run. */
export class World {
  readonly options: RunOptions
  readonly cluster: Cluster
  readonly recorder: Recorder
  readonly users: readonly string[]
  readonly devices: Device[] = []
  readonly mirrors: Mirrors
  readonly groups: WorldGroup[] = []
  /** Who may not enter the live room. */
  readonly banned = new Set<string>()
  /** Who deleted a message for itself: at most one side may, so that everything stays seen by one. */
  readonly deletedBy = new Map<string, string>()
  readonly #random: Random
  #texts = 0

  constructor(options: RunOptions, cluster: Cluster, recorder: Recorder) {
    this.options = options
    this.cluster = cluster
    this.recorder = recorder
    this.users = Array.from({ length: options.users }, (_, i) => `user${i + 1}`)
    this.#random = new Random(options.seed ^ 0x5eed)
    this.mirrors = new Mirrors(this)
  }

  /** Makes the accounts and the devices; nobody logs in. */
  async populate(tamper?: RelayOptions['tamper']): Promise<void> {
    await this.ok('im_open_login_svc/multiaccount_import', { Accounts: this.users })
    for (let i = 0; i < this.options.groups; i++) await this.#makeGroup(i)
    if (this.options.groups > 0)
      await this.ok('group_open_http_svc/create_group', {
        Owner_Account: this.users[0],
        Type: 'AVChatRoom',
        Name: ROOM,
        GroupId: ROOM,
      })
    for (const user of this.users)
      for (let i = 1; i <= this.options.devices; i++)
        this.devices.push(await this.device(user, `${user}.${i}`, tamper))
  }

  /** As many of each kind; every other user is in from the beginning. */
  async #makeGroup(at: number): Promise<void> {
    const { type, approval } = GROUP_KINDS[at % GROUP_KINDS.length] ?? GROUP_KINDS[0]
    const owner = this.users[at % this.users.length] ?? ''
    const members = this.users.filter((user, i) => user === owner || (i + at) % 2 === 0)
    const id = `${type === 'Community' ? COMMUNITY : ''}group${at + 1}`
    const name = this.text('n')
    await this.ok('group_open_http_svc/create_group', {
      Owner_Account: owner,
      Type: type,
      Name: name,
      GroupId: id,
      ...(type !== 'Private' && {
        ApplyJoinOption: approval ? 'NeedPermission' : 'FreeAccess',
        InviteJoinOption: 'FreeAccess',
      }),
      MemberList: members.filter(it => it !== owner).map(Member_Account => ({ Member_Account })),
    })
    this.groups.push({
      id,
      type,
      founder: owner,
      owner,
      members: new Set(members),
      banned: new Set(),
      approval,
      isDismissed: false,
    })
    this.recorder.entries.push({
      t: 'group',
      group: id,
      type,
      name,
      owner,
      members,
      ...(approval && { approval }),
    })
  }

  device(user: string, name: string, tamper?: RelayOptions['tamper']): Promise<Device> {
    return Device.open({
      name,
      user,
      app: this.cluster.app.id,
      seed: this.#random.seed(),
      recorder: this.recorder,
      route: () => this.#random.pick(this.upNodes())?.url,
      ...(tamper && { tamper }),
    })
  }

  userSig(userId: string): string {
    return sign({ sdkAppId: this.cluster.app.id, userId, key: this.cluster.app.secret })
  }

  /** Those that are not killed; a paused one looks alive from outside. */
  upNodes(): readonly ClusterNode[] {
    return this.cluster.nodes.filter(node => node.url !== undefined)
  }

  /** Unlike any other text of this run. */
  text(what: string): string {
    return `${what}${++this.#texts}`
  }

  peersOf(user: string): readonly string[] {
    return this.users.filter(it => it !== user)
  }

  /** Logs in with a UserSig that is signed now. Recorded; false when it failed. */
  async login(device: Device): Promise<boolean> {
    device.enter()
    const issued = this.recorder.place
    const done = await this.recorder.call({ op: 'login', ...device.actor, issued }, () =>
      device.chat.login({ userID: device.user, userSig: this.userSig(device.user) }),
    )
    if (!done) device.leave()
    return done !== undefined
  }

  reader(user: string, node: ClusterNode | undefined = this.#random.pick(this.upNodes())): Promise<Reader> {
    if (!node?.url) throw new Error('No node is up.')
    return Reader.open(node.url, this.cluster.app.id, user, this.userSig(user))
  }

  /** A REST call as the app admin, on any node that is up unless one is named. Rejects when no answer comes. */
  async rest(
    command: string,
    body: unknown,
    node: ClusterNode | undefined = this.#random.pick(this.upNodes()),
  ): Promise<RestAnswer> {
    const url = node?.url
    if (!url) throw new Error('No node is up.')
    const query = new URLSearchParams({
      sdkappid: String(this.cluster.app.id),
      identifier: ADMIN,
      usersig: this.userSig(ADMIN),
      random: String(this.#random.between(1, 1_000_000)),
      contenttype: 'json',
    })
    const response = await fetch(`${url}/v4/${command}?${query}`, {
      method: 'POST',
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(REST_PATIENCE_MS),
    })
    return (await response.json()) as RestAnswer
  }

  /** The same on each node that is up. */
  async onEachNode<T>(ask: (node: ClusterNode) => Promise<T>): Promise<T[]> {
    return Promise.all(this.upNodes().map(ask))
  }

  /** Rejects also with the refusal's code. */
  async ok(command: string, body: unknown, node?: ClusterNode): Promise<RestAnswer> {
    const answer = await this.rest(command, body, node)
    if (answer.ErrorCode !== 0)
      throw Object.assign(new Error(`${command}: ${answer.ErrorCode} ${answer.ErrorInfo}`), {
        code: answer.ErrorCode,
      })
    return answer
  }

  /** For what happened when no answer came; undefined when nobody can tell. */
  async ownerOf(group: string): Promise<string | undefined> {
    const answer = await this.rest('group_open_http_svc/get_group_info', { GroupIdList: [group] }).catch(
      () => undefined,
    )
    const [info] = (answer?.GroupInfo ?? []) as readonly { readonly Owner_Account?: string }[]
    return info?.Owner_Account
  }

  async close(): Promise<void> {
    await Promise.all(this.devices.map(device => device.close()))
  }
}
