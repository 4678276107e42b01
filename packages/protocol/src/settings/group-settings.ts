import { ErrorCode } from '../error-code.ts'
import { type EnumSetting, flag, integer, NO_BOUND, oneOf } from './setting-row.ts'

/** What becomes of a change notification: nothing, told to who is online, or told and kept in the history. */
export const TIP_MODES = ['off', 'push', 'store'] as const
export type TipMode = (typeof TIP_MODES)[number]

const TIP_TYPES = ['work', 'public', 'meeting', 'live', 'community'] as const
type TipType = (typeof TIP_TYPES)[number]

/** One setting for each group type; live rooms keep no history. Defaults in the order work, public, meeting, live, community. */
function tips<Event extends string>(
  event: Event,
  what: string,
  defaults: readonly [TipMode, TipMode, TipMode, 'off' | 'push', TipMode],
): { readonly [T in TipType as `group.tip.${Event}.${T}`]: EnumSetting<TipMode> } {
  const rows = TIP_TYPES.map((type, index): [string, EnumSetting<TipMode>] => {
    const value = defaults[index] ?? 'off'
    return [
      `group.tip.${event}.${type}`,
      oneOf<TipMode>(value, type === 'live' ? ['off', 'push'] : TIP_MODES, {
        doc: `What becomes of the tip about ${what} in ${type} groups.`,
        documented: value,
      }),
    ]
  })
  return Object.fromEntries(rows) as { [T in TipType as `group.tip.${Event}.${T}`]: EnumSetting<TipMode> }
}

