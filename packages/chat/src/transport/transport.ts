/** A way to reach the WebSocket door: text frames both ways, in order. */
export interface Transport {
  /**
   * Returns at once; what happens is told to `handlers`. `onClose` comes once, also when opening fails, unless the link
   * was closed from this side.
   */
  open(url: string, handlers: LinkHandlers): Link
}

export interface LinkHandlers {
  onOpen(): void
  onFrame(text: string): void
  /** `code` as in the WebSocket protocol; 1006 when no close frame came. */
  onClose(code: number, reason: string): void
}

export interface Link {
  /** Only after `onOpen`. Lost silently when the link just closed: `onClose` tells. */
  send(text: string): void
  /** No handler is called any more after it. */
  close(): void
}
