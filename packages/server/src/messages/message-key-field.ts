import { ErrorCode } from '@rookery/protocol/error-code'
import { type MessageKey, parseMessageKey } from '@rookery/protocol/message-key'
import { CommandError } from '../commands/command-error.ts'

/** The numbers of a MsgKey, or the given code (90054 unless the family has its own). */
export function messageKeyOrThrow(
  text: string,
  code: number = ErrorCode.MSG_KEY_INVALID,
  field = 'MsgKey',
): MessageKey {
  const key = parseMessageKey(text)
  if (!key)
    throw new CommandError(code, `${field} must be <MsgSeq>_<MsgRandom>_<MsgTime> as a send answered it.`, {
      check: field,
    })
  return key
}
