import type { Settings } from '@rookery/protocol/limits'
import type { Logger } from 'pino'
import type { AccountDirectory } from '../accounts/account-directory.ts'
import type { AppRegistry } from '../apps/app-registry.ts'
import type { Bus } from '../bus/bus.ts'
import type { LastMessages } from '../conversations/last-messages.ts'
import type { GroupDirectory } from '../groups/group-directory.ts'
import type { RoomService } from '../groups/rooms/room-service.ts'
import type { SessionControl } from '../login/session-control.ts'
import type { SendTurns } from '../messages/send-turns.ts'
import type { Metrics } from '../observability/metrics.ts'
import type { Store } from '../store/store.ts'

/** What handlers work with; made once by the server. */
export interface Services {
  readonly store: Store
  readonly apps: AppRegistry
  readonly accounts: AccountDirectory
  readonly groups: GroupDirectory
  readonly rooms: RoomService
  readonly bus: Bus
  readonly turns: SendTurns
  readonly lastMessages: LastMessages
  readonly log: Logger
  readonly metrics: Metrics
  /** The server's own settings (scope `server`) and the defaults of those that apps may change. */
  readonly settings: Settings
  /** The live sessions of this process, for the commands of `session/*`. */
  readonly sessions: SessionControl
}
