import { expect, test } from 'bun:test'
import './mutations.ts'
import { LOCK_ORDER, type Lock } from './locks.ts'
import { declaredMutations, type Mutation } from './mutation.ts'

/** Arguments of all mutations at once: as far as their locks ask for them. */
const SAMPLE = {
  app: 7,
  userId: 'alice',
  ticket: { app: 7, userId: 'alice' },
  items: [{ userId: 'alice' }, { userId: 'bob' }],
  account: 1,
  owner: 1,
  peer: 2,
  peers: [2, 3],
  contacts: [{ peer: 2 }, { peer: 3 }],
  conv: 5,
  member: 2,
  changes: [{ peer: 2 }, { peer: 3 }],
  sender: 1,
  receiver: 2,
  reader: 3,
  convs: [{ conv: 5, lo: 1, hi: 2 }],
  group: 9,
  from: 1,
  to: 2,
  user: 2,
  applicant: 2,
  accounts: [1, 2],
  actor: { account: 3 },
  quotas: { Public: 1 },
  members: [{ account: 1 }, { account: 2 }],
  topic: 11,
  topics: [11],
  rooms: [{ app: 7, group: 9, conv: 5, count: 1 }],
}

/**
 * What each mutation keeps out while it runs. `nothing`: one statement decides, or the database's own keys do. A new
 * mutation is added here with thought: which rows does it read to decide, and who else writes those?
 */
