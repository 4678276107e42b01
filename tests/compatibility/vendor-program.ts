// biome-ignore-all lint: written in the vendor's own way, which is what the test is about
import TencentCloudChat, {
  type ChatSDK,
  type Conversation,
  type Friend,
  type Group,
  type Message,
  type Profile,
  type Signaling,
} from '@tencentcloud/chat'

/**
 * A program as its author wrote it for the vendor's package, typed by the vendor's declarations. The test compiles it
 * against them, then against ours with only the import changed, and runs that on a Rookery server, the host.
 */
interface Settings {
  readonly SDKAppID: number
  readonly host: string
  readonly userID: string
  readonly userSig: string
  readonly peer: string
}

interface ChatEvent<T> {
  name: string
  data: T
}

class Inbox {
  readonly messages: Message[] = []
  unread = 0

  constructor(private readonly chat: ChatSDK) {}

  listen(): void {
    this.chat.on(TencentCloudChat.EVENT.MESSAGE_RECEIVED, this.onMessageReceived, this)
    this.chat.on(
      TencentCloudChat.EVENT.TOTAL_UNREAD_MESSAGE_COUNT_UPDATED,
      (event: ChatEvent<number>) => {
        this.unread = event.data
      },
      this,
    )
  }

  stop(): void {
    this.chat.off(TencentCloudChat.EVENT.MESSAGE_RECEIVED, this.onMessageReceived, this)
  }

  private onMessageReceived(event: ChatEvent<Message[]>): void {
    this.messages.push(...event.data)
  }
}

/** An app's own wrapper around `on`, typed as the vendor types it. */
function once(chat: ChatSDK, eventName: string): Promise<void> {
  return new Promise(resolve => {
    const handler: Function = () => {
      chat.off(eventName, handler)
      resolve()
    }
    chat.on(eventName, handler)
  })
}

function describeMessage(message: Message): string {
  switch (message.type) {
    case TencentCloudChat.TYPES.MSG_TEXT:
      return message.payload.text
    case TencentCloudChat.TYPES.MSG_IMAGE:
      return message.payload.imageInfoArray[0].imageUrl
    case TencentCloudChat.TYPES.MSG_CUSTOM:
      return JSON.parse(message.payload.data).businessID
    default:
      return String(message.type)
  }
}

function title(conversation: Conversation): string {
  if (conversation.type === TencentCloudChat.TYPES.CONV_GROUP) return conversation.groupProfile.name
  return conversation.remark || conversation.userProfile.nick || conversation.userProfile.userID
}

export async function run(settings: Settings): Promise<Record<string, unknown>> {
  const chat: ChatSDK = TencentCloudChat.create({
    SDKAppID: settings.SDKAppID,
    proxyServer: settings.host,
    scene: 'compatibility',
  })
  chat.setLogLevel(4)
  chat.registerPlugin({ 'tim-upload-plugin': class {} })
  const inbox = new Inbox(chat)
  inbox.listen()
  const ready = once(chat, TencentCloudChat.EVENT.SDK_READY)

  const login: Promise<any> = chat.login({ userID: settings.userID, userSig: settings.userSig })
  const imResponse = await login
  await ready
  const repeated = await chat.login({ userID: settings.userID, userSig: settings.userSig })

  const text = chat.createTextMessage({
    to: settings.peer,
    conversationType: TencentCloudChat.TYPES.CONV_C2C,
    priority: TencentCloudChat.TYPES.MSG_PRIORITY_NORMAL,
    payload: { text: 'Hello' },
    cloudCustomData: 'kept',
    onProgress: (share: number) => share,
  })
  const sent = await chat.sendMessage(text, { offlinePushInfo: { title: 'Hi' } })
  const sentMessage: Message = sent.data.message

  const custom = chat.createCustomMessage({
    to: settings.peer,
    conversationType: TencentCloudChat.TYPES.CONV_C2C,
    payload: { data: JSON.stringify({ businessID: 'order' }), description: 'an order', extension: '' },
  })
  await chat.sendMessage(custom)

  sentMessage.payload.text = 'Hello again'
  const modified: Message = (await chat.modifyMessage(sentMessage)).data.message

  const history = await chat.getMessageList({ conversationID: `C2C${settings.peer}` })
  const messageList: Message[] = history.data.messageList
  const nextReqMessageID: string = history.data.nextReqMessageID
  const revoked: Message = (await chat.revokeMessage(custom)).data.message

  const conversations: Conversation[] = (await chat.getConversationList()).data.conversationList
  const profile: Profile = (await chat.getMyProfile()).data
  const peers: Profile[] = (await chat.getUserProfile({ userIDList: [settings.peer, 'nobody-there'] })).data
  const groups: Group[] = (await chat.getGroupList()).data.groupList
  const friends: Friend[] = (await chat.getFriendList()).data
  const attributes = (await chat.getGroupAttributes({ groupID: 'any', keyList: [] })).data.groupAttributes
  const signaling: Signaling | null = chat.getSignalingInfo(custom)
  let groupCode = 0
  await chat
    .createGroup({ name: 'Team', type: TencentCloudChat.TYPES.GRP_WORK })
    .catch((imError: { code: number; message: string }) => {
      groupCode = imError.code
    })

  const total: number = chat.getTotalUnreadMessageCount()
  const user: String = chat.getLoginUser()
  const time: Number = chat.getServerTime()
  const found: Message | null = chat.findMessage(text.ID)
  inbox.stop()
  const promise: Promise<void> = chat.logout()
  await promise
  const wasReady = chat.isReady()
  await chat.destroy()
  return {
    actionStatus: imResponse.data.actionStatus,
    repeatLogin: repeated.data.repeatLogin,
    status: sentMessage.status,
    sameObject: sentMessage === text,
    modified: modified.payload.text,
    history: messageList.map(describeMessage),
    isCompleted: history.data.isCompleted,
    nextReqMessageID,
    isRevoked: revoked.isRevoked,
    titles: conversations.map(title),
    lastText: conversations[0]?.lastMessage.messageForShow,
    userID: profile.userID,
    peers: peers.map(it => it.userID),
    groups,
    friends,
    attributes,
    signaling,
    groupCode,
    total,
    user: `${user}`,
    timeIsNow: Math.abs(Number(time) - Date.now() / 1000) < 5,
    found: found === text,
    wasReady,
  }
}
