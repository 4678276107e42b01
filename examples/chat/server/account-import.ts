import { sign } from '@rookery/usersig'
import type { Person } from './accounts.ts'

/** An app admin's ticket is signed for one call and ends soon. */
const TICKET_SECONDS = 300
const TIMEOUT_MS = 5000
/** Accounts of one request (documented). */
const BATCH = 100

export interface ImportTarget {
  /** Where Rookery's REST API is. */
  readonly url: string
  readonly sdkAppId: number
  readonly key: string
  readonly admin: string
}

/** Makes the users known to Rookery before they first log in, so that others can write to them. Throws when refused. */
export async function importAccounts(people: readonly Person[], target: ImportTarget): Promise<void> {
  const query = new URLSearchParams({
    sdkappid: String(target.sdkAppId),
    identifier: target.admin,
    usersig: sign({
      sdkAppId: target.sdkAppId,
      userId: target.admin,
      key: target.key,
      expire: TICKET_SECONDS,
    }),
    random: String(crypto.getRandomValues(new Uint32Array(1))[0]),
    contenttype: 'json',
  })
  const response = await fetch(new URL(`/v4/im_open_login_svc/multiaccount_import?${query}`, target.url), {
    method: 'POST',
    body: JSON.stringify({
      AccountList: people.slice(0, BATCH).map(({ userID, name }) => ({ UserID: userID, Nick: name })),
    }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  const answer = (await response.json()) as { readonly ErrorCode?: number; readonly ErrorInfo?: string }
  if (answer.ErrorCode !== 0) throw new Error(`${answer.ErrorCode} ${answer.ErrorInfo}`)
}
