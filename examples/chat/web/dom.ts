/** The element with that id, which index.html has. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  return document.getElementById(id) as T
}

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = '',
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag)
  made.className = className
  made.append(...children)
  return made
}

/** Text is always set as text, never as HTML. Untouched when it is the same: screen readers announce changes. */
export function setText(node: Element | null, text: string): void {
  if (node && node.textContent !== text) node.textContent = text
}

interface Listing<T> {
  readonly key: (item: T) => string
  readonly make: (item: T) => HTMLElement
  readonly fill: (node: HTMLElement, item: T) => void
}

/** Makes the children of `parent` those of `items`, in order. Elements stay while their key does, with focus and all. */
export function list<T>(parent: HTMLElement, items: readonly T[], { key, make, fill }: Listing<T>): void {
  const wanted = new Set(items.map(key))
  const present = new Map<string, HTMLElement>()
  for (const node of [...parent.children] as HTMLElement[]) {
    if (wanted.has(node.dataset.key ?? '')) present.set(node.dataset.key ?? '', node)
    else node.remove()
  }
  items.forEach((item, at) => {
    const id = key(item)
    const node = present.get(id) ?? make(item)
    node.dataset.key = id
    fill(node, item)
    if (parent.children[at] !== node) parent.insertBefore(node, parent.children[at] ?? null)
  })
}

/** The first letter of the name, on a colour that goes with the UserID. */
export function initial(avatar: HTMLElement | null, name: string, userID: string): void {
  if (!avatar) return
  setText(avatar, [...name][0]?.toUpperCase() ?? '')
  avatar.dataset.hue = String(
    [...userID].reduce((sum, letter) => sum * 3 + (letter.codePointAt(0) ?? 0), 0) % 6,
  )
}

/** Shows the dialog with that id and gives what its form holds, or undefined when it was left. Escape leaves it. */
export function ask(
  id: string,
  present: Readonly<Record<string, string>> = {},
): Promise<Readonly<Record<string, string>> | undefined> {
  const dialog = byId<HTMLDialogElement>(id)
  const form = dialog.querySelector('form') as HTMLFormElement
  form.reset()
  for (const [name, value] of Object.entries(present))
    (form.elements.namedItem(name) as HTMLInputElement).value = value
  dialog.returnValue = ''
  dialog.showModal()
  return new Promise(resolve => {
    const onClose = () =>
      resolve(
        dialog.returnValue === 'ok'
          ? (Object.fromEntries(new FormData(form)) as Record<string, string>)
          : undefined,
      )
    dialog.addEventListener('close', onClose, { once: true })
  })
}

let toastTimer: ReturnType<typeof setTimeout> | undefined

/** Tells what went wrong, or was done, for a few seconds. */
export function toast(cause: unknown): void {
  const node = byId('toast')
  node.textContent = cause instanceof Error ? cause.message : String(cause)
  node.hidden = false
  clearTimeout(toastTimer)
  toastTimer = setTimeout(() => {
    node.hidden = true
  }, 6000)
}

/** `09:41` for today, `Yesterday`, or the date. */
export function shortTime(seconds: number): string {
  const day = dayOf(seconds)
  return day === 'Today' ? clockTime(seconds) : day
}

export const clockTime = (seconds: number) =>
  new Date(seconds * 1000).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })

export function dayOf(seconds: number): string {
  const day = new Date(seconds * 1000)
  const midnight = new Date().setHours(0, 0, 0, 0)
  if (day.getTime() >= midnight) return 'Today'
  // Half a day before midnight lies in yesterday, also where the clocks were changed.
  if (day.getTime() >= new Date(midnight - 43_200_000).setHours(0, 0, 0, 0)) return 'Yesterday'
  const year = day.getFullYear() === new Date().getFullYear() ? undefined : 'numeric'
  return day.toLocaleDateString([], { day: 'numeric', month: 'short', year })
}
