import { ok, type Result } from '../chat-error.ts'
import { GROUP_MEMBERS } from '../groups/group-loader.ts'
import type { GroupMethods } from '../groups/methods/group-methods.ts'
import { LaterClient } from './later-client.ts'

type Name = (typeof GROUP_MEMBERS)[number]

type Answer<N extends Name> = Awaited<ReturnType<GroupMethods[N]>>

/** Members of the interface about groups: sdk-2 sections 2, 3, 6 and 7. */
export type GroupMembers = {
  readonly [N in Name]: (...args: Parameters<GroupMethods[N]>) => Promise<Result<Answer<N>>>
}

type Method = (...args: readonly unknown[]) => unknown

class GroupBase extends LaterClient {
  static {
    for (const name of GROUP_MEMBERS) {
      Object.defineProperty(GroupBase.prototype, name, {
        configurable: true,
        writable: true,
        async value(this: GroupBase, ...args: readonly unknown[]) {
          const methods = await this.ready().groupMethods()
          return ok(await (methods[name] as Method)(...args))
        },
      })
    }
  }
}

// The class body installs exactly the names of the list.
export const GroupClient = GroupBase as new (
  ...args: ConstructorParameters<typeof GroupBase>
) => GroupBase & GroupMembers
