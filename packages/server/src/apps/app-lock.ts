import type { Lock } from '../store/locks.ts'

/** For changes of an app's settings, keys and admins: no login, registration or other change of the app overlaps. */
export function appLock({ app }: { readonly app: number }): readonly Lock[] {
  return [{ on: 'app', app }]
}
