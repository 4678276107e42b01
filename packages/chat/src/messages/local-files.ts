import { LOCAL_FILES } from '../bounds.ts'
import type { ChatError } from '../chat-error.ts'
import type { TYPES } from '../constants/types.ts'
import { type LocalFile, localFileOf } from './local-file.ts'
import { mediaFault } from './media-check.ts'

/** What was picked for a message, and what is wrong with it. */
export interface PickedFile {
  readonly file: LocalFile | undefined
  readonly fault: ChatError | undefined
}

/** Files of messages that were made here, by message ID: kits send copies, in which a file would be lost. */
export class LocalFiles {
  readonly #picked = new Map<string, PickedFile>()

  pick(type: TYPES, source: unknown): PickedFile {
    const file = localFileOf(source)
    return { file, fault: mediaFault(type, file) }
  }

  keep(messageID: string, picked: PickedFile): void {
    this.#picked.set(messageID, picked)
    if (this.#picked.size <= LOCAL_FILES) return
    const [eldest] = this.#picked.keys()
    if (eldest !== undefined) this.#picked.delete(eldest)
  }

  get(messageID: string): PickedFile | undefined {
    return this.#picked.get(messageID)
  }
}
