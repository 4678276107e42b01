import type { TextKey } from './en.ts'
import { zhFrame } from './zh-frame.ts'
import { zhGroups } from './zh-groups.ts'
import { zhRooms } from './zh-rooms.ts'

export const zhCn: Readonly<Record<TextKey, string>> = { ...zhFrame, ...zhRooms, ...zhGroups }