/** Sources: reference limits.md 4, rest-2 sections 1.4 to 1.7, 2.2 to 2.4, 5 and 9.8. */
export const groupSettings = {
  'group.maxPerApp': integer(0, [0, NO_BOUND], 'groups', {
    doc: 'Groups of an app without its live rooms, 0 for no limit.',
    documented: 'unlimited, trial 100',
    code: ErrorCode.GROUP_TRIAL_COUNT_LIMIT,
  }),
  'group.avMax': integer(0, [0, NO_BOUND], 'rooms', {
    doc: 'Live rooms of an app, 0 for no limit.',
    documented: 'unlimited, standard 50, trial 10',
    code: ErrorCode.GROUP_LIVE_ROOM_COUNT_LIMIT,
  }),
  'group.communityEnabled': flag(true, {
    doc: 'Lets the app have communities.',
    documented: 'on for the larger plans',
    code: ErrorCode.COMMUNITY_DISABLED,
  }),
  'group.communitiesMax': integer(0, [0, NO_BOUND], 'communities', {
    doc: 'Communities of an app, 0 for no limit.',
    documented: '100000',
    code: ErrorCode.GROUP_JOINED_COUNT_LIMIT,
  }),
  'group.newPerDay': integer(0, [0, NO_BOUND], 'groups', {
    doc: 'Groups made on one day (UTC) that still exist, 0 for no limit.',
    documented: '50000, 10000 for smaller plans',
    code: ErrorCode.GROUP_FREQ_LIMIT,
  }),
  'group.joinedMax': integer(5000, [1, 20_000], 'groups', {
    doc: 'Groups that a user may be in, live rooms not counted.',
    documented: '5000, smaller plans 50 to 3000',
    code: ErrorCode.GROUP_JOINED_COUNT_LIMIT,
  }),
  'group.membersMax': integer(6000, [2, 20_000], 'members', {
    doc: 'Members of a work, public or meeting group.',
    documented: '6000, smaller plans 20 to 2000',
    code: ErrorCode.GROUP_MEMBER_COUNT_LIMIT,
  }),
  'group.communityMembersMax': integer(100_000, [2, 1_000_000], 'members', {
    doc: 'Members of a community.',
    documented: '100000, largest plan 1000000',
    code: ErrorCode.GROUP_MEMBER_COUNT_LIMIT,
  }),
  'group.adminsMax': integer(0, [0, NO_BOUND], 'admins', {
    doc: 'Admins of a group, 0 for no limit.',
    documented: 'own choice',
    code: ErrorCode.GROUP_PARAMETER_INVALID,
  }),
  'group.initialMembersMax': integer(500, [1, 500], 'members', {
    doc: 'Members named in one creation of a group.',
    documented: '100 over REST, 500 in the SDK',
    code: ErrorCode.GROUP_ACCOUNT_COUNT_LIMIT,
  }),
  'group.addPerCall': integer(500, [1, 500], 'members', {
    doc: 'Members added in one call.',
    documented: '300, older 100, SDK 500',
    code: ErrorCode.GROUP_ACCOUNT_COUNT_LIMIT,
  }),
  'group.deletePerCall': integer(500, [1, 500], 'members', {
    doc: 'Members removed in one call.',
    documented: '100 or 500',
    code: ErrorCode.GROUP_ACCOUNT_COUNT_LIMIT,
  }),
  'group.importMembersMax': integer(300, [1, 500], 'members', {
    doc: 'Members imported in one call.',
    documented: '300',
    code: ErrorCode.GROUP_ACCOUNT_COUNT_LIMIT,
  }),
  'group.idBytes': integer(48, [8, 48], 'B', {
    doc: 'Longest group ID that an app may choose.',
    documented: '48',
    code: ErrorCode.GROUP_ID_INVALID,
  }),
  'group.nameBytes': integer(100, [1, 1024], 'B', {
    doc: 'Longest name of a group.',
    documented: '100, older 30',
    code: ErrorCode.GROUP_PARAMETER_INVALID,
  }),
  'group.introBytes': integer(400, [1, 4096], 'B', {
    doc: 'Longest introduction of a group.',
    documented: '400, older 240',
    code: ErrorCode.GROUP_PARAMETER_INVALID,
  }),
  'group.noticeBytes': integer(400, [1, 4096], 'B', {
    doc: 'Longest notification of a group.',
    documented: '400, older 300',
    code: ErrorCode.GROUP_PARAMETER_INVALID,
  }),
  'group.faceBytes': integer(500, [1, 4096], 'B', {
    doc: 'Longest avatar URL of a group.',
    documented: '500, older 100',
    code: ErrorCode.GROUP_PARAMETER_INVALID,
  }),
  'group.nameCardBytes': integer(50, [1, 512], 'B', {
    doc: 'Longest name card of a member.',
    documented: '50',
    code: ErrorCode.GROUP_PARAMETER_INVALID,
  }),
  'group.customFieldsMax': integer(10, [0, 100], 'fields', {
    doc: 'Custom fields that the app declares for its groups, and that one group has.',
    documented: '10, older 20',
    code: ErrorCode.GROUP_PARAMETER_INVALID,
  }),
  'group.customValueBytes': integer(512, [1, 4096], 'B', {
    doc: 'Longest value of a custom field of a group.',
    documented: '512',
    code: ErrorCode.GROUP_PARAMETER_INVALID,
  }),
  'group.memberFieldsMax': integer(5, [0, 50], 'fields', {
    doc: 'Custom fields that the app declares for members, and that one member has.',
    documented: '5',
    code: ErrorCode.GROUP_PARAMETER_INVALID,
  }),
  'group.memberValueBytes': integer(64, [1, 1024], 'B', {
    doc: 'Longest value of a custom field of a member.',
    documented: '64',
    code: ErrorCode.GROUP_PARAMETER_INVALID,
  }),
  'group.undeclaredFields': flag(true, {
    doc: 'Accepts custom fields of groups and members whose key is not declared: read by everybody, written as the profile.',
    documented: 'off: a key is declared before use',
    code: ErrorCode.GROUP_PARAMETER_INVALID,
  }),
  'group.workStartsInactive': flag(true, {
    doc: 'Keeps a new work group from the lists of its members until its first message.',
    documented: 'on',
  }),
  'group.inviteNeedsConsent': flag(false, {
    doc: 'Asks the invited user too before an invitation by a member takes effect.',
    documented: 'own choice',
  }),
  'group.historyBeforeJoin.work': flag(false, {
    doc: 'Shows new members of work groups what was written before, unless the group says otherwise.',
    documented: 'off',
  }),
  'group.historyBeforeJoin.public': flag(false, {
    doc: 'Shows new members of public groups what was written before, unless the group says otherwise.',
    documented: 'off',
  }),
  'group.historyBeforeJoin.meeting': flag(true, {
    doc: 'Shows new members of meeting groups what was written before, unless the group says otherwise.',
    documented: 'on',
  }),
  'group.historyBeforeJoin.community': flag(false, {
    doc: 'Shows new members of communities what was written before.',
    documented: 'off, older on',
  }),
  'group.noticesMax': integer(100, [1, 1000], 'notices', {
    doc: 'Group notices kept for a user, of which the oldest goes first.',
    documented: '100',
  }),
  'group.noticeDays': integer(7, [1, 90], 'd', {
    doc: 'Days for which group notices are kept.',
    documented: '7',
  }),
  ...tips('members', 'joining, leaving and removal', ['store', 'store', 'off', 'push', 'store']),
  ...tips('profile', 'name, texts, avatar and owner', ['store', 'store', 'store', 'push', 'store']),
  ...tips('options', 'muting everybody and the options of joining', ['off', 'off', 'off', 'off', 'off']),
  ...tips('custom', 'custom fields', ['push', 'push', 'push', 'push', 'push']),
  ...tips('roles', 'muted members and appointed admins', ['store', 'store', 'off', 'off', 'store']),
}
