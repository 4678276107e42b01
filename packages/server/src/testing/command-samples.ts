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

  /** A new public group of alice's with bob in it, which takes invitations. */
  async group(more: object = {}): Promise<string> {
    const { GroupId } = await this.#server.ok<{ GroupId: string }>('group_open_http_svc/create_group', {
      Owner_Account: 'alice',
      Type: 'Public',
      Name: `sample ${this.number()}`,
      InviteJoinOption: 'FreeAccess',
      MemberList: [{ Member_Account: 'bob' }],
      ...more,
    })
    return GroupId
  }

  /** What alice answers: bob's application to a group of hers. */
  async application(): Promise<object> {
    const GroupId = await this.group({ MemberList: [] })
    const bob = await this.#server.connect('bob')
    await bob.ok('group/join', { GroupId })
    bob.close()
    const alice = await this.#server.connect('alice')
    const { Items } = await alice.ok<{ Items: ApplicationItem[] }>('group/applications', {})
    alice.close()
    const item = Items.find(it => it.GroupId === GroupId)
    if (!item) throw new Error("bob's application is not listed")
    const { MsgKey, Authentication, ApplicationType, Applicant_Account } = item
    return { GroupId, MsgKey, Authentication, ApplicationType, Applicant_Account, Action: 'Agree' }
  }

  /** A new message of alice's in a group of hers, which takes receipts and extensions. */
  async groupMessage(from = 'alice'): Promise<{ readonly GroupId: string; readonly MsgSeq: number }> {
    const GroupId = await this.group()
    const { MsgSeq } = await this.#server.ok<{ MsgSeq: number }>('group_open_http_svc/send_group_msg', {
      GroupId,
      From_Account: from,
      Random: 1_000_000 + this.number(),
      NeedReadReceipt: 1,
      SupportMessageExtension: 1,
      MsgBody: textBody('sample'),
    })
    return { GroupId, MsgSeq }
  }

  /** A new live room of alice's with her in it. */
  async room(): Promise<string> {
    const GroupId = await this.group({
      Type: 'AVChatRoom',
      MemberList: undefined,
      InviteJoinOption: undefined,
    })
    const alice = await this.#server.connect('alice')
    await alice.ok('group/join', { GroupId })
    // The tip about it, which takes a number of the room.
    await alice.event('online')
    // She is inside for some seconds more.
    alice.close()
    return GroupId
  }

  async groupWithAttribute(key: string): Promise<string> {
    const GroupId = await this.group()
    const GroupAttr = [{ key, value: 'sample' }]
    await this.#server.ok('group_open_http_svc/set_group_attr', { GroupId, GroupAttr })
    return GroupId
  }

  /** A new community of alice's with bob in it. */
  community(): Promise<string> {
    return this.group({ Type: 'Community', SupportTopic: 1 })
  }

  async topic(): Promise<{ GroupId: string; TopicId: string }> {
    const GroupId = await this.community()
    const { TopicId } = await this.#server.ok<{ TopicId: string }>(
      'million_group_open_http_svc/create_topic',
      { GroupId, TopicName: 'sample' },
    )
    return { GroupId, TopicId }
  }

  /** A permission group with a mask in a topic. */
  async permissionGroup(): Promise<{ GroupId: string; TopicId: string; PermissionGroupId: string }> {
    const { GroupId, TopicId } = await this.topic()
    const { PermissionGroupId } = await this.#server.ok<{ PermissionGroupId: string }>(
      'group_open_http_svc/create_permission_group',
      { GroupId, PermissionGroupName: 'sample', Permission: 544 },
    )
    return { GroupId, TopicId, PermissionGroupId }
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

interface ApplicationItem {
  readonly GroupId: string
  readonly MsgKey: number
  readonly Authentication: string
  readonly ApplicationType: number
  readonly Applicant_Account: string
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

const groupOfAlice = {
  Type: 'Public',
  Introduction: 'sample',
  AppDefinedData: [{ Key: 'city', Value: 'Graz' }],
  MemberList: [{ Member_Account: 'bob', Role: 'Admin' }],
}

async function maskedTopic(world: SampleWorld): Promise<object> {
  const { GroupId, PermissionGroupId, TopicId } = await world.permissionGroup()
  return { GroupId, PermissionGroupId, TopicPermissionList: [{ TopicId, Permission: 8 }] }
}

async function permissionMember(world: SampleWorld): Promise<object> {
  const { GroupId, PermissionGroupId } = await world.permissionGroup()
  return { GroupId, PermissionGroupId, MemberList: [{ Member_Account: 'bob' }] }
}

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

