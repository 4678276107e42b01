import { settingRow } from '@rookery/protocol/limits'
import type { GroupType } from '@rookery/protocol/wire-group'
import { GROUP_TYPES, TYPE_RULES, type TypeRules } from './group-types.ts'
import { ACTOR_ROLES, OPERATIONS, type Operation, type OperationRules, refusalCode } from './operations.ts'
import { COMMUNITY_RIGHTS, TOPIC_RIGHTS } from './permission-rules.ts'
import { TIP_EVENTS, TIP_SETTINGS } from './tip-rules.ts'

export const BEGIN = '<!-- made from the tables in packages/server/src/groups/rules by rules-markdown.ts -->'
export const END = '<!-- end of what is made -->'

const yes = (value: boolean): string => (value ? 'yes' : 'no')

const CAPABILITIES: readonly (readonly [string, (rules: TypeRules) => string])[] = [
  ['Product name', rules => rules.productName],
  ['Roles', rules => rules.roles.join(', ')],
  ['Members are stored', rules => yes(rules.storesMembers)],
  ['Others can look it up by id', rules => yes(rules.foundByOthers)],
  ['`ApplyJoinOption` at first', rules => rules.applyOption + (rules.optionsFixed ? ', fixed' : '')],
  ['`InviteJoinOption` at first', rules => rules.inviteOption + (rules.optionsFixed ? ', fixed' : '')],
  ['The owner may quit', rules => yes(rules.ownerMayQuit)],
  ['Inactive until its first message', rules => yes(rules.startsInactive)],
  ['History', rules => yes(rules.storesHistory)],
  [
    'History before joining',
    rules =>
      rules.historySetting
        ? `${settingRow(rules.historySetting).default ? 'on' : 'off'} (\`${rules.historySetting}\`${rules.historyPerGroup ? ', `HistoryMsgBeforeJoin`' : ''})`
        : 'no',
  ],
  ['Unread count', rules => yes(rules.countsUnread)],
  ['Receive option of a new member', rules => rules.receiveOption],
  ['Read receipts', rules => yes(rules.readReceipts)],
  ['Directed messages', rules => yes(rules.directedMessages)],
  ['Mentions', rules => yes(rules.mentions)],
  ['Message extensions', rules => yes(rules.messageExtensions)],
  ['Pinned messages', rules => yes(rules.pins)],
  ['Attributes', rules => yes(rules.attributes)],
  ['Counters', rules => yes(rules.counters)],
  ['Topics', rules => yes(rules.topics)],
  ['Mutes', rules => yes(rules.mutes)],
  ['Bans', rules => yes(rules.bans)],
  ['Import', rules => yes(rules.importable)],
  [
    'Most members',
    rules =>
      rules.membersSetting
        ? `${String(settingRow(rules.membersSetting).default)} (\`${rules.membersSetting}\`)`
        : 'no bound',
  ],
  ['… when an SDK says nothing', rules => (rules.sdkMembers ? String(rules.sdkMembers) : '–')],
]

/** The tables of `docs/groups.md`, between its markers. */
export function rulesMarkdown(): string {
  return [
    '### Types and what they can do',
    table(
      ['', ...GROUP_TYPES.map(type => `\`${type}\``)],
      CAPABILITIES.map(([name, show]) => [name, ...GROUP_TYPES.map(type => show(TYPE_RULES[type]))]),
    ),
    '### Who may do what',
    `Everybody else is refused with the code in brackets. ${'`AppAdmin`'} is the app itself over REST.`,
    table(
      ['', ...GROUP_TYPES.map(type => `\`${type}\``)],
      (Object.keys(OPERATIONS) as Operation[]).map(operation => [
        OPERATIONS[operation].title + (isDownwards(operation) ? ' (of lower rank)' : ''),
        ...GROUP_TYPES.map(type => allowedText(operation, type)),
      ]),
    ),
    '### Permission groups',
    'With `EnablePermission` 1, in a community with topics, masks say what members may do, and an admin has no powers of its own: a bit ' +
      'makes a member an admin for what it permits. Members have what any of their permission groups permits; who is in none has ' +
      '`DefaultPermission`. Owner and app have everything. Who holds the same right is an equal, on whom nobody acts by it.',
    table(
      ['Bit of the community mask', 'permits'],
      Object.values(COMMUNITY_RIGHTS).map(({ bit, title }) => [String(bit), title]),
    ),
    'In a topic a permission group counts by its mask for that topic. Where it has none there, bits of its community mask count:',
    table(
      ['Bit of the mask in a topic', 'permits', 'without a mask'],
      Object.values(TOPIC_RIGHTS).map(({ bit, title, community }) => [
        String(bit),
        title,
        `bit ${COMMUNITY_RIGHTS[community].bit}`,
      ]),
    ),
    '### Tips',
    'What becomes of a tip by default: `store` keeps it in the history, `push` tells who is online. Each cell is a setting, ' +
      'as `group.tip.members.work`.',
    table(
      ['', ...GROUP_TYPES.map(type => `\`${type}\``)],
      TIP_EVENTS.map(event => [
        event,
        ...GROUP_TYPES.map(type => String(settingRow(TIP_SETTINGS[event][type]).default)),
      ]),
    ),
  ].join('\n\n')
}

function isDownwards(operation: Operation): boolean {
  const rules: OperationRules = OPERATIONS[operation]
  return rules.downwards === true
}

function allowedText(operation: Operation, type: GroupType): string {
  const allowed: readonly string[] = OPERATIONS[operation].allowed[type]
  const names = allowed.length === ACTOR_ROLES.length ? 'all' : allowed.join(', ') || '–'
  const refused = ACTOR_ROLES.filter(role => !allowed.includes(role))
  const codes = [...new Set(refused.map(role => refusalCode(operation, type, role)))]
  return codes.length > 0 ? `${names} [${codes.join(', ')}]` : names
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** The page with its made part as the tables are now. Throws when it has no markers. */
export function withRules(page: string): string {
  const start = page.indexOf(BEGIN)
  const end = page.indexOf(END)
  if (start < 0 || end < start) throw new Error('docs/groups.md has lost its markers.')
  return `${page.slice(0, start)}${BEGIN}\n\n${rulesMarkdown()}\n\n${page.slice(end)}`
}

if (import.meta.main) {
  const path = new URL('../../../../../docs/groups.md', import.meta.url).pathname
  await Bun.write(path, withRules(await Bun.file(path).text()))
}
