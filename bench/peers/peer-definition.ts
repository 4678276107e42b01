import type { PeerClient } from './peer-client.ts'
import type { PeerProcess } from './peer-process.ts'

export interface PeerServer {
  readonly process: PeerProcess
  /** Connects and logs in; resolves when it can send and gets what comes. */
  connect(user: string): Promise<PeerClient>
}

/** How one other server is started and spoken to. */
export interface PeerDefinition {
  readonly name: string
  readonly notes: {
    /** What it promises with an acknowledgement, and what it leaves out. */
    readonly messages: string
    /** With what one logs in. */
    readonly login: string
  }
  /** Whoever sends to a group is in it: left out for yes. */
  readonly sendersJoin?: false
  /** Undefined when it is not installed. */
  version(): string | undefined
  /** With accounts for these users. */
  start(core: number, users: readonly string[]): Promise<PeerServer>
}
