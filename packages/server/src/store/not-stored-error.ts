/** Nothing of the write was stored: the disk refused it or a mutation has a defect. Each family has its own code for it. */
export class NotStoredError extends Error {
  override readonly name = 'NotStoredError'
}
