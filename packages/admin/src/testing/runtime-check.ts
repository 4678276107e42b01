import { inspect } from 'node:util'
import type { AdminError, TransportError } from '../admin.ts'

/** What a runtime made of the check; the same on each. */
export interface RuntimeReport {
  readonly msgKeys: readonly string[]
  readonly imported: readonly string[]
  readonly afterBrokenConnection: string
  readonly unknownOutcome: object
  readonly unreachable: object
  readonly refused: object
  readonly retriedAfterDelay: string
  readonly pages: number
  readonly printed: string
}

interface Settings {
  readonly host: string
  readonly gone: string
  readonly sdkAppId: number
  readonly key: string
}

/**
 * Runs in a process of its own, on Node or Bun, against a proxy whose faults follow this order: pass, pass, drop-after,
 * drop-after (a kick), 60022, then pass.
 */
export async function runtimeReport(
  { createAdmin }: typeof import('../admin.ts'),
  { host, gone, sdkAppId, key }: Settings,
): Promise<RuntimeReport> {
  const admin = createAdmin({ host, sdkAppId, key })
  const send = (Text: string) =>
    admin.call('openim/sendmsg', {
      From_Account: 'alice',
      To_Account: 'bob',
      MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text } }],
    })
  const failure = async (call: Promise<unknown>): Promise<object> => {
    const error = (await call.catch((error: unknown) => error)) as AdminError & TransportError
    const { name, code, kind, attempts, mayHaveHappened } = error
    return { name, code, kind, attempts, mayHaveHappened, hasCause: error.cause !== undefined }
  }
  const first = await send('from this runtime')
  const { ResultItem } = await admin.call('im_open_login_svc/account_check', {
    CheckItem: [{ UserID: 'alice' }, { UserID: 'nobody' }],
  })
  const second = await send('once')
  const kick = { UserID: 'bob', NoWait: 1 }
  const unknownOutcome = await failure(admin.call('im_open_login_svc/kick', kick))
  const retried = await admin.call('im_open_login_svc/kick', kick)
  const refused = await failure(
    admin.call('openim/sendmsg', {
      To_Account: 'nobody',
      MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'x' } }],
    }),
  )
  const elsewhere = createAdmin({ host: gone, sdkAppId, key, retries: 1 })
  let pages = 0
  for await (const page of admin.pages('openim/admin_getroammsg', {
    Operator_Account: 'alice',
    Peer_Account: 'bob',
    MaxCnt: 1,
  }))
    pages += page.MsgCnt
  return {
    msgKeys: [first.MsgKey, second.MsgKey],
    imported: ResultItem.map(item => item.AccountStatus),
    afterBrokenConnection: second.ActionStatus,
    unknownOutcome,
    unreachable: await failure(elsewhere.call('im_open_login_svc/kick', kick)),
    refused,
    retriedAfterDelay: retried.ActionStatus,
    pages,
    printed: inspect(admin, { depth: Infinity, showHidden: true }) + JSON.stringify(admin),
  }
}
