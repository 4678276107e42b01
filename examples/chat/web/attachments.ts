import type { ChatSDK, Message } from '@rookery/chat'
import type { Address } from './address.ts'
import { ask } from './dom.ts'
import { openMenu, type Point } from './menu.ts'
import { type Card, FACES } from './message-text.ts'

type Send = (message: Message) => void

/** The menu beside the text field: every type of message that needs no upload. Rookery 1 has no file service. */
export function openAttachments(chat: ChatSDK, address: Address, at: Point, send: Send): void {
  openMenu('What to send', at, [
    { label: 'Face', run: () => openFaces(chat, address, at, send) },
    { label: 'Location…', run: () => sendLocation(chat, address, send) },
    { label: 'Card…', run: () => sendCard(chat, address, send) },
  ])
}

function openFaces(chat: ChatSDK, address: Address, at: Point, send: Send): void {
  const faces = FACES.map((face, index) => ({
    label: face,
    run: () => send(chat.createFaceMessage({ ...address, payload: { index, data: face } })),
  }))
  openMenu('Faces', at, faces, 6)
}

async function sendLocation(chat: ChatSDK, address: Address, send: Send): Promise<void> {
  const given = await ask('location')
  if (!given) return
  const payload = {
    description: given.description,
    latitude: Number(given.latitude),
    longitude: Number(given.longitude),
  }
  send(chat.createLocationMessage({ ...address, payload }))
}

/** `description` is what clients show that do not know this app's cards. */
async function sendCard(chat: ChatSDK, address: Address, send: Send): Promise<void> {
  const given = await ask('card')
  if (!given) return
  const { title = '', text = '', link = '' } = given
  const card: Card = { kind: 'card', title, text, link }
  const payload = { data: JSON.stringify(card), description: title, extension: '' }
  send(chat.createCustomMessage({ ...address, payload }))
}
