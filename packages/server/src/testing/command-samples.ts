import { TEST_ADMIN, TEST_APP, type TestServer, textBody } from './test-server.ts'

/** What a sample call may need to exist before it; everything happens in the test app. */
export class SampleWorld {
  readonly #server: TestServer
  #count = 0

  constructor(server: TestServer) {
    this.#server = server
  }

  get epoch(): string {
    return this.#server.running.services.store.epoch
  }

  number(): number {
    return ++this.#count
  }

  userSig(userId: string): string {
    return this.#server.userSig(userId)
  }

  /** A new message that takes receipts and extensions. */
  async message(from: string, to: string): Promise<string> {
    const { MsgKey } = await this.#server.ok<{ MsgKey: string }>('openim/sendmsg', {
      From_Account: from,
      To_Account: to,
      MsgRandom: 1_000_000 + this.number(),
      SyncOtherMachine: 1,
      IsNeedReadReceipt: 1,
      SupportMessageExtension: 1,
      MsgBody: textBody('sample'),
    })
    return MsgKey
  }

  async user(): Promise<string> {
    const UserID = `sample-${this.number()}`
    await this.#server.ok('im_open_login_svc/account_import', { UserID })
    return UserID
  }

  async contactGroup(owner: string): Promise<string> {
    const GroupName = `group ${this.number()}`
    await this.#server.ok('recentcontact/create_contact_group', {
      From_Account: owner,
      GroupContactItem: [{ GroupName, ContactItem: [] }],
    })
    return GroupName
  }

  async conversation(owner: string, peer: string): Promise<number> {
    const { store } = this.#server.running.services
    const row = await store.read
      .selectFrom('user_conversation')
      .innerJoin('account as o', 'o.account_id', 'user_conversation.account_id')
      .innerJoin('account as p', 'p.account_id', 'user_conversation.peer_id')
      .select('conv_id')
      .where('user_conversation.app_id', '=', TEST_APP)
      .where('o.user_id', '=', owner)
      .where('p.user_id', '=', peer)
      .executeTakeFirstOrThrow()
    return row.conv_id
  }
}

type Body = (world: SampleWorld) => object | Promise<object>

/** A good call of one command by each door that has it; over the socket `alice` calls. */
export interface Sample {
  readonly http?: Body
  readonly socket?: Body
}

const bob = { Type: 1, To_Account: 'bob' }
const from = { From_Account: 'alice' }
const both = (body: Body, acting: object = from): Sample => ({
  http: async world => ({ ...acting, ...(await body(world)) }),
  socket: body,
})

