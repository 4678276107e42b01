import { randomBytes } from 'node:crypto'
import { ErrorCode } from '@rookery/protocol/error-code'
import type { GroupType } from '@rookery/protocol/wire-group'
import { CommandError } from '../commands/command-error.ts'
import { TYPE_RULES } from './rules/group-types.ts'

/** Ids that begin so are the server's own; those of communities go on with `_` (rest-2 section 2.1). */
const RESERVED = '@TGS#'
const COMMUNITY = '@TGS#_'
/** The longest id there is is a topic's. */
const ID_BYTES_MAX = 96
const RANDOM_CHARS = 10
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'

const isPrintable = (id: string): boolean => /^[\x20-\x7e]+$/.test(id)

/** Throws 10015 for what can be no id of a group or topic. */
export function checkGroupId(id: string, field = 'GroupId'): void {
  if (isPrintable(id) && id.length <= ID_BYTES_MAX) return
  throw new CommandError(
    ErrorCode.GROUP_ID_INVALID,
    `A ${field} is 1 to ${ID_BYTES_MAX} printable ASCII characters; this one is not.`,
    { check: 'group-id' },
  )
}

/** Throws 10015 or 10004 for an id that an app may not give to a new group of the type. */
export function checkNewGroupId(id: string, type: GroupType, maxBytes: number): void {
  if (!isPrintable(id) || id.length > maxBytes)
    throw new CommandError(
      ErrorCode.GROUP_ID_INVALID,
      `A GroupId is 1 to ${maxBytes} printable ASCII characters; choose another one.`,
      { check: 'group-id', maxBytes },
    )
  const fits =
    type === 'Community' ? id.startsWith(COMMUNITY) && id.length > COMMUNITY.length : !id.startsWith(RESERVED)
  if (fits && !id.startsWith(`${COMMUNITY}${RESERVED}`) && !id.includes('@TOPIC#')) return
  throw new CommandError(
    ErrorCode.GROUP_PARAMETER_INVALID,
    type === 'Community'
      ? `The GroupId of a community begins with ${COMMUNITY} and a name of its own.`
      : `A GroupId may not begin with ${RESERVED} or hold @TOPIC#; choose another one.`,
    { check: 'group-id' },
  )
}

/** A new id of the server's own; nobody can guess the next one. */
export function makeGroupId(type: GroupType): string {
  const letters = [...randomBytes(RANDOM_CHARS)].map(byte => ALPHABET[byte % ALPHABET.length]).join('')
  const own = `${RESERVED}${TYPE_RULES[type].idLetter}${letters}`
  return type === 'Community' ? `${COMMUNITY}${own}` : own
}
