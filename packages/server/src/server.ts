import { accessSync, constants } from 'node:fs'
import type { Settings } from '@rookery/protocol/limits'
import type { Logger } from 'pino'
import { AccountDirectory } from './accounts/account-directory.ts'
import { AppRegistry } from './apps/app-registry.ts'
import type { SecretBox } from './apps/secret-box.ts'
import { type Bus, LocalBus } from './bus/bus.ts'
import { NatsBus } from './bus/nats-bus.ts'
import type { NatsServers } from './bus/nats-servers.ts'
import { CommandTable, commands } from './commands/command-table.ts'
import type { Services } from './commands/services.ts'
import { LastMessages } from './conversations/last-messages.ts'
import { RestDoor } from './doors/http/rest-door.ts'
import { Listener, type ListenerOptions, type PageHandler } from './doors/listener.ts'
import { Delivery } from './doors/socket/delivery.ts'
import { LiveSessions } from './doors/socket/live-sessions.ts'
import { SocketDoor } from './doors/socket/socket-door.ts'
import { SocketHub } from './doors/socket/socket-hub.ts'
import { GroupAudiences } from './groups/audience/group-audiences.ts'
import { Topics } from './groups/audience/topics.ts'
import { GroupDirectory } from './groups/group-directory.ts'
import { EVERY_ROOM } from './groups/rooms/broadcast.ts'
import { RoomService } from './groups/rooms/room-service.ts'
import { FailureLimit } from './login/failure-limit.ts'
import type { SessionControl } from './login/session-control.ts'
import { SendTurns } from './messages/send-turns.ts'
import { scheduleSweep } from './messages/sweep-schedule.ts'
import { Metrics } from './observability/metrics.ts'
import { operationsPages, type Readiness } from './observability/operations-pages.ts'
import { StorageHealth } from './observability/storage-health.ts'
import { referencePages } from './reference/reference-pages.ts'
import type { Change } from './store/change.ts'
import { isStorageProblem } from './store/postgres/sql-state.ts'
import type { Store } from './store/store.ts'
import { openStore, type StoreSource } from './store/store-source.ts'

export interface ServerOptions extends ListenerOptions {
  readonly store: StoreSource
  /** What hurries news between the nodes of a PostgreSQL; without it they read the log alone, some tenths of a second later. */
  readonly bus?: NatsServers
  /** How long a start waits for PostgreSQL; 0 by default. */
  readonly startSeconds?: number
  readonly secretBox: SecretBox
  readonly settings: Settings
  readonly log: Logger
  /** Seconds that a stop gives clients to move away. */
  readonly drainSeconds: number
  /** Pages beside the server's own, for example the example app. */
  readonly pages?: PageHandler
}

export interface RunningServer {
  readonly port: number
  readonly url: string
  readonly services: Services
  /** Moves clients away, finishes what is under way, closes the store. */
  stop(): Promise<void>
}

/** Between two tries to reach the database at the start. */
const START_PAUSE_MS = 500
/** How often a stop looks whether the last commands are done. */
const BUSY_CHECK_MS = 20

