import type { SettingKey } from '@rookery/protocol/limits'
import type { TipMode } from '@rookery/protocol/settings/group-settings'
import type { GroupType } from '@rookery/protocol/wire-group'
import type { App } from '../../apps/app.ts'

/** What happens in a group that its members may be told of (rest-2 section 1.5). */
export const TIP_EVENTS = ['members', 'profile', 'options', 'custom', 'roles'] as const
export type TipEvent = (typeof TIP_EVENTS)[number]

type TipKey = SettingKey & `group.tip.${string}`

/** The setting that says what becomes of the tip. */
export const TIP_SETTINGS: Readonly<Record<TipEvent, Readonly<Record<GroupType, TipKey>>>> = {
  members: {
    Private: 'group.tip.members.work',
    Public: 'group.tip.members.public',
    ChatRoom: 'group.tip.members.meeting',
    AVChatRoom: 'group.tip.members.live',
    Community: 'group.tip.members.community',
  },
  profile: {
    Private: 'group.tip.profile.work',
    Public: 'group.tip.profile.public',
    ChatRoom: 'group.tip.profile.meeting',
    AVChatRoom: 'group.tip.profile.live',
    Community: 'group.tip.profile.community',
  },
  options: {
    Private: 'group.tip.options.work',
    Public: 'group.tip.options.public',
    ChatRoom: 'group.tip.options.meeting',
    AVChatRoom: 'group.tip.options.live',
    Community: 'group.tip.options.community',
  },
  custom: {
    Private: 'group.tip.custom.work',
    Public: 'group.tip.custom.public',
    ChatRoom: 'group.tip.custom.meeting',
    AVChatRoom: 'group.tip.custom.live',
    Community: 'group.tip.custom.community',
  },
  roles: {
    Private: 'group.tip.roles.work',
    Public: 'group.tip.roles.public',
    ChatRoom: 'group.tip.roles.meeting',
    AVChatRoom: 'group.tip.roles.live',
    Community: 'group.tip.roles.community',
  },
}

export type TipModes = Readonly<Record<TipEvent, TipMode>>

/** What an app wants of the tips of one group type; plain data for a mutation. */
export function tipModes(app: App, type: GroupType): TipModes {
  const mode = (event: TipEvent): TipMode => app.setting(TIP_SETTINGS[event][type])
  return {
    members: mode('members'),
    profile: mode('profile'),
    options: mode('options'),
    custom: mode('custom'),
    roles: mode('roles'),
  }
}

const STRENGTH = { off: 0, push: 1, store: 2 } as const

/** Of one tip about several things: as the strongest of them. */
export function strongest(modes: readonly TipMode[]): TipMode {
  return modes.reduce<TipMode>((best, mode) => (STRENGTH[mode] > STRENGTH[best] ? mode : best), 'off')
}
