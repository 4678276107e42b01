import { errorEntry } from '@rookery/protocol/error-catalogue'
import { MESSAGE_ELEMENTS } from '@rookery/protocol/elements'
import packageJson from '../../package.json' with { type: 'json' }
import type { Command } from '../commands/command.ts'
import { HTTP_DOOR_ERRORS, LOGIN_ERRORS, SOCKET_DOOR_ERRORS } from '../commands/door-errors.ts'
import { loginAnswer, loginRequest } from '../doors/socket/socket-login.ts'
import { documented, type JsonSchema } from './json-schema.ts'
