import type { GroupReceiveOption } from '@rookery/protocol/wire-group'

/** In the order of their numbers in `user_conversation.recv_opt` of a topic, which begin with 1; 0: as in the community. */
const OPTIONS: readonly GroupReceiveOption[] = [
  'AcceptAndNotify',
  'AcceptNotNotify',
  'Discard',
  'AcceptNotNotifyExceptAt',
  'NotReceiveMsgExceptAt',
]

export function storedOption(option: GroupReceiveOption): number {
  return OPTIONS.indexOf(option) + 1
}

/** What a member chose for a topic; undefined: nothing, so that its community's option holds. */
export function ownOption(stored: number): GroupReceiveOption | undefined {
  return OPTIONS[stored - 1]
}
