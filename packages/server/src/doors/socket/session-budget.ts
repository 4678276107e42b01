import { ErrorCode } from '@rookery/protocol/error-code'
import type { Settings } from '@rookery/protocol/limits'
import { CommandError } from '../../commands/command-error.ts'
import type { DeviceSocket } from './device-socket.ts'

/** Whoever goes on at this multiple of the allowed rate reads no answers: the socket is closed. */
const FLOOD_FACTOR = 4

/** Counts a frame of a logged-in socket. True when it is part of a flood. */
export function countFrame(device: DeviceSocket, settings: Settings, now: number): boolean {
  if (device.second !== now) {
    device.second = now
    device.framesInSecond = 0
  }
  const perSecond = settings['session.commandsPerSec']
  return ++device.framesInSecond > perSecond * FLOOD_FACTOR
}

/** Why this frame must wait (60022 with a delay), or undefined. */
export function overBudget(device: DeviceSocket, settings: Settings): CommandError | undefined {
  if (device.inFlight >= settings['session.inFlightMax'])
    return new CommandError(
      ErrorCode.SERVICE_OVERLOAD,
      `${settings['session.inFlightMax']} commands of this session are under way; wait for an answer first.`,
      { check: 'in-flight', retryAfterMs: 100 },
    )
  const perSecond = settings['session.commandsPerSec']
  if (device.framesInSecond > perSecond)
    return new CommandError(
      ErrorCode.SERVICE_OVERLOAD,
      `More than ${perSecond} commands in a second; send them slower.`,
      { check: 'commands-per-second', retryAfterMs: 1000 },
    )
  return undefined
}

/** A frame that was not even read. */
export function frameTooLarge(maxBytes: number): CommandError {
  return new CommandError(
    ErrorCode.BODY_SIZE_LIMIT,
    `A frame has at most ${maxBytes} bytes; send less, or upload it and send a link.`,
    { check: 'frame-size', maxBytes },
  )
}