/** By the name of the command. A command without a sample for each of its doors fails `commands/every-command.test.ts`. */
export const COMMAND_SAMPLES: Readonly<Record<string, Sample>> = {
  'session/renew': { socket: world => ({ usersig: world.userSig('alice') }) },
  'session/verify': { socket: world => ({ usersig: world.userSig('alice') }) },
  'session/logout': { socket: () => ({}) },
  'session/ping': { socket: () => ({}) },
  'session/hello': { socket: world => ({ Epoch: world.epoch, LogNo: 0, Heads: 0, Changes: 0 }) },
  'sync/snapshot': { socket: () => ({}) },
  'sync/resume': { socket: world => ({ Epoch: world.epoch, LogNo: 0, Marks: [] }) },
  'sync/pull': {
    socket: async world => ({
      To_Account: 'bob',
      ConvId: await world.conversation('alice', 'bob'),
      AfterSeq: 0,
      AfterChangeNo: 0,
      Limit: 100,
    }),
  },
  'profile/get_brief': { socket: () => ({ To_Account: ['bob', TEST_ADMIN] }) },

  'im_open_login_svc/account_import': {
    http: world => ({ UserID: `new-${world.number()}`, Nick: 'New', FaceUrl: 'https://example.org/n.png' }),
  },
  'im_open_login_svc/multiaccount_import': {
    http: world => ({
      AccountList: [{ UserID: `new-${world.number()}` }, { UserID: 'alice', Nick: 'Alice' }],
    }),
  },
  'im_open_login_svc/account_delete': {
    http: async world => ({ DeleteItem: [{ UserID: await world.user() }], NoWait: 1 }),
  },
  'im_open_login_svc/account_check': { http: () => ({ CheckItem: [{ UserID: 'alice' }, { UserID: 'no' }] }) },
  'im_open_login_svc/kick': { http: async world => ({ UserID: await world.user(), NoWait: 1 }) },
  'openim/query_online_status': { http: () => ({ To_Account: ['alice', 'bob'], IsNeedDetail: 1 }) },
  'openim/querystate': { http: () => ({ To_Account: ['alice', 'bob'] }) },

  'openim/sendmsg': both(world => ({
    To_Account: 'bob',
    MsgSeq: 1,
    MsgRandom: world.number(),
    MsgClientTime: 1_700_000_000,
    MsgBody: textBody('one sample'),
  })),
  'openim/batchsendmsg': {
    http: world => ({
      ...from,
      To_Account: ['bob', TEST_ADMIN],
      MsgRandom: world.number(),
      MsgBody: textBody('sample for several'),
    }),
  },
  'openim/importmsg': {
    http: world => ({
      ...from,
      SyncFromOldSystem: 2,
      To_Account: 'bob',
      MsgRandom: world.number(),
      MsgTimeStamp: 1_600_000_000,
      MsgBody: textBody('an old sample'),
    }),
  },
  'openim/admin_getroammsg': {
    http: () => ({
      Operator_Account: 'alice',
      Peer_Account: 'bob',
      MaxCnt: 100,
      MinTime: 0,
      MaxTime: 4_294_967_295,
    }),
  },
  'openim/get_roam_msg': { socket: () => ({ Peer_Account: 'bob', MaxCnt: 20 }) },
  'openim/admin_msgwithdraw': {
    http: async world => ({ ...from, To_Account: 'bob', MsgKey: await world.message('alice', 'bob') }),
  },
  'openim/msg_withdraw': {
    socket: async world => ({ To_Account: 'bob', MsgKey: await world.message('alice', 'bob') }),
  },
  'openim/modify_c2c_msg': both(
    async world => ({
      ...from,
      To_Account: 'bob',
      MsgKey: await world.message('alice', 'bob'),
      MsgBody: textBody('changed'),
    }),
    {},
  ),
  'openim/delete_c2c_msg_ramble': both(
    async world => ({ Peer_Account: 'bob', MsgKeyList: [await world.message('alice', 'bob')] }),
    { Operator_Account: 'alice' },
  ),
  'openim/c2c_msg_read_receipt': both(
    async world => ({ Peer_Account: 'bob', C2CMsgInfo: [{ MsgKey: await world.message('bob', 'alice') }] }),
    { Operator_Account: 'alice' },
  ),
  'openim_msg_ext_http_svc/set_key_values': both(
    async world => ({
      ...from,
      To_Account: 'bob',
      MsgKey: await world.message('alice', 'bob'),
      OperateType: 1,
      ExtensionList: [{ Key: 'vote', Value: 'yes', Seq: 0 }],
    }),
    {},
  ),
  'openim_msg_ext_http_svc/get_key_values': both(
    async world => ({ ...from, To_Account: 'bob', MsgKey: await world.message('alice', 'bob') }),
    {},
  ),
  'openim/admin_set_msg_read': { http: () => ({ Report_Account: 'alice', Peer_Account: 'bob' }) },
  'openim/set_msg_read': { socket: () => ({ Peer_Account: 'bob' }) },
  'openim/get_c2c_unread_msg_num': both(() => ({ Peer_Account: ['bob'] }), { To_Account: 'alice' }),

  'recentcontact/get_list': {
    http: () => ({
      ...from,
      TimeStamp: 0,
      StartIndex: 0,
      TopTimeStamp: 0,
      TopStartIndex: 0,
      AssistFlags: 15,
    }),
  },
  'recentcontact/delete': both(() => ({ ...bob, ClearRamble: 1 })),
  'recentcontact/mark_contact': both(() => ({
    MarkItem: [{ OptType: 3, ContactItem: bob, SetMark: [1], CustomMark: 'sample' }],
  })),
  'recentcontact/create_contact_group': both(world => ({
    GroupContactItem: [{ GroupName: `new group ${world.number()}`, ContactItem: [bob] }],
  })),
  'recentcontact/update_contact_group': both(async world => ({
    UpdateType: 1,
    UpdateGroup: {
      UpdateGroupType: 1,
      OldGroupName: await world.contactGroup('alice'),
      NewGroupName: `renamed ${world.number()}`,
    },
  })),
  'recentcontact/del_contact_group': both(async world => ({
    GroupName: [await world.contactGroup('alice')],
  })),
  'recentcontact/get_contact_group': both(() => ({ StartIndex: 0 })),
  'recentcontact/search_contact_group': both(() => ({ ContactItem: [bob] })),
  'recentcontact/pin': { socket: () => ({ To_Account: 'bob', TopFlag: 1 }) },
  'recentcontact/set_recv_opt': { socket: () => ({ To_Account: ['bob'], RecvOpt: 2 }) },
}
