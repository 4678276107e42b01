/** What the server's commands answer, as the page uses it. Times are Unix seconds. */
export type Role = 'viewer' | 'operator' | 'admin' | 'owner'

export interface Operator {
  readonly name: string
  readonly role: Role | ''
  readonly apps: readonly { readonly appId: number; readonly role: Role }[]
}

export interface Session {
  readonly operator: Operator | null
  readonly needsSetup: boolean
  readonly version?: string
}

export interface LinkInfo {
  readonly name: string
  readonly role: Role
  readonly reset: boolean
  readonly expires: number
}

export interface AppSummary {
  readonly appId: number
  readonly name: string
  readonly disabled: boolean
  readonly created: number
  readonly accounts: number
}

export interface AppDetail extends AppSummary {
  readonly validAfter: number
  readonly keys: number
  readonly admins: number
  readonly settings: Readonly<Record<string, unknown>>
}

export interface CreatedApp {
  readonly appId: number
  readonly keyId: string
  readonly secret: string
}

export interface Key {
  readonly keyId: string
  readonly kind: 'hmac' | 'ecdsa'
  readonly state: 'current' | 'accepted' | 'revoked'
  readonly created: number
  readonly acceptUntil: number | null
  readonly lastUsed: number | null
  readonly mayMintAdmin: boolean
  readonly sessions: number
  readonly connected: number
}

export interface AddedKey {
  readonly keyId: string
  readonly state: 'current' | 'accepted'
  readonly secret?: string
  readonly old?: { readonly keyId: string; readonly acceptUntil: number }
}

export interface Admin {
  readonly userId: string
  readonly blocked: boolean
  readonly disabled: boolean
  readonly scopes: readonly string[]
  readonly addresses: readonly string[]
  readonly maxTicketLifetime: number
  readonly created: number
  readonly createdBy: string
}

export type OnlineState = 'Online' | 'PushOnline' | 'Offline'

export interface Account {
  readonly userId: string
  readonly nick: string
  readonly faceUrl: string
  readonly blocked: boolean
  readonly admin: boolean
  readonly created: number
  readonly lastLogin: number | null
  readonly state: OnlineState
  readonly platforms: readonly { readonly platform: string; readonly state: OnlineState }[]
}

export interface AccountPage {
  readonly users: readonly Account[]
  readonly next: string | null
}

export interface AccountDetail {
  readonly userId: string
  readonly nick: string
  readonly blocked: boolean
  readonly admin: boolean
  readonly created: number
  readonly lastLogin: number | null
  readonly validAfter: number
  readonly sessions: readonly {
    readonly platform: string
    readonly keyId: string
    readonly state: string
    readonly seen: number
    readonly expires: number
  }[]
}

export interface SignedTicket {
  readonly userSig: string
  readonly keyId: string
  readonly issued: number
  readonly expires: number
}

export interface TicketCheck {
  readonly check: string
  readonly outcome: 'passed' | 'failed' | 'skipped'
  readonly code?: number
  readonly detail: string
}

export interface Inspection {
  readonly ok: boolean
  readonly code?: number
  readonly checks: readonly TicketCheck[]
  readonly keyId?: string
  readonly fields?: {
    readonly version: string
    readonly userId: string
    readonly sdkAppId: number
    readonly time: number
    readonly expire: number
    readonly expiresAt: number
  }
}

export interface AppSetting {
  readonly key: string
  readonly value: string | number | boolean
  readonly own: boolean
}

export interface ServerInfo {
  readonly version: string
  readonly storageError: string | null
  readonly families: readonly string[]
  readonly settings: readonly string[]
  readonly time: number
}

export interface AuditRow {
  readonly app_id: number
  readonly no: number
  readonly time_ms: number
  readonly actor: string
  readonly action: string
  readonly target: string
  readonly detail: string
}

export interface AuditPage {
  readonly rows: readonly AuditRow[]
  readonly next: number | null
}

export interface ListedOperator extends Operator {
  readonly created: number
  readonly createdBy: string
  readonly lastLogin: number | null
}
