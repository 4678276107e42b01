import { benchCluster } from './cluster.ts'
import { benchConversations } from './conversations.ts'
import { benchFanout } from './fanout.ts'
import { benchGroupSend } from './group-send.ts'
import { benchGrowth } from './growth.ts'
import { benchHistory } from './history.ts'
import { benchIdle } from './idle.ts'
import { benchLiveRoom } from './live-room.ts'
import { benchLogin } from './login.ts'
import type { BenchOptions } from './options.ts'
import { benchReconnect } from './reconnect.ts'
import type { Report } from './report.ts'
import { benchRest } from './rest.ts'
import { benchSend } from './send.ts'
import { benchSoak } from './soak.ts'
import { benchStart } from './start.ts'

export interface Scenario {
  readonly summary: string
  readonly run: (options: BenchOptions) => Promise<Report>
  /** What `--count` counts, with its default. */
  readonly counts?: string
  /** Seconds of a measurement and rounds when it runs among all others. */
  readonly amongAll: { readonly seconds: number; readonly repeat: number }
  /** Left to the scheduler instead of a core for the server and one for the load. */
  readonly isUnpinned?: true
}

const usual = { seconds: 4, repeat: 3 } as const

/** In the order of the table that shows them all. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  send: {
    summary: 'messages through the WebSocket door, against a bare relay',
    run: benchSend,
    amongAll: usual,
  },
  'group-send': {
    summary: 'messages into a large group with few online, against one-to-one ones',
    run: benchGroupSend,
    counts: 'members, 10000',
    amongAll: usual,
  },
  fanout: {
    summary: 'messages to groups whose members are online, against a bare publish',
    run: benchFanout,
    amongAll: usual,
  },
  'live-room': {
    summary: 'a live room that people enter and hear, against a bare publish',
    run: benchLiveRoom,
    counts: 'people, 10000',
    amongAll: { seconds: 4, repeat: 2 },
  },
  login: {
    summary: 'connect + UserSig + ready, against a bare connect with one frame',
    run: benchLogin,
    counts: 'connections, 3000',
    amongAll: usual,
  },
  idle: {
    summary: 'memory of idle logged-in connections, against bare ones',
    run: benchIdle,
    counts: 'connections, 9000',
    amongAll: { seconds: 4, repeat: 1 },
  },
  reconnect: {
    summary: 'clients that come back after their server was killed',
    run: benchReconnect,
    counts: 'clients, 5000',
    amongAll: usual,
  },
  rest: {
    summary: 'openim/sendmsg over HTTP, against a bare HTTP server',
    run: benchRest,
    amongAll: usual,
  },
  history: {
    summary: 'pages of the history of a long conversation',
    run: benchHistory,
    counts: 'messages, 1000000',
    amongAll: usual,
  },
  conversations: {
    summary: 'lists of a hundred conversations',
    run: benchConversations,
    amongAll: usual,
  },
  start: {
    summary: 'a start on a large database, and memory at rest',
    run: benchStart,
    counts: 'stored messages, 10000000',
    amongAll: usual,
  },
  growth: {
    summary: 'messages on a large database, against a small one',
    run: benchGrowth,
    counts: 'stored messages, 10000000',
    amongAll: usual,
  },
  soak: {
    summary: 'people who come and go: does memory return to where it was',
    run: benchSoak,
    counts: 'visits, 20000',
    amongAll: { seconds: 4, repeat: 1 },
  },
  cluster: {
    summary: 'messages of nodes on PostgreSQL and NATS, against a bare insert into the same PostgreSQL',
    run: benchCluster,
    amongAll: { seconds: 3, repeat: 2 },
    isUnpinned: true,
  },
}
