import { Alert, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { CallError } from '../api/console-call.ts'
import { useT } from '../i18n/language.tsx'
import { faultText } from './fault-text.ts'
import { PasswordField } from './password-field.tsx'

export interface ActionDialogProps<R> {
  readonly title: string
  readonly onClose: () => void
  readonly confirm: string
  /** Red, for what can't be undone or takes something away. */
  readonly danger?: boolean
  /** This must be typed before the button works. */
  readonly typed?: string
  /** The password is asked for; it is anyway when the server wants it. */
  readonly password?: boolean
  readonly disabled?: boolean
  readonly size?: string
  /** Its owner shows something else in its place when it is done. */
  readonly stays?: boolean
  readonly run: (password: string | undefined) => Promise<R>
  readonly onDone?: (result: R) => void
  readonly children?: ReactNode
}

/** One action with its fields: says what will happen, asks for what the server will ask for, shows the refusal in place. */
export function ActionDialog<R>(props: ActionDialogProps<R>) {
  const t = useT()
  const [typed, setTyped] = useState('')
  const [password, setPassword] = useState('')
  const [wanted, setWanted] = useState(props.password === true)
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<unknown>()
  const isReady =
    !props.disabled &&
    (props.typed === undefined || typed.trim() === props.typed) &&
    (!wanted || password !== '')

  async function submit() {
    setBusy(true)
    setFault(undefined)
    try {
      const result = await props.run(wanted ? password : undefined)
      props.onDone?.(result)
      if (!props.stays) props.onClose()
    } catch (error) {
      const isAsking = error instanceof CallError && error.reason === 'password-needed'
      if (isAsking) setWanted(true)
      if (!isAsking || wanted) setFault(error)
      setBusy(false)
    }
  }

  return (
    <Modal
      opened
      onClose={props.onClose}
      title={
        <Text fw={650} component="span">
          {props.title}
        </Text>
      }
      size={props.size ?? 'md'}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <form
        onSubmit={event => {
          event.preventDefault()
          if (isReady && !busy) void submit()
        }}
      >
        <Stack gap="md">
          {props.children}
          {props.typed !== undefined && (
            <TextInput
              label={t('dialog.type', { text: props.typed })}
              value={typed}
              onChange={event => setTyped(event.currentTarget.value)}
              autoComplete="off"
              data-autofocus
            />
          )}
          {wanted && (
            <PasswordField
              label={t('dialog.password')}
              description={t('dialog.password-why')}
              value={password}
              onChange={event => setPassword(event.currentTarget.value)}
              autoComplete="current-password"
            />
          )}
          {fault !== undefined && (
            <Alert color="red" variant="light" role="alert">
              {faultText(t, fault)}
            </Alert>
          )}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={props.onClose}>
              {t('cancel')}
            </Button>
            <Button type="submit" loading={busy} disabled={!isReady} {...(props.danger && { color: 'red' })}>
              {props.confirm}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
