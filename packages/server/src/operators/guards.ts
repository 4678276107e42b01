import type { Role } from './role.ts'

export interface Guard {
  /** The least role, in the app that the arguments name, or everywhere where they name none. */
  readonly role: Role
  /** The operator's password is asked for again (DESIGN-SECURITY 7): keys, app admins, deletion, operators. */
  readonly password?: true
  /** Arguments that turn a look into a change: the least role when one is given. */
  readonly raisedBy?: Readonly<Record<string, Role>>
  /** `admin-user`: the password, too, when the arguments name an app admin. */
  readonly passwordFor?: 'admin-user'
  /** The command names no app; an operator of single apps gets the rows of those only, by this property. */
  readonly rowsByApp?: string
  /** Names no app and tells nothing of one: any operator. */
  readonly anybody?: true
}

/** Who may do what in the console. A command without a row here is none of the console's. */
export const guards: Readonly<Record<string, Guard>> = {
  'app list': { role: 'viewer', rowsByApp: 'appId' },
  'app show': { role: 'viewer' },
  'app settings': { role: 'viewer' },
  'app origins': { role: 'viewer', raisedBy: { set: 'admin' } },
  'app create': { role: 'admin' },
  'app rename': { role: 'admin' },
  'app set': { role: 'admin' },
  'app unset': { role: 'admin' },
  'app disable': { role: 'admin' },
  'app enable': { role: 'admin' },
  'app invalidate-tickets': { role: 'admin', password: true },
  'app delete': { role: 'owner', password: true },

  'key list': { role: 'viewer' },
  'key add': { role: 'admin', password: true },
  'key rotate': { role: 'admin', password: true },
  'key revoke': { role: 'admin', password: true },
  'key set': { role: 'admin', password: true },

  'admin list': { role: 'viewer' },
  'admin appoint': { role: 'admin', password: true },
  'admin dismiss': { role: 'admin', password: true },
  'admin set': { role: 'admin', password: true },

  'user list': { role: 'viewer' },
  'user search': { role: 'viewer' },
  'user show': { role: 'viewer' },
  'user import': { role: 'operator' },
  'user kick': { role: 'operator' },
  'user block': { role: 'operator' },
  'user unblock': { role: 'operator' },
  'user delete': { role: 'admin', password: true },

  'group list': { role: 'viewer' },
  'group show': { role: 'viewer' },
  'group members': { role: 'viewer' },
  'group fields': { role: 'viewer' },
  'group declare-field': { role: 'admin' },
  'group create': { role: 'operator' },
  'group set': { role: 'operator' },
  'group add': { role: 'operator' },
  'group remove': { role: 'operator' },
  'group mute': { role: 'operator' },
  'group unmute': { role: 'operator' },
  'group set-member': { role: 'operator' },
  'group transfer': { role: 'operator' },
  'group messages': { role: 'operator' },
  'group recall': { role: 'operator' },
  'group dismiss': { role: 'admin', password: true },

  'usersig inspect': { role: 'viewer' },
  'usersig sign': { role: 'admin', passwordFor: 'admin-user' },

  'audit list': { role: 'viewer' },
  'audit verify': { role: 'viewer' },

  'server info': { role: 'viewer', anybody: true },

  'operator list': { role: 'owner' },
  'operator log': { role: 'owner' },
  'operator create-link': { role: 'owner', password: true },
  'operator set': { role: 'owner', password: true },
  'operator remove': { role: 'owner', password: true },
}
