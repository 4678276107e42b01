import { applicationMethods } from './application-methods.ts'
import { attributeMethods } from './attribute-methods.ts'
import type { GroupContext } from './context.ts'
import { counterMethods } from './counter-methods.ts'
import { memberMethods } from './member-methods.ts'
import { pinMethods } from './pin-methods.ts'
import { profileMethods } from './profile-methods.ts'
import { topicMethods } from './topic-methods.ts'

/**
 * Everything that an app does with groups, beside their messages and conversations. A file of its own in the published
 * folder, so that it must not bring along any class or enum of the core: {@link GroupContext} lends them.
 */
export function groupMethods(context: GroupContext) {
  return {
    ...profileMethods(context),
    ...memberMethods(context),
    ...applicationMethods(context),
    ...attributeMethods(context),
    ...counterMethods(context),
    ...topicMethods(context),
    ...pinMethods(context),
  }
}

export type GroupMethods = ReturnType<typeof groupMethods>
