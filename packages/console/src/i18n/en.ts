import { enFrame } from './en-frame.ts'
import { enGroups } from './en-groups.ts'
import { enRooms } from './en-rooms.ts'

export const en = { ...enFrame, ...enRooms, ...enGroups }

/** Every text of the console; the other languages must have each of them. */
export type TextKey = keyof typeof en
