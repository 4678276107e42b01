/** Something of a cluster that can break and be healed. Both may be called in any state. */
export interface Part {
  readonly name: string
  /** SIGKILL. */
  kill(): Promise<void>
  /** Starts again what was killed. */
  restart(): Promise<void>
  /** SIGSTOP: connections stay open and nothing answers. */
  pause(): Promise<void>
  resume(): Promise<void>
}

/** One `rookery serve`. */
export interface ClusterNode extends Part {
  /** `http://127.0.0.1:<port>`; undefined while it is killed. */
  readonly url: string | undefined
  readonly isPaused: boolean
}

export interface Cluster {
  readonly app: { readonly id: number; readonly secret: string }
  readonly nodes: readonly ClusterNode[]
  readonly database?: Part
  readonly bus?: Part
  /** Folder of the embedded engine's data. */
  readonly dataFolder?: string
  /** Ends everything and deletes its files. */
  stop(): Promise<void>
}

/** Budgets of sessions and doors are not what is tested here; short silences keep a run short. */
export const ENVIRONMENT: Readonly<Record<string, string>> = {
  ROOKERY_SETTINGS_LOGIN_POLICY: 'multi',
  ROOKERY_SETTINGS_LOGIN_WEB_INSTANCES: '10',
  ROOKERY_SETTINGS_LOGIN_DEVICES_PER_PLATFORM: '3',
  ROOKERY_SETTINGS_LOGIN_EVICTIONS_PER_MINUTE: '20',
  ROOKERY_SETTINGS_SESSION_WEB_HELLO: '10',
  ROOKERY_SETTINGS_SESSION_WEB_LOSS: '20',
  ROOKERY_SETTINGS_MESSAGE_RECALL_SECONDS: '86400',
  // The log of every group tells who was in it when: work groups from the first moment, meetings with tips of their members.
  ROOKERY_SETTINGS_GROUP_WORK_STARTS_INACTIVE: 'false',
  ROOKERY_SETTINGS_GROUP_TIP_MEMBERS_MEETING: 'store',
  ROOKERY_SETTINGS_GROUP_TIP_ROLES_MEETING: 'store',
  ROOKERY_LOG_LEVEL: 'warn',
}
