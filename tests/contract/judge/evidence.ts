import type {
  ApplicationsEntry,
  BadFrameEntry,
  Call,
  Entry,
  GroupEntry,
  GroupFinalEntry,
  GroupNodeEntry,
  HeardEntry,
  ItemEntry,
  MirrorEntry,
  ReadEntry,
  ReceivedEntry,
  ReturnEntry,
  RoamEntry,
  ScreenEntry,
  SeenMessage,
  UnsettledEntry,
  ViewEntry,
} from '../history/entry.ts'

/** An operation from its beginning to its end; places in the history say what was before what. */
export interface Operation<C extends Call = Call> {
  readonly call: C
  /** Milliseconds since the run began. */
  readonly at: number
  readonly began: number
  /** Infinite when it never ended. */
  readonly ended: number
  /** Infinite when it never ended. */
  readonly endedAt: number
  /** Acknowledged. Otherwise it may or may not have happened. */
  readonly ok: boolean
  readonly code: number | undefined
  readonly seq: number | undefined
}

/** An entry and its place in the history. */
export type Placed<E> = E & { readonly place: number }

/** A device's login from SDK_READY on. */
export interface Login {
  readonly user: string
  readonly device: string
  readonly session: number
  /** Place of SDK_READY; undefined when it never came. */
  readonly ready: number | undefined
  readonly received: readonly ReceivedEntry[]
  readonly heard: readonly Placed<HeardEntry>[]
  /** Present at the end of the run. */
  readonly screen: ScreenEntry | undefined
}

/** A history, sorted for the rules. */
export interface Evidence {
  readonly operations: readonly Operation[]
  readonly logins: readonly Login[]
  /** One-to-one. */
  readonly views: readonly ViewEntry[]
  readonly groupViews: readonly ViewEntry[]
  /** By ID. */
  readonly groups: ReadonlyMap<string, GroupEntry>
  readonly groupFinals: ReadonlyMap<string, GroupFinalEntry>
  readonly groupNodes: readonly GroupNodeEntry[]
  readonly applications: readonly ApplicationsEntry[]
  readonly roams: readonly RoamEntry[]
  readonly screens: readonly ScreenEntry[]
  readonly mirrors: readonly MirrorEntry[]
  readonly items: readonly ItemEntry[]
  readonly reads: readonly ReadEntry[]
  readonly unsettled: readonly UnsettledEntry[]
  readonly badFrames: readonly BadFrameEntry[]
  /** By ID, as any side sees it at the end. */
  readonly stored: ReadonlyMap<string, SeenMessage>
  /** Users that tried to delete the message for themselves, by its ID. */
  readonly deleters: ReadonlyMap<string, ReadonlySet<string>>
}

export function operationsOf<O extends Call['op']>(
  evidence: Pick<Evidence, 'operations'>,
  op: O,
): readonly Operation<Extract<Call, { readonly op: O }>>[] {
  return evidence.operations.filter(
    (it): it is Operation<Extract<Call, { readonly op: O }>> => it.call.op === op,
  )
}

/** The same for both sides. */
export function pairOf(a: string, b: string): string {
  return a < b ? `${a}~${b}` : `${b}~${a}`
}

/** Of a group: `peer` is its ID. */
export function viewOf(evidence: Evidence, user: string, peer: string): ViewEntry | undefined {
  const views = evidence.groups.has(peer) ? evidence.groupViews : evidence.views
  return views.find(it => it.user === user && it.peer === peer)
}

/** The same for everybody who is in the conversation. */
export function conversationOf(evidence: Evidence, user: string, peer: string): string {
  return evidence.groups.has(peer) ? peer : pairOf(user, peer)
}

export function hasDeleted(evidence: Evidence, user: string, id: string): boolean {
  return evidence.deleters.get(id)?.has(user) ?? false
}

export function evidenceOf(entries: readonly Entry[]): Evidence {
  const operations = pairCalls(entries)
  const groups = new Map(entries.flatMap(it => (it.t === 'group' ? [[it.group, it] as const] : [])))
  const views = entries.filter(it => it.t === 'view')
  const screens = entries.filter(it => it.t === 'screen')
  const deleters = new Map<string, Set<string>>()
  for (const { call } of operationsOf({ operations }, 'delete'))
    deleters.set(call.id, (deleters.get(call.id) ?? new Set()).add(call.user))
  return {
    operations,
    logins: loginsOf(entries, screens),
    views: views.filter(it => !groups.has(it.peer)),
    groupViews: views.filter(it => groups.has(it.peer)),
    groups,
    groupFinals: new Map(entries.flatMap(it => (it.t === 'group-final' ? [[it.group, it] as const] : []))),
    groupNodes: entries.filter(it => it.t === 'group-node'),
    applications: entries.filter(it => it.t === 'applications'),
    roams: entries.filter(it => it.t === 'roam'),
    screens,
    mirrors: entries.filter(it => it.t === 'mirror'),
    items: entries.filter(it => it.t === 'item'),
    reads: entries.filter(it => it.t === 'read'),
    unsettled: entries.filter(it => it.t === 'unsettled'),
    badFrames: entries.filter(it => it.t === 'bad-frame'),
    stored: new Map(views.flatMap(view => view.messages.map(it => [it.id, it] as const))),
    deleters,
  }
}

function pairCalls(entries: readonly Entry[]): Operation[] {
  const ends = new Map<number, { readonly place: number; readonly entry: ReturnEntry }>()
  for (const [place, entry] of entries.entries())
    if (entry.t === 'return') ends.set(entry.call, { place, entry })
  return entries.flatMap((entry, began) => {
    if (entry.t !== 'call') return []
    const end = ends.get(entry.call)
    return {
      call: entry,
      at: entry.at,
      began,
      ended: end?.place ?? Number.POSITIVE_INFINITY,
      endedAt: end?.entry.at ?? Number.POSITIVE_INFINITY,
      ok: end?.entry.ok ?? false,
      code: end?.entry.ok === false ? end.entry.code : undefined,
      seq: end?.entry.ok ? end.entry.seq : undefined,
    }
  })
}

function loginsOf(entries: readonly Entry[], screens: readonly ScreenEntry[]): Login[] {
  const logins = new Map<
    string,
    {
      login: Omit<Login, 'ready' | 'received' | 'heard'>
      ready: number | undefined
      received: ReceivedEntry[]
      heard: Placed<HeardEntry>[]
    }
  >()
  for (const [place, entry] of entries.entries()) {
    if (entry.t !== 'ready' && entry.t !== 'received' && entry.t !== 'heard') continue
    const { user, device, session } = entry
    const name = `${device} ${session}`
    const screen = screens.find(it => it.device === device && it.session === session)
    const known = logins.get(name) ?? {
      login: { user, device, session, screen },
      ready: undefined,
      received: [],
      heard: [],
    }
    logins.set(name, known)
    if (entry.t === 'ready') known.ready ??= place
    else if (entry.t === 'heard') known.heard.push({ ...entry, place })
    else known.received.push(entry)
  }
  return [...logins.values()].map(({ login, ...told }) => ({ ...login, ...told }))
}
