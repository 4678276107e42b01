import { type Content, contentsOf, isContent, numberOf, textOf } from '../../messages/content.ts'
import type { Topic } from '../../named-types.ts'
import { type GroupContext, given, groupIdIn, ONCE, pace } from './context.ts'
import { compact, onOff } from './profile-methods.ts'

const TOPICS = 'million_group_open_http_svc/'

export interface TopicText {
  readonly topicName?: string | undefined
  readonly avatar?: string | undefined
  readonly notification?: string | undefined
  readonly introduction?: string | undefined
  readonly customData?: string | undefined
}

export interface TopicFailure {
  readonly topicID: string
  readonly code: number
  readonly message: string
}

/** Topics of communities: sdk-2 section 7. */
export function topicMethods(context: GroupContext) {
  const { groups, call, me } = context
  const paceList = pace(context, 'getTopicList', 10, 1_000)

  const list = async (groupID: string, topicIDs: readonly string[]) => {
    const reply = await call(`${TOPICS}get_topic`, {
      GroupId: groupID,
      ...(topicIDs.length > 0 && { TopicIdList: topicIDs }),
    })
    const successTopicList: Topic[] = []
    const failureTopicList: TopicFailure[] = []
    for (const it of contentsOf(reply.TopicAndSelfInfo)) {
      const info = isContent(it.TopicInfo) ? it.TopicInfo : {}
      const topicID = textOf(info.TopicId) || textOf(it.TopicId)
      if (numberOf(it.ErrorCode) !== 0) failureTopicList.push(failureOf(topicID, it))
      else {
        keep(groupID, topicID, info, isContent(it.SelfInfo) ? it.SelfInfo : {})
        successTopicList.push(groups.topic(topicID))
      }
    }
    return { successTopicList, failureTopicList }
  }

  const keep = (groupID: string, topicID: string, info: Content, self: Content): void => {
    const group = groups.apply({
      GroupId: topicID,
      Type: 'Community',
      Name: textOf(info.TopicName),
      Introduction: textOf(info.Introduction),
      Notification: textOf(info.Notification),
      FaceUrl: textOf(info.FaceUrl),
      InfoSeq: groups.get(topicID)?.infoSequence ?? 0,
      NextMsgSeq: numberOf(info.NextMsgSeq),
      CreateTime: numberOf(info.CreateTime),
      LastMsgTime: numberOf(info.LastMsgTime),
      MuteAllMember: info.MuteAllMember === 'On' ? 'On' : 'Off',
      CommunityId: groupID,
      CustomString: textOf(info.CustomString),
    } as unknown as Parameters<typeof groups.apply>[0])
    if (self.MsgFlag === undefined) return
    group.selfInfo = {
      ...group.selfInfo,
      userID: me(),
      messageRemindType: textOf(self.MsgFlag),
      readedSequence: numberOf(self.MsgSeq),
      muteTime: numberOf(self.MuteTime ?? self.ShutUpTime),
    }
  }

  return {
    async createTopicInCommunity(
      options: TopicText & {
        readonly groupID: string
        readonly topicName: string
        readonly topicID?: string | undefined
      },
    ) {
      const it = given(options)
      const reply = await call(
        `${TOPICS}create_topic`,
        compact({ GroupId: groupIdIn(context, it.groupID), TopicId: it.topicID, ...wireText(it) }),
        ONCE,
      )
      return { topicID: textOf(reply.TopicId) }
    },

    /** Without a list: all of them. */
    async deleteTopicFromCommunity(options: {
      readonly groupID: string
      readonly topicIDList?: readonly string[] | undefined
    }): Promise<{
      readonly successTopicList: { readonly topicID: string }[]
      readonly failureTopicList: TopicFailure[]
    }> {
      const it = given(options)
      const groupID = groupIdIn(context, it.groupID)
      const topicIDs = Array.isArray(it.topicIDList)
        ? it.topicIDList.map(textOf)
        : (await list(groupID, [])).successTopicList.map(topic => topic.topicID)
      if (topicIDs.length === 0) return { successTopicList: [], failureTopicList: [] }
      const body = { GroupId: groupID, TopicIdList: topicIDs }
      const reply = await call(`${TOPICS}destroy_topic`, body, ONCE)
      const failed = contentsOf(reply.DestroyResultItem).filter(one => numberOf(one.ErrorCode) !== 0)
      const failureTopicList = failed.map(one => failureOf(textOf(one.TopicId), one))
      return {
        successTopicList: topicIDs
          .filter(topicID => !failureTopicList.some(one => one.topicID === topicID))
          .map(topicID => ({ topicID })),
        failureTopicList,
      }
    },

    async updateTopicProfile(
      options: TopicText & {
        readonly groupID: string
        readonly topicID: string
        readonly muteAllMembers?: boolean | undefined
      },
    ): Promise<{ readonly topic: Topic }> {
      const it = given(options)
      const groupID = groupIdIn(context, it.groupID)
      const topicID = groupIdIn(context, it.topicID)
      await call(
        `${TOPICS}modify_topic`,
        compact({
          GroupId: groupID,
          TopicId: topicID,
          ...wireText(it),
          MuteAllMember: onOff(it.muteAllMembers),
        }),
      )
      await list(groupID, [topicID])
      return { topic: groups.topic(topicID) }
    },

    async getTopicList(options: {
      readonly groupID: string
      readonly topicIDList?: readonly string[] | undefined
    }): Promise<{ readonly successTopicList: Topic[]; readonly failureTopicList: TopicFailure[] }> {
      const it = given(options)
      const groupID = groupIdIn(context, it.groupID)
      paceList()
      return list(groupID, Array.isArray(it.topicIDList) ? it.topicIDList.map(textOf) : [])
    },
  }
}

function wireText(it: Content) {
  return {
    TopicName: it.topicName,
    FaceUrl: it.avatar,
    Notification: it.notification,
    Introduction: it.introduction,
    CustomString: it.customData,
  }
}

function failureOf(topicID: string, it: Content): TopicFailure {
  return { topicID, code: numberOf(it.ErrorCode), message: textOf(it.ErrorInfo) }
}
