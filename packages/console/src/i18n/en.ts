import { enFrame } from './en-frame.ts'
import { enRooms } from './en-rooms.ts'

export const en = { ...enFrame, ...enRooms }

/** Every text of the console; the other languages must have each of them. */
export type TextKey = keyof typeof en
