import type { ReactNode } from 'react'

const PATHS = {
  apps: 'M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z',
  overview: 'M4 19V9m5 10V5m5 14v-7m5 7V8',
  key: 'M8.5 19a4.5 4.5 0 1 1 0-9a4.5 4.5 0 0 1 0 9zM11.7 11.3L20 3M16 7l3 3',
  admins: 'M12 3l7 3v5c0 4.500-3 8-7 10-4-2-7-5.500-7-10V6zm-3 9l2 2 4-4',
  accounts:
    'M9 11a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zm-6 9c0-3.500 2.500-6 6-6s6 2.500 6 6m1-9a3 3 0 0 0 0-6m5 15c0-3-1.500-5-4-5.700',
  groups:
    'M4 5h11a1.500 1.500 0 0 1 1.500 1.500v5a1.500 1.500 0 0 1-1.500 1.500H9l-4 3v-3H4a1.500 1.500 0 0 1-1.500-1.500v-5A1.500 1.500 0 0 1 4 5zm15.500 4a1.500 1.500 0 0 1 2 1.500v5a1.500 1.500 0 0 1-1.500 1.500h-1v3l-4-3h-3',
  ticket:
    'M4 8a2 2 0 0 1 2-2h12a2 2 0 0 1 2 2v2a2 2 0 0 0 0 4v2a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2v-2a2 2 0 0 0 0-4zm9-1v10',
  settings: 'M4 7h9m4 0h3M4 17h3m4 0h9M15 5v4M9 15v4',
  audit: 'M6 3h9l4 4v14H6zM9 12h7m-7 4h7M9 8h3',
  operators: 'M12 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8zm-8 10c0-4 3.500-7 8-7s8 3 8 7',
  plus: 'M12 5v14M5 12h14',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  check: 'M5 12.500l4.500 4.500L19 7',
  cross: 'M6 6l12 12M18 6L6 18',
  minus: 'M6 12h12',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zm5-2l5 5',
  globe:
    'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM3 12h18M12 3c3 3 3.500 6 3.500 9s-.500 6-3.500 9c-3-3-3.500-6-3.500-9S9 6 12 3z',
  sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 2v2m0 16v2M2 12h2m16 0h2M5 5l1.500 1.500m11 11L19 19M19 5l-1.500 1.500m-11 11L5 19',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
  back: 'M15 5l-7 7 7 7',
  refresh: 'M20 11a8 8 0 1 0-2 6m2-11v5h-5',
} as const

export type IconName = keyof typeof PATHS

/** Always beside a text or in a button with a label: hidden from screen readers. */
export function Icon({ name, size = 18 }: { name: IconName; size?: number }): ReactNode {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={name === 'more' ? 3 : 1.8}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  )
}
