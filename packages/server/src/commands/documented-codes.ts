import type { Command } from './command.ts'
import { familyOf } from './families.ts'
import type { CheckHints } from './request-check.ts'

/** Every code that a command may answer beside those of its door: its own, those of its fields, those of its family. */
export function documentedCodes(command: Command): readonly number[] {
  const family = familyOf(command.name)
  const codes = new Set([...command.errors, family.notJson, family.badParameter, family.internal])
  addFieldCodes(command.request, codes)
  if (command.socket) addFieldCodes(command.socket.request, codes)
  return [...codes].sort((a, b) => a - b)
}

function addFieldCodes(schema: unknown, codes: Set<number>): void {
  if (typeof schema !== 'object' || schema === null) return
  const { code } = schema as CheckHints
  if (typeof code === 'number') codes.add(code)
  for (const part of Object.values(schema)) addFieldCodes(part, codes)
}