const TABLE: Readonly<Record<string, string>> = {
  'accounts/delete': 'app 7 shared, name alice',
  'accounts/import': 'app 7 shared, name alice, name bob',
  'accounts/kick': 'app 7 shared, name alice',
  'accounts/set-blocked': 'app 7 shared, name alice',
  'apps/add-key': 'app 7',
  'apps/appoint-admin': 'app 7',
  'apps/claim-first-app': 'installation',
  'apps/create': 'installation',
  'apps/delete': 'app 7',
  'apps/dismiss-admin': 'app 7',
  'apps/erase-step': 'nothing',
  'apps/invalidate-tickets': 'app 7',
  'apps/keep-master-key-check': 'nothing',
  'apps/rename': 'app 7',
  'apps/revoke-key': 'app 7',
  'apps/rotate-key': 'app 7',
  'apps/set-admin': 'app 7',
  'apps/set-allowed-origins': 'app 7',
  'apps/set-disabled': 'app 7',
  'apps/set-key-may-mint-admin': 'app 7',
  'apps/set-setting': 'app 7',
  'audit/record': 'nothing',
  'conversations/change-contact-group': 'account 1, pair 1 2, pair 1 3',
  'conversations/create-contact-group': 'account 1, pair 1 2, pair 1 3',
  'conversations/delete': 'account 1, pair 1 2',
  'conversations/delete-contact-group': 'account 1',
  'conversations/mark': 'account 1, pair 1 2, pair 1 3',
  'conversations/mark-group-read': 'account 3, conversation 5',
  'conversations/mark-read': 'account 3, account 2, pair 3 2',
  'conversations/pin': 'account 1, pair 1 2',
  'conversations/rename-contact-group': 'account 1',
  'conversations/set-receive-option': 'account 1, pair 1 2, pair 1 3',
  'groups/add-members': 'account 1, account 2, group 9',
  'groups/ban-members': 'account 1, account 2, group 9',
  'groups/change-attributes': 'group 9',
  'groups/change-counters': 'group 9',
  'groups/change-member': 'account 1, group 9',
  'groups/change-profile': 'group 9',
  'groups/clear-messages': 'conversation 5',
  'groups/create': 'app 7 shared, count 7, account 1, account 2',
  'groups/delete-counters': 'group 9',
  'groups/declare-field': 'app 7',
  'groups/dismiss': 'group 9',
  'groups/end-departure': 'account 1',
  'groups/forget-member': 'account 1, group 9',
  'groups/handle-application': 'account 2, group 9',
  'groups/hide-messages': 'account 3, conversation 5',
  'groups/import-members': 'account 1, account 2, group 9',
  'groups/join': 'account 3, group 9',
  'groups/message-extensions': 'conversation 5',
  'groups/modify-message': 'conversation 5',
  'groups/mute-members': 'account 1, account 2, group 9',
  'groups/pin-message': 'conversation 5',
  'groups/quit': 'account 3, group 9',
  'groups/recall-by-sender': 'conversation 5',
  'groups/recall-messages': 'conversation 5',
  'groups/remove-members': 'account 1, account 2, group 9',
  'groups/report-receipts': 'conversation 5',
  'groups/send-away': 'account 1, account 2, group 9',
  'groups/set-unread': 'account 2, conversation 5',
  'groups/transfer': 'account 1, account 2, group 9',
  'groups/unban-members': 'account 1, account 2, group 9',
  'login/disconnect-session': 'account 1',
  'login/expire-session': 'account 1',
  'login/kick': 'app 7 shared, name alice',
  'login/logout-session': 'account 1',
  'login/note-ticket': 'app 7 shared, name alice',
  'login/open-session': 'app 7 shared, name alice',
  'login/renew-session': 'app 7 shared, name alice',
  'messages/extensions': 'pair 1 2',
  'messages/hide': 'account 1, pair 1 2',
  'messages/modify': 'pair 1 2',
  'messages/recall': 'pair 1 2',
  'messages/receipts': 'pair 3 1',
  'messages/sweep': 'account 1, account 2, conversation 5',
  'messages/sweep-keys': 'nothing',
  'observability/probe-storage': 'nothing',
  'operators/change-password': 'installation',
  'operators/close-session': 'nothing',
  'operators/group/add-members': 'account 1, account 2, group 9',
  'operators/group/change': 'group 9',
  'operators/group/create': 'app 7 shared, count 7, account 1, account 2',
  'operators/group/dismiss': 'group 9',
  'operators/group/mute': 'account 1, account 2, group 9',
  'operators/group/remove-members': 'account 1, account 2, group 9',
  'operators/group/set-member': 'account 1, group 9',
  'operators/group/transfer': 'account 1, account 2, group 9',
  'operators/message/recall': 'conversation 5',
  'operators/open-session': 'installation',
  'operators/remove': 'installation',
  'operators/set-role': 'installation',
  'operators/store-link': 'installation',
  'operators/touch-session': 'nothing',
  'operators/use-link': 'installation',
  'permissions/change-members': 'group 9',
  'permissions/change-topics': 'group 9',
  'permissions/create': 'group 9',
  'permissions/destroy': 'group 9',
  'permissions/modify': 'group 9',
  'rooms/change-admins': 'account 1, account 2, group 9',
  'rooms/change-marks': 'group 9',
  'rooms/publish-audience': 'nothing',
  'rooms/take-numbers': 'conversation 5',
  'topics/close': 'account 1, account 2, group 9',
  'topics/create': 'app 7 shared, group 9',
  'topics/destroy': 'group 9',
  'topics/modify': 'group 9',
  'topics/open': 'account 1, account 2, group 9',
  'topics/set-receive-option': 'account 1, group 9',
}

function written(lock: Lock): string {
  const { on, app, shared, ...which } = { app: 0, shared: false, ...lock }
  if (on === 'installation') return on
  return [
    on,
    ...(on === 'app' || on === 'count' ? [app] : Object.values(which)),
    ...(shared ? ['shared'] : []),
  ].join(' ')
}

function locksOf(mutation: Mutation<never, unknown>): string {
  const locks = [...mutation.locks(SAMPLE as never)]
  if (locks.length === 0) return 'nothing'
  return locks
    .sort((a, b) => LOCK_ORDER.indexOf(a.on) - LOCK_ORDER.indexOf(b.on))
    .map(written)
    .join(', ')
}

test('every mutation locks what it decides by', () => {
  const declared = [...declaredMutations()].sort(([a], [b]) => (a < b ? -1 : 1))
  expect(Object.fromEntries(declared.map(([name, mutation]) => [name, locksOf(mutation)]))).toEqual(TABLE)
})
