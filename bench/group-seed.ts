import type { TestServer } from '@rookery/server/testing/test-server'

/** Most members of one import. */
const IMPORT = 300

export interface SeedGroup {
  readonly id: string
  readonly type: 'Public' | 'ChatRoom' | 'AVChatRoom' | 'Community'
  readonly owner: string
  readonly members: readonly string[]
}

/** Settings under which groups of these sizes may be made; for the server that makes them and the one that is measured. */
export const GROUP_SETTINGS = { 'group.membersMax': 20_000, 'rate.rest.default': 0 } as const

/** Makes groups with their members through the commands of the app's server. */
export async function seedGroups(server: TestServer, groups: readonly SeedGroup[]): Promise<void> {
  for (const { id, type, owner, members } of groups) {
    await server.ok('group_open_http_svc/create_group', {
      GroupId: id,
      Type: type,
      Name: id,
      Owner_Account: owner,
    })
    for (let at = 0; at < members.length; at += IMPORT)
      await server.ok('group_open_http_svc/import_group_member', {
        GroupId: id,
        MemberList: members.slice(at, at + IMPORT).map(name => ({ Member_Account: name })),
      })
  }
}

/** The frame of a message to a group, for {@link NumberedFrame}. */
export function groupMessage(groupId: string, text: string): string {
  return `{"id":#########N,"cmd":"group_open_http_svc/send_group_msg","body":{"GroupId":"${groupId}","Random":#########N,"MsgClientTime":#########T,"MsgBody":[{"MsgType":"TIMTextElem","MsgContent":{"Text":"${text}"}}]}}`
}
