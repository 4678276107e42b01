import { Alert, Button, Stack, Text, TextInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { LinkInfo } from '../api/answers.ts'
import { consoleCall } from '../api/console-call.ts'
import { useT } from '../i18n/language.tsx'
import { roleText } from '../operators/role-text.ts'
import { faultText } from '../parts/fault-text.ts'
import { PasswordField } from '../parts/password-field.tsx'
import { QueryView } from '../parts/query-view.tsx'
import { EntryCard } from './entry-card.tsx'

/** What a one-time link opens: the form that makes an operator, or gives a known one a new password. */
export function LinkPage({ token, onDone }: { token: string; onDone: () => void }) {
  const t = useT()
  const link = useQuery({
    queryKey: ['link', token],
    queryFn: () => consoleCall<LinkInfo>('link', { token }),
    staleTime: Number.POSITIVE_INFINITY,
  })
  if (link.isError)
    return (
      <EntryCard title={t('link.title')}>
        <Alert color="red" variant="light" role="alert">
          {faultText(t, link.error)}
        </Alert>
        <Button variant="default" onClick={onDone}>
          {t('sign-in.title')}
        </Button>
      </EntryCard>
    )
  return (
    <EntryCard
      title={link.data?.reset ? t('link.reset-title') : t('link.title')}
      about={link.data?.reset ? t('link.reset-about') : t('link.about')}
    >
      <QueryView query={link}>{info => <LinkForm token={token} info={info} onDone={onDone} />}</QueryView>
    </EntryCard>
  )
}

function LinkForm({ token, info, onDone }: { token: string; info: LinkInfo; onDone: () => void }) {
  const t = useT()
  const queries = useQueryClient()
  const [name, setName] = useState(info.name)
  const [password, setPassword] = useState('')
  const [again, setAgain] = useState('')
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<unknown>()
  const differs = again !== '' && again !== password

  async function submit(event: FormEvent) {
    event.preventDefault()
    if (password !== again) return
    setBusy(true)
    setFault(undefined)
    try {
      await consoleCall('setup', { token, name, password })
      await queries.resetQueries({ queryKey: ['session'] })
      onDone()
    } catch (error) {
      setFault(error)
      setBusy(false)
    }
  }

  return (
    <form onSubmit={event => void submit(event)}>
      <Stack>
        <TextInput
          label={t('sign-in.name')}
          description={info.name === '' ? t('link.name-rule') : undefined}
          value={name}
          onChange={event => setName(event.currentTarget.value)}
          readOnly={info.name !== ''}
          autoComplete="username"
          required
          withAsterisk={false}
          autoFocus={info.name === ''}
        />
        {!info.reset && (
          <Text size="sm" c="dimmed">
            {t('link.role', { role: roleText(t, info.role) })}
          </Text>
        )}
        <PasswordField
          label={t('sign-in.password')}
          description={t('link.password-rule')}
          value={password}
          onChange={event => setPassword(event.currentTarget.value)}
          autoComplete="new-password"
          minLength={10}
          required
          withAsterisk={false}
        />
        <PasswordField
          label={t('link.again')}
          value={again}
          onChange={event => setAgain(event.currentTarget.value)}
          autoComplete="new-password"
          error={differs && t('link.differs')}
          required
          withAsterisk={false}
        />
        {fault !== undefined && (
          <Alert color="red" variant="light" role="alert">
            {faultText(t, fault)}
          </Alert>
        )}
        <Button type="submit" loading={busy} disabled={password === '' || password !== again} fullWidth>
          {info.reset ? t('link.reset-do') : t('link.do')}
        </Button>
      </Stack>
    </form>
  )
}