/** Starts one server, alone on a data folder or as a node on PostgreSQL. Resolves when it accepts connections. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { log } = options
  if (options.store.kind === 'embedded') requireWritable(options.store.folder)
  const health: { value?: StorageHealth } = {}
  const store = await openWithin(options, text => {
    health.value?.look()
    // A failing disk is told once, not once a batch.
    if (!health.value?.problem) log.error({ detail: text }, 'The writer reported a failure.')
  })
  const storage = new StorageHealth(store, log, options.store.kind)
  health.value = storage
  const bus = openBus(options, store)
  const hub = new SocketHub(bus)
  const failures = new FailureLimit()
  const metrics = new Metrics()
  const table = new CommandTable()
  const control: { sessions?: LiveSessions; rooms?: RoomService } = {}
  const services: Services = {
    store,
    apps: new AppRegistry(store, options.secretBox, options.settings),
    accounts: new AccountDirectory(store),
    groups: new GroupDirectory(store),
    turns: new SendTurns(),
    lastMessages: new LastMessages(),
    bus,
    log,
    metrics,
    settings: options.settings,
    get rooms(): RoomService {
      if (!control.rooms) throw new Error('There are no live rooms yet.')
      return control.rooms
    },
    get sessions(): SessionControl {
      if (!control.sessions) throw new Error('The WebSocket door is not open yet.')
      return control.sessions
    },
  }
  const closeAll: { sockets?: (reason: string) => void } = {}
  const onOverflow = () => closeAll.sockets?.("this server can't follow the others; connect again")
  const topics = new Topics(metrics.frames)
  const audiences = new GroupAudiences({ store, hub, bus, topics, onOverflow })
  const rooms = new RoomService({
    services,
    audiences,
    topics,
    deviceOf: session => control.sessions?.deviceOf(session),
  })
  control.rooms = rooms
  const sessions = new LiveSessions({ services, hub, failures, audiences, rooms: rooms.live })
  control.sessions = sessions
  const sockets = new SocketDoor({ services, table, sessions, failures })
  closeAll.sockets = reason => sockets.closeSockets(reason)
  const delivery = new Delivery({
    hub,
    audiences,
    deviceOf: session => sessions.deviceOf(session),
    isShared: options.store.kind === 'postgres',
    behind: () => store.behind,
    onOverflow,
  })
  bus.onPush(push => delivery.push(push))
  bus.onGroupPush(push => {
    if (push.group === EVERY_ROOM) rooms.live.broadcast(push.app, push.frame)
    else {
      rooms.live.note(push.app, push.group, push.frame)
      delivery.pushGroup(push)
    }
  })
  store.onCommit((changes, origin) => {
    delivery.take(changes, origin)
    if (origin === 'here' && changes.some(isUrgent)) bus.hurry()
    for (const change of changes)
      if (change.kind === 'group') rooms.live.take(change)
      else if (change.kind === 'expiry') sessions.wakeSoon()
      else if (change.kind === 'end' && change.type === 'REST_API_Kick' && origin === 'here')
        log.info({ app: change.app, account: change.account, reason: change.info }, 'Sessions were ended.')
  })
  store.onFenced(reason => {
    log.error({ detail: reason }, 'This node lost its place among the others; its clients connect again.')
    rooms.live.forget()
    audiences.forget()
    sockets.closeSockets('this server lost its place; connect again')
  })
  bus.onHurry(() => store.hurry())
  metrics.watch({ store, audiences, rooms, lastMessages: services.lastMessages, ...(options.bus && { bus }) })
  const rest = new RestDoor({ services, table, failures })
  const state: { ready: Readiness } = { ready: { ok: true } }
  const own = operationsPages({
    metrics,
    readiness: () => {
      const { problem } = storage
      if (problem !== undefined) return { ok: false, reason: `writes fail: ${problem}` }
      if (store.behind !== undefined) return { ok: false, reason: store.behind }
      return state.ready.ok && bus.problem !== undefined ? { ok: true, slowedBy: bus.problem } : state.ready
    },
  })
  const reference = referencePages(commands)
  const listener = new Listener({
    options,
    rest,
    sockets,
    services,
    log,
    pages: async (request, url, address) =>
      (await own(request, url, address)) ??
      (await reference(request, url, address)) ??
      (await options.pages?.(request, url, address)),
  })
  topics.open(listener)
  const stopSweep = scheduleSweep(services)
  const scheme = options.tls ? 'https' : 'http'
  return {
    port: listener.port,
    url: `${scheme}://${options.host.includes(':') ? `[${options.host}]` : options.host}:${listener.port}`,
    services,
    async stop() {
      state.ready = { ok: false, reason: 'the server is stopping' }
      listener.stopAccepting()
      if (hub.size > 0 && options.drainSeconds > 0) {
        sockets.drain(options.drainSeconds * 1000)
        await until(() => hub.size === 0, options.drainSeconds * 1000)
      }
      await until(() => !rest.busy && !sockets.busy, 5000)
      sockets.closeAll()
      await listener.stop()
      delivery.stop()
      audiences.stop()
      rooms.stop()
      await bus.close()
      storage.stop()
      await stopSweep()
      await store.close()
    },
  }
}

/** Messages travel as frames of their own: for them the log is read in its own time. */
function isUrgent(change: Change): boolean {
  return change.kind !== 'conversation'
}

/** A database server may start after its clients. */
async function openWithin(
  { store, startSeconds = 0, log }: ServerOptions,
  onDefect: (text: string) => void,
): Promise<Store> {
  const end = performance.now() + startSeconds * 1000
  for (let isFirst = true; ; isFirst = false) {
    try {
      return await openStore(store, onDefect, text => log.warn(text))
    } catch (error) {
      if (store.kind !== 'postgres' || !isStorageProblem(error)) throw error
      const reason = error instanceof Error ? error.message : String(error)
      if (performance.now() >= end)
        throw new Error(
          `PostgreSQL can't be used: ${reason} Look at the database and at database.url; database.startSeconds says how long a start waits.`,
        )
      if (isFirst) log.warn({ detail: reason, startSeconds }, "PostgreSQL can't be used yet; waiting for it.")
      await Bun.sleep(START_PAUSE_MS)
    }
  }
}

function openBus({ bus, log }: ServerOptions, store: Store): Bus {
  if (!bus) return new LocalBus()
  return NatsBus.open({
    ...bus,
    cluster: store.epoch,
    onChange: problem => {
      if (problem === undefined) log.info('Hints travel over NATS.')
      else log.warn({ detail: problem }, 'Hints do not travel: messages of other nodes come a moment later.')
    },
  })
}

/** SQLite's own words for it name neither the folder nor what to do. */
function requireWritable(folder: string): void {
  try {
    accessSync(folder, constants.W_OK)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new Error(
      `The data folder ${folder} cannot be written (${code}). Mount it writable and give it to the user that runs the server.`,
    )
  }
}

async function until(done: () => boolean, atMostMs: number): Promise<void> {
  const end = Date.now() + atMostMs
  while (!done() && Date.now() < end) await Bun.sleep(BUSY_CHECK_MS)
}
