import type { ChatSDK } from '@rookery/chat'
import { byId, element, list, setText, toast } from '../dom.ts'

type Request = Awaited<ReturnType<ChatSDK['getGroupApplicationList']>>['data']['applicationList'][number]

/** Who wants to join a group of this user's, and who invites this user: each waits for an answer. */
export async function showRequests(chat: ChatSDK): Promise<void> {
  const { applicationList } = (await chat.getGroupApplicationList()).data
  byId('requests-title').hidden = applicationList.length === 0
  list(byId('requests'), applicationList, {
    key: it => it.applicationID,
    make: it => makeRow(chat, it),
    fill: (row, it) => setText(row.querySelector('span'), lineOf(it)),
  })
}

function makeRow(chat: ChatSDK, application: Request): HTMLElement {
  const answer = async (handleAction: 'Agree' | 'Reject') => {
    // Another admin may have been faster: the list shows what is left, whatever the answer was.
    await chat.handleGroupApplication({ handleAction, application }).catch(toast)
    await showRequests(chat).catch(toast)
  }
  const approve = element('button', 'primary short', 'Approve')
  const refuse = element('button', 'plain short', 'Refuse')
  approve.addEventListener('click', () => answer('Agree'))
  refuse.addEventListener('click', () => answer('Reject'))
  return element('li', 'request', element('span'), element('div', 'row', approve, refuse))
}

/** Applications, invitations that an admin has to let in, and invitations to this user. */
function lineOf({ applicationType, applicant, applicantNick, userID, groupName, note }: Request): string {
  const who = applicantNick || applicant
  if (applicationType === 1) return `${who} wants to bring ${userID} into ${groupName}`
  if (applicationType === 2) return `${who} invites you to ${groupName}`
  return `${who} asks to join ${groupName}${note === '' ? '' : `: ${note}`}`
}
