import type { Settings } from '@rookery/protocol/limits'
import type { Logger } from 'pino'
import { AppRegistry } from '../apps/app-registry.ts'
import type { SecretBox } from '../apps/secret-box.ts'
import type { Services } from '../commands/services.ts'
import type { PageHandler } from '../doors/listener.ts'
import type { Store } from '../store/store.ts'
import { ConsoleApi } from './console-api.ts'
import { ConsoleAssets } from './console-assets.ts'
import { LoginBudget } from './login-budget.ts'
import { PasswordHashing } from './password-hashing.ts'

export interface ConsoleOptions {
  readonly store: Store
  readonly box: SecretBox
  readonly settings: Settings
  /** The running server's, for its cache of apps. */
  readonly services?: Pick<Services, 'apps'>
  readonly log: Logger
  /** Vite's output. */
  readonly assetsFolder: string
  /** Unix milliseconds; the system's clock unless given. */
  readonly clock?: () => number
}

const ROOT = '/console'
const API = `${ROOT}/api/`

/** The web console: its page at `/console/`, its API at `/console/api/`. */
export function consolePages(options: ConsoleOptions): PageHandler {
  const { store, box, settings, log } = options
  const api = new ConsoleApi({
    store,
    box,
    settings,
    log,
    apps: options.services?.apps ?? new AppRegistry(store, box, settings),
    hashing: new PasswordHashing(),
    budget: new LoginBudget(),
    clock: options.clock ?? Date.now,
  })
  const assets = new ConsoleAssets(options.assetsFolder)
  return async (request, url, address) => {
    if (url.pathname === ROOT) return new Response(null, { status: 308, headers: { location: `${ROOT}/` } })
    if (url.pathname.startsWith(API)) return api.handle(request, url.pathname.slice(API.length), address)
    if (!url.pathname.startsWith(`${ROOT}/`)) return undefined
    return assets.respond(request, url.pathname.slice(ROOT.length + 1))
  }
}
