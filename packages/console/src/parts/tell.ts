import { notifications } from '@mantine/notifications'

/** A short word that something worked. */
export function tell(message: string): void {
  notifications.show({ message, color: 'teal', autoClose: 4000, withBorder: true })
}