  'group_open_http_svc/create_group': {
    http: world => ({ ...groupOfAlice, Owner_Account: 'alice', Name: `group ${world.number()}` }),
    socket: world => ({ ...groupOfAlice, Name: `group ${world.number()}` }),
  },
  'group_open_http_svc/import_group': {
    http: () => ({ Type: 'Public', Name: 'old', Owner_Account: 'alice', CreateTime: 1_500_000_000 }),
  },
  'group_open_http_svc/get_appid_group_list': { http: () => ({ Limit: 10, Next: 0, GroupType: 'Public' }) },
  'group_open_http_svc/get_group_info': both(
    async world => ({ GroupIdList: [await world.group(), 'nope'] }),
    {},
  ),
  'group_open_http_svc/modify_group_base_info': both(
    async world => ({ GroupId: await world.group(), Notification: 'Meet at 8', MuteAllMember: 'On' }),
    from,
  ),
  'group_open_http_svc/destroy_group': both(async world => ({ GroupId: await world.group() }), {}),
  'group_open_http_svc/change_group_owner': both(
    async world => ({ GroupId: await world.group(), NewOwner_Account: 'bob' }),
    from,
  ),
  'group_open_http_svc/get_joined_group_list': {
    http: () => ({
      Member_Account: 'alice',
      Limit: 10,
      ResponseFilter: { GroupBaseInfoFilter: ['Type', 'Name'], SelfInfoFilter: ['Role', 'MsgSeq'] },
    }),
  },
  'group_open_http_svc/get_group_member_info': both(
    async world => ({ GroupId: await world.group(), Limit: 10, Offset: 0 }),
    {},
  ),
  'group_open_http_svc/get_specified_group_member_info': both(
    async world => ({
      GroupId: await world.group(),
      Member_List_Account: ['bob'],
      MemberInfoFilter: ['Role', 'OnlineStatus'],
    }),
    {},
  ),
  'group_open_http_svc/add_group_member': both(
    async world => ({
      GroupId: await world.group({ MemberList: [] }),
      MemberList: [{ Member_Account: 'bob' }, { Member_Account: 'ghost' }],
    }),
    { Silence: 0 },
  ),
  'group_open_http_svc/delete_group_member': both(
    async world => ({ GroupId: await world.group(), MemberToDel_Account: ['bob'], Reason: 'sample' }),
    { Silence: 0 },
  ),
  'group_open_http_svc/modify_group_member_info': both(
    async world => ({ GroupId: await world.group(), Member_Account: 'bob', Role: 'Admin', NameCard: 'Bob' }),
    {},
  ),
  'group_open_http_svc/get_role_in_group': both(
    async world => ({ GroupId: await world.group(), User_Account: ['alice', 'ghost'] }),
    {},
  ),
  'group_open_http_svc/import_group_member': {
    http: async world => ({
      GroupId: await world.group({ MemberList: [] }),
      MemberList: [{ Member_Account: 'bob', UnreadMsgNum: 0 }],
    }),
  },
  'group_open_http_svc/forbid_send_msg': both(
    async world => ({ GroupId: await world.group(), Members_Account: ['bob'], MuteTime: 600 }),
    {},
  ),
  'group_open_http_svc/get_group_muted_account': { http: async world => ({ GroupId: await world.group() }) },
  'group_open_http_svc/get_group_shutted_uin': { http: async world => ({ GroupId: await world.group() }) },
  'group_open_http_svc/ban_group_member': both(
    async world => ({ GroupId: await world.group(), Members_Account: ['bob'], Duration: 600 }),
    {},
  ),
  'group_open_http_svc/unban_group_member': both(
    async world => ({ GroupId: await world.group(), Members_Account: ['bob'] }),
    {},
  ),
  'group_open_http_svc/get_group_ban_member': {
    http: async world => ({ GroupId: await world.group(), Limit: 10, Offset: 0 }),
  },
  'group_open_http_svc/send_group_msg': both(async world => ({
    GroupId: await world.group(),
    Random: world.number(),
    MsgClientTime: 1_700_000_000,
    MsgBody: textBody('hello'),
    MsgPriority: 'High',
    GroupAtInfo: [{ GroupAtAllFlag: 0, GroupAt_Account: 'bob' }],
    NeedReadReceipt: 1,
  })),
  'group_open_http_svc/group_msg_recall': both(async world => {
    const { GroupId, MsgSeq } = await world.groupMessage()
    return { GroupId, MsgSeqList: [{ MsgSeq }], Reason: 'wrong chat' }
  }, {}),
  'group_open_http_svc/delete_group_msg_by_sender': {
    http: async world => ({ GroupId: (await world.groupMessage()).GroupId, Sender_Account: 'alice' }),
  },
  'group_open_http_svc/group_msg_get_simple': {
    http: async world => ({
      GroupId: (await world.groupMessage()).GroupId,
      ReqMsgNumber: 20,
      WithRecalledMsg: 1,
    }),
  },
  'group_open_http_svc/clear_group_msg': { http: world => world.groupMessage() },
  'openim/modify_group_msg': both(
    async world => ({ ...(await world.groupMessage()), MsgBody: textBody('edited'), MsgVersion: 0 }),
    {},
  ),
  'group_open_http_svc/send_group_system_notification': {
    http: async world => ({ GroupId: await world.group(), Content: 'refresh', ToMembers_Account: ['bob'] }),
  },
  'group_open_http_svc/group_msg_receipt': {
    http: async world => {
      const { GroupId, MsgSeq } = await world.groupMessage()
      return { GroupId, From_Account: 'bob', MsgSeqList: [{ MsgSeq }] }
    },
    socket: async world => {
      const { GroupId, MsgSeq } = await world.groupMessage('bob')
      return { GroupId, MsgSeqList: [{ MsgSeq }] }
    },
  },
  'group_open_http_svc/get_group_msg_receipt': both(async world => {
    const { GroupId, MsgSeq } = await world.groupMessage()
    return { GroupId, MsgSeqList: [{ MsgSeq }] }
  }, {}),
  'group_open_http_svc/get_group_msg_receipt_detail': both(
    async world => ({ ...(await world.groupMessage()), Filter: 1, Cursor: '', Count: 100 }),
    {},
  ),
  'group_open_http_svc/set_unread_msg_num': {
    http: async world => ({
      GroupId: (await world.groupMessage()).GroupId,
      Member_Account: 'bob',
      UnreadMsgNum: 1,
    }),
  },
  'group_open_http_svc/import_group_msg': {
    http: async world => ({
      GroupId: await world.group(),
      RecentContactFlag: 1,
      MsgList: [
        {
          From_Account: 'bob',
          SendTime: Math.floor(Date.now() / 1000),
          Random: world.number(),
          MsgBody: textBody('old'),
        },
      ],
    }),
  },
  'openim_msg_ext_http_svc/group_set_key_values': both(
    async world => ({
      ...(await world.groupMessage()),
      OperateType: 1,
      ExtensionList: [{ Key: 'vote', Value: '3', Seq: 0 }],
    }),
    {},
  ),
  'openim_msg_ext_http_svc/group_get_key_values': both(
    async world => ({ ...(await world.groupMessage()), StartSeq: 0 }),
    {},
  ),
  'group/get_messages': {
    socket: async world => {
      const { GroupId, MsgSeq } = await world.groupMessage()
      return { GroupId, MaxCnt: 10, Anchor: { MsgSeq }, Direction: 0, Inclusive: 1 }
    },
  },
  'group/set_read': {
    socket: async world => {
      const { GroupId, MsgSeq } = await world.groupMessage('bob')
      return { GroupId, ReadSeq: MsgSeq }
    },
  },
  'group/delete_messages': {
    socket: async world => {
      const { GroupId, MsgSeq } = await world.groupMessage()
      return { GroupId, MsgSeqList: [MsgSeq] }
    },
  },
  'group/pin': { socket: async world => ({ ...(await world.groupMessage()), Pinned: 1 }) },
  'group/pinned': { socket: async world => ({ GroupId: await world.group() }) },
  'group_open_http_svc/get_online_member_num': both(async world => ({ GroupId: await world.group() }), {}),
  'group_open_avchatroom_http_svc/get_members': both(
    async world => ({ GroupId: await world.room(), Timestamp: 0 }),
    {},
  ),
  'group_open_avchatroom_http_svc/modify_user_info': both(
    async world => ({
      GroupId: await world.room(),
      CommandType: 1,
      MemberList: [{ Member_Account: 'alice', Marks: [1000] }],
    }),
    {},
  ),
  'group_open_avchatroom_http_svc/modify_admin': {
    http: async world => ({ GroupId: await world.room(), CommandType: 1, Admin_Account: ['bob'] }),
  },
  'group_open_avchatroom_http_svc/get_admin_list': { http: async world => ({ GroupId: await world.room() }) },
  'group_open_avchatroom_http_svc/check_members': {
    http: async world => ({ GroupId: await world.room(), Member_Account: ['alice', 'bob'] }),
  },
  'group_open_http_svc/send_broadcast_msg': {
    http: world => ({ ...from, Random: world.number(), MsgBody: textBody('to every room') }),
  },
  'group_open_attr_http_svc/get_group_attr': both(async world => ({ GroupId: await world.group() }), {}),
  'group_open_http_svc/set_group_attr': both(
    async world => ({ GroupId: await world.group(), GroupAttr: [{ key: 'seat', value: 'bob' }] }),
    {},
  ),
  'group_open_http_svc/modify_group_attr': both(
    async world => ({ GroupId: await world.group(), GroupAttr: [{ key: 'seat', value: 'bob' }] }),
    {},
  ),
  'group_open_http_svc/delete_group_attr': both(
    async world => ({ GroupId: await world.groupWithAttribute('seat'), GroupAttr: [{ key: 'seat' }] }),
    {},
  ),
  'group_open_http_svc/clear_group_attr': both(async world => ({ GroupId: await world.group() }), {}),
  'group_open_http_svc/get_group_counter': both(async world => ({ GroupId: await world.group() }), {}),
  'group_open_http_svc/update_group_counter': both(
    async world => ({
      GroupId: await world.group(),
      GroupCounter: [{ Key: 'likes', Value: 1 }],
      Mode: 'Increase',
    }),
    {},
  ),
  'group_open_http_svc/delete_group_counter': both(async world => ({ GroupId: await world.group() }), {}),
  'million_group_open_http_svc/create_topic': both(async world => ({
    GroupId: await world.community(),
    TopicName: 'sample',
  })),
  'group_open_http_svc/import_topic': {
    http: async world => ({ Type: 'Community', GroupId: await world.community(), TopicName: 'sample' }),
  },
  'million_group_open_http_svc/get_topic': both(async world => ({ GroupId: (await world.topic()).GroupId })),
  'million_group_open_http_svc/modify_topic': both(async world => ({
    ...(await world.topic()),
    TopicName: 'another name',
  })),
  'million_group_open_http_svc/destroy_topic': both(async world => {
    const { GroupId, TopicId } = await world.topic()
    return { GroupId, TopicIdList: [TopicId] }
  }),
  'group_open_http_svc/create_permission_group': both(
    async world => ({ GroupId: await world.community(), PermissionGroupName: 'sample', Permission: 1 }),
    {},
  ),
  'group_open_http_svc/modify_permission_group': both(async world => {
    const { GroupId, PermissionGroupId } = await world.permissionGroup()
    return { GroupId, PermissionGroupId, Permission: 3 }
  }, {}),
  'group_open_http_svc/destroy_permission_group': both(async world => {
    const { GroupId, PermissionGroupId } = await world.permissionGroup()
    return { GroupId, PermissionGroupIdList: [PermissionGroupId] }
  }, {}),
  'group_open_http_svc/get_permission_group': both(
    async world => ({ GroupId: (await world.permissionGroup()).GroupId }),
    {},
  ),
  'group_open_http_svc/add_topic_permission_group': both(async world => maskedTopic(world), {}),
  'group_open_http_svc/set_topic_permission_group': both(async world => maskedTopic(world), {}),
  'group_open_http_svc/delete_topic_permission_group': both(async world => {
    const { GroupId, PermissionGroupId, TopicId } = await world.permissionGroup()
    return { GroupId, PermissionGroupId, TopicIdList: [TopicId] }
  }, {}),
  'group_open_http_svc/get_topic_permission_group': both(async world => {
    const { GroupId, PermissionGroupId, TopicId } = await world.permissionGroup()
    return { GroupId, PermissionGroupId, TopicIdList: [TopicId] }
  }, {}),
  'group_open_http_svc/add_permission_group_member': both(async world => permissionMember(world), {}),
  'group_open_http_svc/delete_permission_group_member': both(async world => permissionMember(world), {}),
  'group_open_http_svc/get_permission_group_member_list': both(async world => {
    const { GroupId, PermissionGroupId } = await world.permissionGroup()
    return { GroupId, PermissionGroupId }
  }, {}),
  'group/list': { socket: () => ({}) },
  'group/profile': { socket: async world => ({ GroupId: await world.group() }) },
  'group/join': {
    socket: async world => ({
      GroupId: await world.group({ Owner_Account: 'bob', MemberList: [] }),
      ApplyMsg: 'let me in',
    }),
  },
  'group/quit': {
    socket: async world => ({
      GroupId: await world.group({ Owner_Account: 'bob', MemberList: [{ Member_Account: 'alice' }] }),
    }),
  },
  'group/applications': { socket: () => ({}) },
  'group/handle_application': { socket: world => world.application() },
  'group/notices': { socket: () => ({ AfterNoticeSeq: 0 }) },
  'group/set_self': {
    socket: async world => ({ GroupId: await world.group(), MsgFlag: 'Discard', NameCard: 'Al' }),
  },
}
