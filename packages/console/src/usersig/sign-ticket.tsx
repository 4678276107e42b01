import { Alert, Button, Group, Paper, Select, Stack, Text, TextInput, Title } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { SignedTicket } from '../api/answers.ts'
import { CallError, runCommand } from '../api/console-call.ts'
import { useT } from '../i18n/language.tsx'
import { CopyText } from '../parts/copy-text.tsx'
import { faultText } from '../parts/fault-text.ts'
import { durationText, Moment } from '../parts/moment.tsx'
import { PasswordField } from '../parts/password-field.tsx'

/** 180 days is the documented lifetime of the vendor's generator (limits.md 1). */
const LIFETIMES = ['600', '3600', '86400', '604800', '2592000', '15552000']
const LIFETIME_DEFAULT = '15552000'

/** Signs in the server, with the app's current key. */
export function SignTicket(props: {
  readonly appId: number
  readonly onCheck: (userId: string, userSig: string) => void
}) {
  const t = useT()
  const [userId, setUserId] = useState('')
  const [expire, setExpire] = useState(LIFETIME_DEFAULT)
  const [password, setPassword] = useState('')
  const [isWanted, setWanted] = useState(false)
  const [signed, setSigned] = useState<SignedTicket & { readonly userId: string }>()
  const [fault, setFault] = useState<unknown>()
  const [busy, setBusy] = useState(false)

  async function submit(event: FormEvent) {
    event.preventDefault()
    setBusy(true)
    setFault(undefined)
    setSigned(undefined)
    try {
      const args = { appId: props.appId, userId, expire: Number(expire) }
      setSigned({ ...(await runCommand<SignedTicket>('usersig sign', args, password || undefined)), userId })
      setPassword('')
      setWanted(false)
    } catch (error) {
      if (error instanceof CallError && error.reason === 'password-needed') setWanted(true)
      setFault(error)
    } finally {
      setBusy(false)
    }
  }

  return (
    <Paper withBorder p={{ base: 'md', sm: 'lg' }}>
      <form onSubmit={event => void submit(event)}>
        <Stack>
          <Title order={2} fz="h4">
            {t('usersig.sign')}
          </Title>
          <TextInput
            label="UserID"
            value={userId}
            onChange={event => setUserId(event.currentTarget.value)}
            autoComplete="off"
          />
          <Select
            label={t('usersig.lifetime')}
            description={t('usersig.lifetime-about')}
            value={expire}
            onChange={value => setExpire(value ?? LIFETIME_DEFAULT)}
            allowDeselect={false}
            data={LIFETIMES.map(value => ({ value, label: durationText(t, Number(value)) }))}
          />
          {isWanted && (
            <PasswordField
              label={t('dialog.password')}
              description={t('usersig.admin-password')}
              value={password}
              onChange={event => setPassword(event.currentTarget.value)}
              autoComplete="current-password"
            />
          )}
          {fault !== undefined && !(isWanted && password === '') && (
            <Alert color="red" variant="light" role="alert">
              {faultText(t, fault)}
            </Alert>
          )}
          <Button type="submit" loading={busy} disabled={userId === '' || (isWanted && password === '')}>
            {t('usersig.sign-do')}
          </Button>
          {signed && (
            <Stack gap="xs" aria-live="polite">
              <CopyText text={signed.userSig} label="UserSig" />
              <Group justify="space-between">
                <Text size="sm" c="dimmed" component="div">
                  {t('usersig.expires')} <Moment seconds={signed.expires} /> · {signed.keyId}
                </Text>
                <Button
                  size="xs"
                  variant="default"
                  onClick={() => props.onCheck(signed.userId, signed.userSig)}
                >
                  {t('usersig.check-this')}
                </Button>
              </Group>
            </Stack>
          )}
        </Stack>
      </form>
    </Paper>
  )
}
