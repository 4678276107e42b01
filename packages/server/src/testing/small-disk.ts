import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A file system of a few megabytes, for tests of a full disk. Mounting takes root. */
export class SmallDisk {
  readonly folder: string

  private constructor(folder: string) {
    this.folder = folder
  }

  /** Undefined where the machine does not let one mount. */
  static mount(megabytes: number): SmallDisk | undefined {
    const folder = mkdtempSync(join(tmpdir(), 'rookery-disk-'))
    const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder])
    if (status === 0) return new SmallDisk(folder)
    rmSync(folder, { recursive: true, force: true })
    return undefined
  }

  /** Takes all the room that is left. */
  fill(): void {
    const file = openSync(join(this.folder, 'filler'), 'w')
    for (const size of [1 << 16, 1 << 12, 1]) {
      const block = new Uint8Array(size)
      try {
        for (;;) writeSync(file, block)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
      }
    }
    closeSync(file)
  }

  free(): void {
    rmSync(join(this.folder, 'filler'), { force: true })
  }

  unmount(): void {
    spawnSync('umount', ['-l', this.folder])
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** The same folder once more, where nothing can be written; undefined where the machine does not let one mount. */
export function readOnlyView(folder: string): { readonly folder: string; unmount(): void } | undefined {
  const view = mkdtempSync(join(tmpdir(), 'rookery-view-'))
  const unmount = () => {
    spawnSync('umount', ['-l', view])
    rmSync(view, { recursive: true, force: true })
  }
  const mounted =
    spawnSync('mount', ['--bind', folder, view]).status === 0 &&
    spawnSync('mount', ['-o', 'remount,bind,ro', view]).status === 0
  if (mounted) return { folder: view, unmount }
  unmount()
  return undefined
}
