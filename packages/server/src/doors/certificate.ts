import { readFileSync, watch } from 'node:fs'
import { dirname } from 'node:path'

export interface TlsFiles {
  readonly cert: string
  readonly key: string
}

export interface Certificate {
  readonly cert: string
  readonly key: string
}

/** Both files change one after the other; a moment's rest sees the pair. */
const SETTLE_MS = 1000
/** Some file systems tell nothing of a change (network mounts). */
const LOOK_AGAIN_MS = 60_000

export function readCertificate(files: TlsFiles): Certificate {
  return { cert: readFileSync(files.cert, 'utf8'), key: readFileSync(files.key, 'utf8') }
}

/**
 * Watches a certificate's files and hands a changed pair to `take`. The folders are watched, not the files: renewals replace a
 * file or switch a link, after which a watch on the old file sees nothing more.
 */
export class CertificateWatch {
  readonly #files: TlsFiles
  readonly #take: (certificate: Certificate) => void
  readonly #onUnreadable: (error: unknown) => void
  readonly #watchers: { close(): void }[]
  readonly #clock: ReturnType<typeof setInterval>
  #settling: ReturnType<typeof setTimeout> | undefined
  #known: Certificate

  constructor(
    files: TlsFiles,
    known: Certificate,
    take: (certificate: Certificate) => void,
    onUnreadable: (error: unknown) => void,
  ) {
    this.#files = files
    this.#known = known
    this.#take = take
    this.#onUnreadable = onUnreadable
    const folders = new Set([dirname(files.cert), dirname(files.key)])
    this.#watchers = [...folders].map(folder => watch(folder, () => this.#soon()))
    this.#clock = setInterval(() => this.#look(), LOOK_AGAIN_MS)
    this.#clock.unref()
  }

  stop(): void {
    for (const watcher of this.#watchers) watcher.close()
    clearInterval(this.#clock)
    clearTimeout(this.#settling)
  }

  #soon(): void {
    clearTimeout(this.#settling)
    this.#settling = setTimeout(() => this.#look(), SETTLE_MS)
  }

  #look(): void {
    try {
      const now = readCertificate(this.#files)
      if (now.cert === this.#known.cert && now.key === this.#known.key) return
      this.#known = now
      this.#take(now)
    } catch (error) {
      this.#onUnreadable(error)
    }
  }
}
