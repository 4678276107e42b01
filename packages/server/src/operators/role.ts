/** What an operator may do, from least to most (console.md 12). */
export const ROLES = ['viewer', 'operator', 'admin', 'owner'] as const

export type Role = (typeof ROLES)[number]

export const isRole = (text: string): text is Role => (ROLES as readonly string[]).includes(text)

/** `''` is no role at all. */
export function mayActAs(role: Role | '', least: Role): boolean {
  return role !== '' && ROLES.indexOf(role) >= ROLES.indexOf(least)
}

/** The higher of the role everywhere and the role in one app. */
export function higherRole(one: Role | '', other: Role | ''): Role | '' {
  return other !== '' && mayActAs(other, one === '' ? 'viewer' : one) ? other : one
}
