import { sign } from '@rookery/usersig'

/** Seconds; DESIGN-SECURITY 7 allows a REST client no longer ones. */
const TICKET_SECONDS_MAX = 600
const TICKET_SECONDS_MIN = 10
/** The server knows a repeated send for 120 s (rest-1 section 4.1): the last repeat must arrive within them. */
const TOTAL_MS_MAX = 110_000
const RETRIES_MAX = 10

/** How long and how often a call is tried. */
export interface Limits {
  /** Milliseconds that one try may take; 10 000 when left out. */
  readonly timeoutMs: number
  /** Milliseconds that a call may take with all its tries and pauses, at most 110 000; 30 000 when left out. */
  readonly totalMs: number
  /** Tries after the first one, 0 to 10; 4 when left out. */
  readonly retries: number
}

interface CommonOptions extends Partial<Limits> {
  /** `https://im.example.com`, with a path when a proxy serves the API below one. */
  readonly host: string
  readonly sdkAppId: number
  /** UserID of the app admin who calls; `administrator` when left out. */
  readonly admin?: string
  /** Lifetime of the UserSigs that are signed, 10 to 600 seconds; 600 when left out. */
  readonly ticketSeconds?: number
  /** Stands in for the runtime's own `fetch`. */
  readonly fetch?: Fetch
}

export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** Asked for the key at each signing, so that a rotated key is taken up without a restart. */
export type KeyProvider = () => string | Promise<string>

/** The app's secret key as the console shows it, or who gives it. */
type KeyOption =
  | { readonly key: string; readonly keyProvider?: never }
  | { readonly key?: never; readonly keyProvider: KeyProvider }

export type AdminOptions = CommonOptions & KeyOption

/** The options, checked, with the defaults filled in; without the key. */
export interface Settings extends Limits {
  /** Ends before `/v4/`. */
  readonly base: string
  readonly sdkAppId: number
  readonly admin: string
  readonly ticketSeconds: number
  readonly fetch: Fetch
}

/** Throws a TypeError or RangeError that names the option. */
export function checkedOptions(options: AdminOptions): Settings {
  const { sdkAppId, admin = 'administrator', ticketSeconds = TICKET_SECONDS_MAX } = options
  checkWhole('ticketSeconds', ticketSeconds, TICKET_SECONDS_MIN, TICKET_SECONDS_MAX)
  // Signing checks what a ticket says; any key will do for that.
  sign({ sdkAppId, userId: admin, key: 'only to check the options', expire: ticketSeconds })
  const { timeoutMs = 10_000, totalMs = 30_000, retries = 4 } = options
  if ((options.key === undefined) === (options.keyProvider === undefined))
    throw new TypeError(
      'Give either key, the secret key of the app, or keyProvider, a function that gives it.',
    )
  return {
    base: baseOf(options.host),
    sdkAppId,
    admin,
    ticketSeconds,
    ...checkedLimits({ timeoutMs, totalMs, retries }),
    fetch: options.fetch ?? ((url, init) => fetch(url, init)),
  }
}

export function checkedLimits({ timeoutMs, totalMs, retries }: Limits): Limits {
  checkWhole('timeoutMs', timeoutMs, 1, TOTAL_MS_MAX)
  checkWhole('totalMs', totalMs, 1, TOTAL_MS_MAX)
  checkWhole('retries', retries, 0, RETRIES_MAX)
  return { timeoutMs, totalMs, retries }
}

/** Does not repeat the text: somebody may have put a password into it. */
function baseOf(host: string): string {
  const url = URL.canParse(host) ? new URL(host) : undefined
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:')
    throw new TypeError('host must be a full address like https://im.example.com.')
  if (url.username || url.password || url.search || url.hash)
    throw new TypeError('host must hold no user name, password, query or fragment: only address and path.')
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`
}

function checkWhole(name: string, value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max)
    throw new RangeError(`${name} must be a whole number from ${min} to ${max}, not ${String(value)}.`)
}
