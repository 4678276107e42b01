import { byId, element, toast } from './dom.ts'

interface MenuItem {
  readonly label: string
  readonly run: () => Promise<unknown>
}

/** The menu of one message, at a point of the window; arrow keys move in it, Escape closes it. */
export function openMenu(
  at: { readonly left: number; readonly bottom: number },
  items: readonly MenuItem[],
): void {
  const menu = byId('menu')
  menu.replaceChildren(
    ...items.map(({ label, run }) => {
      const button = element('button', 'plain', label)
      button.setAttribute('role', 'menuitem')
      button.addEventListener('click', () => {
        menu.hidePopover()
        run().catch(toast)
      })
      return button
    }),
  )
  menu.onkeydown = event => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
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
