import { ErrorCode } from '@rookery/protocol/error-code'
import { CommandError } from '../commands/command-error.ts'
import type { Store } from '../store/store.ts'

/** Time for a node to catch up, or for a balancer to find another one. */
const RETRY_AFTER_MS = 500

/**
 * Why nothing is answered at the moment: what other nodes decided, as kicks, may be unknown here (DESIGN-SECURITY 2).
 * Asked at each use; undefined while the node may serve.
 */
export function behindError(store: Pick<Store, 'behind'>): CommandError | undefined {
  return store.behind === undefined
    ? undefined
    : new CommandError(
        ErrorCode.SERVICE_OVERLOAD,
        'This node may not know what the others decided and serves nobody until it does; try again after the delay.',
        { check: 'behind', retryAfterMs: RETRY_AFTER_MS },
      )
}
