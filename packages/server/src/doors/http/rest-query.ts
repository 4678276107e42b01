import { ErrorCode } from '@rookery/protocol/error-code'
import { CommandError } from '../../commands/command-error.ts'

/** Who calls, as the URL claims it. */
export interface RestQuery {
  readonly app: number
  readonly userId: string
  readonly userSig: string
}

const SDKAPPID = /^\d{1,15}$/

/**
 * The query parameters that count (rest-1 section 1.2); `random`, `contenttype` and others may be missing or anything. Checks in
 * the order of login-usersig 3.3: 60012 and 60006, 60004, 60005.
 */
export function queryOf(request: Request, url: URL): RestQuery {
  const query = url.searchParams
  const sdkappid = query.get('sdkappid')
  if (!sdkappid)
    throw new CommandError(ErrorCode.SDKAPPID_MISS, 'The URL lacks sdkappid.', { check: 'sdkappid' })
  if (!SDKAPPID.test(sdkappid))
    throw new CommandError(ErrorCode.INVALID_SDKAPPID, 'sdkappid must be a decimal number.', {
      check: 'sdkappid',
    })
  const userId = query.get('identifier')
  if (!userId)
    throw new CommandError(
      ErrorCode.INVALID_ACCOUNT,
      'The URL lacks identifier, the UserID of an app admin.',
      { check: 'identifier' },
    )
  const userSig = ticketHeader(request) ?? query.get('usersig')
  if (userSig === null)
    throw new CommandError(
      ErrorCode.INVALID_ACCOUNT_EX,
      'The URL lacks usersig; it may also come in a header: "Authorization: UserSig <ticket>".',
      { check: 'usersig' },
    )
  return { app: Number(sdkappid), userId, userSig }
}

/** `Authorization: UserSig <ticket>` keeps the ticket out of every URL; the scheme's case does not matter (RFC 9110). */
function ticketHeader(request: Request): string | undefined {
  return /^usersig\s+(.*)$/i.exec(request.headers.get('authorization') ?? '')?.[1]?.trim()
}
