import type { Role } from '../api/answers.ts'
import type { Translate } from '../i18n/language.tsx'

export const ROLES: readonly Role[] = ['viewer', 'operator', 'admin', 'owner']

export function roleText(t: Translate, role: Role | ''): string {
  return role === '' ? t('role.none') : t(`role.${role}`)
}
