import type { DeviceSocket, LiveSession } from './device-socket.ts'

/** The warning comes this long before the end at most, and in the last tenth of a short session. */
const WARN_SECONDS = 600
const WARN_SHARE = 0.1

/** Unix seconds at which the device is told that its UserSig nears its end. */
export function warnAt(session: LiveSession): number {
  const lead = Math.min(WARN_SECONDS, Math.ceil((session.expires - session.issued) * WARN_SHARE))
  return session.expires - lead
}

/** Unix seconds at which a silent device is asked for a sign of life: half of its time is then left for the answer. */
export function askAt(device: DeviceSocket, session: LiveSession): number {
  return device.lastFrameAt + Math.floor(session.silenceLimit / 2)
}

/** Unix seconds at which a device that gave no sign of life is dropped. */
export function dropAt(device: DeviceSocket, session: LiveSession): number {
  return device.lastFrameAt + session.silenceLimit
}

/** The next second in which something may be due for a live session. */
export function nextWake(device: DeviceSocket, session: LiveSession): number {
  const silent = device.asked ? dropAt(device, session) : askAt(device, session)
  return Math.min(silent, session.warned ? session.expires + 1 : warnAt(session))
}

export function expiringFrame(session: LiveSession, now: number): string {
  const spread = Math.max(1, Math.floor((session.expires - now) / 2))
  return JSON.stringify({ ev: 'expiring', ExpiresAt: session.expires, SpreadSeconds: spread })
}
