import { Alert, Button, Code, Stack, Text, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { consoleCall } from '../api/console-call.ts'
import { useT } from '../i18n/language.tsx'
import { faultText } from '../parts/fault-text.ts'
import { PasswordField } from '../parts/password-field.tsx'
import { EntryCard } from './entry-card.tsx'

export function SignInPage() {
  const t = useT()
  const queries = useQueryClient()
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<unknown>()

  async function signIn(event: FormEvent) {
    event.preventDefault()
    setBusy(true)
    setFault(undefined)
    try {
      await consoleCall('login', { name, password })
      await queries.resetQueries()
    } catch (error) {
      setFault(error)
      setPassword('')
    } finally {
      setBusy(false)
    }
  }

  return (
    <EntryCard title={t('sign-in.title')}>
      <form onSubmit={event => void signIn(event)}>
        <Stack>
          <TextInput
            label={t('sign-in.name')}
            value={name}
            onChange={event => setName(event.currentTarget.value)}
            autoComplete="username"
            required
            withAsterisk={false}
            autoFocus
          />
          <PasswordField
            label={t('sign-in.password')}
            value={password}
            onChange={event => setPassword(event.currentTarget.value)}
            autoComplete="current-password"
            required
            withAsterisk={false}
          />
          {fault !== undefined && (
            <Alert color="red" variant="light" role="alert">
              {faultText(t, fault)}
            </Alert>
          )}
          <Button type="submit" loading={busy} fullWidth>
            {t('sign-in.do')}
          </Button>
          <Text size="xs" c="dimmed">
            {t('sign-in.lost')} <Code fz="xs">npx rookery operator create-link --name NAME</Code>
          </Text>
        </Stack>
      </form>
    </EntryCard>
  )
}

/** A server without an operator, opened without its link. */
export function NoOperatorPage() {
  const t = useT()
  return (
    <EntryCard title={t('setup-missing.title')} about={t('setup-missing.about')}>
      <Code block>npx rookery operator create-link</Code>
    </EntryCard>
  )
}
