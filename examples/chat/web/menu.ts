import { byId, element, toast } from './dom.ts'

export interface MenuItem {
  readonly label: string
  readonly run: () => unknown
}

export interface Point {
  readonly left: number
  readonly bottom: number
}

/** A menu at a point of the window, in columns; arrow keys move in it, Escape closes it. */
export function openMenu(name: string, at: Point, items: readonly MenuItem[], columns = 1): void {
  const menu = byId('menu')
  menu.ariaLabel = name
  menu.className = columns > 1 ? 'grid' : ''
  menu.replaceChildren(
    ...items.map(({ label, run }) => {
      const button = element('button', 'plain', label)
      button.setAttribute('role', 'menuitem')
      button.addEventListener('click', () => {
        menu.hidePopover()
        Promise.resolve().then(run).catch(toast)
      })
      return button
    }),
  )
  menu.onkeydown = event => {
    const step = { ArrowDown: columns, ArrowUp: -columns, ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (step === undefined) return
    event.preventDefault()
    const buttons = [...menu.querySelectorAll('button')]
    const focused = buttons.indexOf(document.activeElement as HTMLButtonElement)
    buttons.at((focused + step) % buttons.length)?.focus()
  }
  menu.showPopover()
  menu.style.left = `${Math.min(at.left, innerWidth - menu.offsetWidth - 8)}px`
  menu.style.top = `${Math.min(at.bottom, innerHeight - menu.offsetHeight - 8)}px`
  menu.querySelector('button')?.focus()
}
