import { Text } from '@mantine/core'
import { runCommand } from '../api/console-call.ts'
import type { TextKey } from '../i18n/en.ts'
import { useT } from '../i18n/language.tsx'
import { ActionDialog } from '../parts/action-dialog.tsx'
import { tell } from '../parts/tell.ts'

export type AccountAction = 'kick' | 'block' | 'unblock' | 'delete'

const ACTIONS: Readonly<
  Record<
    AccountAction,
    { readonly name: TextKey; readonly about: TextKey; readonly done: TextKey; readonly danger?: true }
  >
> = {
  kick: { name: 'accounts.kick', about: 'accounts.kick-about', done: 'accounts.kicked', danger: true },
  block: {
    name: 'accounts.block',
    about: 'accounts.block-about',
    done: 'accounts.blocked-done',
    danger: true,
  },
  unblock: { name: 'accounts.unblock', about: 'accounts.unblock-about', done: 'accounts.unblocked-done' },
  delete: { name: 'accounts.delete', about: 'accounts.delete-about', done: 'accounts.deleted', danger: true },
}

export function AccountActionDialog(props: {
  readonly appId: number
  readonly userId: string
  readonly action: AccountAction
  readonly onClose: () => void
  readonly onDone: () => void
}) {
  const { appId, userId, action } = props
  const t = useT()
  const { name, about, done, danger } = ACTIONS[action]
  const isDeletion = action === 'delete'
  return (
    <ActionDialog
      title={`${t(name)}: ${userId}`}
      confirm={t(name)}
      onClose={props.onClose}
      {...(danger && { danger })}
      {...(isDeletion && { typed: userId, password: true })}
      run={password => runCommand(`user ${action}`, { appId, userId }, password)}
      onDone={() => {
        tell(t(done))
        props.onDone()
      }}
    >
      <Text size="sm">{t(about)}</Text>
    </ActionDialog>
  )
}
