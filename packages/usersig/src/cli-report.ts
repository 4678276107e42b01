import { encodeBase64 } from './base64.ts'
import { clockText, durationText } from './clock-text.ts'
import type { Inspection } from './inspect.ts'
import { decodeRoomRights } from './private-map-key.ts'
import type { TicketFields } from './ticket.ts'
import type { VerifyResult } from './verify.ts'

function row(label: string, value: string): string {
  return `  ${label.padEnd(12)}${value}\n`
}

function endText({ expiresAt }: TicketFields, now: number): string {
  const left = expiresAt - now
  const relation = left >= 0 ? `in ${durationText(left)}` : `${durationText(-left)} ago`
  return `${clockText(expiresAt)}, ${relation}`
}

function roomText(userbuf: Uint8Array): string {
  const rights = decodeRoomRights(userbuf)
  if (rights === undefined) return `${userbuf.length} bytes, not a room ticket's`
  return `room ${JSON.stringify(rights.room)}, privilege ${rights.privilege}`
}

export function fieldsText(fields: TicketFields, now: number): string {
  return (
    row('Generation', fields.version) +
    row('UserID', fields.userId) +
    row('SDKAppID', String(fields.sdkAppId)) +
    row('Issued', clockText(fields.time)) +
    row('Lifetime', durationText(fields.expire)) +
    row('Ends', endText(fields, now)) +
    (fields.userbuf === undefined ? '' : row('Userbuf', roomText(fields.userbuf)))
  )
}

export function verifyText(result: VerifyResult, now: number): string {
  if (!result.ok) return `Not valid: ${result.code} (${result.check})\n  ${result.detail}\n`
  return `Valid.\n${fieldsText(result, now)}${row('Key', result.keyId)}`
}

function verdict({ ok, code, checks }: Inspection): string {
  if (!ok) return `Not valid: a login would answer ${code}.\n`
  const skipped = checks.filter(({ outcome }) => outcome === 'skipped').map(({ check }) => check)
  if (skipped.length === 0) return 'Valid.\n'
  return `No check failed; not checked: ${skipped.join(', ')}.\n`
}

export function inspectionText(inspection: Inspection, now: number): string {
  const { checks, fields } = inspection
  const lines = checks.map(({ check, outcome, code, detail }) => {
    const failure = code === undefined ? '' : `${code} `
    return `  ${outcome.padEnd(8)}${check.padEnd(12)}${failure}${detail}\n`
  })
  const content =
    fields === undefined ? '' : `Content (unproven unless "signature" passed):\n${fieldsText(fields, now)}`
  return `${verdict(inspection)}${content}Checks:\n${lines.join('')}`
}

/** JSON with bytes as base64 text. */
export function jsonText(value: unknown): string {
  const withText = (_: string, inner: unknown) => (inner instanceof Uint8Array ? encodeBase64(inner) : inner)
  return `${JSON.stringify(value, withText, 2)}\n`
}
