import type { Lock } from '../store/locks.ts'

/**
 * For what is decided about the account of a name, or about the name when it has none: no other decision about it overlaps,
 * and no change of the app, its keys or admins.
 */
export function namedAccountLocks({
  app,
  userId,
}: {
  readonly app: number
  readonly userId: string
}): Lock[] {
  return [
    { on: 'name', app, userId },
    { on: 'app', app, shared: true },
  ]
}
