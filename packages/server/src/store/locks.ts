/**
 * The root rows that a mutation locks before its first read (DESIGN-DATA 5). Behind SQLite's one writer nothing else runs,
 * so only engines with several writers take them; there they make a rule that spans rows hold as if writers took turns.
 */
export type Lock =
  /**
   * What belongs to the installation and no app: operators, the list of apps. Whoever locks it takes turns; messages and
   * logins go on. What a mutation without declared locks takes.
   */
  | { readonly on: 'installation' }
  /** An app's settings, keys, admins: a change of them runs alone, whatever else would be written. `shared`: the mutation reads them and must not overlap with their change. */
  | { readonly on: 'app'; readonly app: number; readonly shared?: boolean }
  /** What is counted over a whole app, as its groups: who makes one more takes turns. Settings and logins are not held up. */
  | { readonly on: 'count'; readonly app: number }
  /**
   * The living account of a name. When there is none, the app itself is locked, so that names and quotas are judged by one
   * mutation at a time.
   */
  | { readonly on: 'name'; readonly app: number; readonly userId: string }
  | { readonly on: 'account'; readonly app: number; readonly account: number }
  | { readonly on: 'group'; readonly app: number; readonly group: number }
  /** The conversation of a pair of accounts; nothing is locked when the two never talked. */
  | { readonly on: 'pair'; readonly app: number; readonly a: number; readonly b: number }
  | { readonly on: 'conversation'; readonly app: number; readonly conv: number }

/** Everybody takes locks in this order, and within one kind by ascending numbers, so nobody waits in a circle. */
export const LOCK_ORDER = [
  'installation',
  'app',
  'count',
  'name',
  'account',
  'group',
  'pair',
  'conversation',
] as const satisfies readonly Lock['on'][]

export const INSTALLATION: readonly Lock[] = [{ on: 'installation' }]
