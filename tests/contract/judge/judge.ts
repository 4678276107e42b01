import type { Entry } from '../history/entry.ts'
import { agreement } from './agreement.ts'
import { changes } from './changes.ts'
import { delivery } from './delivery.ts'
import { dense } from './dense.ts'
import { doubled } from './doubled.ts'
import { evidenceOf } from './evidence.ts'
import { frames } from './frames.ts'
import { groupApplications } from './group-applications.ts'
import { groupBans } from './group-bans.ts'
import { groupDelivery } from './group-delivery.ts'
import { groupMembers } from './group-members.ts'
import { groupSenders } from './group-senders.ts'
import { groupTips } from './group-tips.ts'
import { groupUnread } from './group-unread.ts'
import { lost } from './lost.ts'
import { order } from './order.ts'
import { readMarks } from './read-marks.ts'
import { revokedLogin } from './revoked-login.ts'
import { rooms } from './rooms.ts'
import type { Rule } from './rule.ts'
import { screens } from './screens.ts'
import { settled } from './settled.ts'
import { snapshot } from './snapshot.ts'
import { unread } from './unread.ts'
import type { Violation } from './violation.ts'

export const RULES: Readonly<Record<string, Rule>> = {
  lost,
  doubled,
  dense,
  agreement,
  screens,
  order,
  delivery,
  'read-marks': readMarks,
  unread,
  changes,
  'revoked-login': revokedLogin,
  snapshot,
  frames,
  settled,
  'group-delivery': groupDelivery,
  'group-members': groupMembers,
  'group-senders': groupSenders,
  'group-tips': groupTips,
  'group-unread': groupUnread,
  'group-bans': groupBans,
  'group-applications': groupApplications,
  rooms,
}

/** Judges a whole history. A run whose final state is missing can't be judged: throws. */
export function judge(entries: readonly Entry[]): readonly Violation[] {
  const evidence = evidenceOf(entries)
  if (evidence.views.length + evidence.groupViews.length === 0)
    throw new Error('The history has no final state; the run did not come to its end.')
  return Object.entries(RULES).flatMap(([rule, of]) => of(evidence).map(text => ({ rule, text })))
}
