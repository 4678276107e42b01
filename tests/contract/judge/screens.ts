import type { ScreenEntry } from '../history/entry.ts'
import { type Evidence, hasDeleted } from './evidence.ts'
import { groupModel, groupModels } from './group-model.ts'
import type { Rule } from './rule.ts'

/**
 * What the apps show in the end: each device the same as a device that logged in only now, and as the server. Of a group
 * what changed before the present membership, or after the last one, was told to nobody who was out then.
 */
export const screens: Rule = evidence =>
  evidence.screens.flatMap(screen => [...lists(evidence, screen), ...messages(evidence, screen)])

function lists(evidence: Evidence, screen: ScreenEntry): string[] {
  const fresh = evidence.screens.find(it => it.fresh && it.user === screen.user)
  if (!fresh)
    return [`${screen.user} could not log in afresh, so nothing tells what ${screen.device} should show.`]
  if (fresh === screen) return []
  const peers = new Set([...screen.conversations, ...fresh.conversations].map(it => it.peer))
  return [...peers].flatMap(peer => {
    const [shown, expected] = [screen, fresh].map(it =>
      JSON.stringify(
        it.conversations.find(item => item.peer === peer),
        toldOf(evidence, screen.user, peer),
      ),
    )
    return shown === expected
      ? []
      : `${screen.device} shows the conversation with ${peer} as ${shown}, a fresh login as ${expected}.`
  })
}

function messages(evidence: Evidence, { device, user, messages: shown }: ScreenEntry): string[] {
  return shown.flatMap(message => {
    if (hasDeleted(evidence, user, message.id)) return []
    const stored = evidence.stored.get(message.id)
    if (!stored) return `${device} shows ${message.text} (${message.id}), which is not stored.`
    if (isPast(evidence, user, message)) return []
    const [here, there] = [message, stored].map(it =>
      JSON.stringify([it.seq, it.version, it.recalled, it.text]),
    )
    return here === there ? [] : `${device} shows ${message.id} as ${here}, stored is ${there}.`
  })
}

/** Keys to compare: the last message of a group that the user is out of may have changed since. */
function toldOf(evidence: Evidence, user: string, peer: string): string[] | undefined {
  const model = groupModel(evidence, peer)
  if (!model || model.isMember(user)) return undefined
  return ['peer', 'unread', 'pinned', 'lastSeq', 'peerReadTime']
}

function isPast(
  evidence: Evidence,
  user: string,
  { id, seq }: { readonly id: string; readonly seq: number },
) {
  const model = groupModels(evidence).find(it => it.log.some(message => message.id === id))
  return model !== undefined && !(model.isMember(user) && seq >= (model.spansOf(user).at(-1)?.from ?? 0))
}
