import type { Peer } from '../peer.ts'
import { mosquitto } from './mqtt/mosquitto.ts'
import { peerOf } from './scenarios.ts'
import { socketio } from './socketio/socketio.ts'
import { ejabberd } from './xmpp/ejabberd.ts'
import { prosody } from './xmpp/prosody.ts'

/** Other servers, measured as Rookery is. */
export const peers: readonly Peer[] = [
  peerOf(ejabberd(false)),
  peerOf(ejabberd(true)),
  peerOf(prosody(false)),
  peerOf(prosody(true)),
  peerOf(socketio),
  peerOf(mosquitto),
]
