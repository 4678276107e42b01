import { Alert, Button, Paper, Stack, Textarea, TextInput, Title } from '@mantine/core'
import { type FormEvent, useEffect, useState } from 'react'
import type { Inspection } from '../api/answers.ts'
import { runCommand } from '../api/console-call.ts'
import { useT } from '../i18n/language.tsx'
import { faultText } from '../parts/fault-text.ts'
import { InspectionResult } from './inspection-result.tsx'

/** Runs every check of a login on a UserSig and shows each. */
export function CheckTicket(given: {
  readonly appId: number
  readonly userId: string
  readonly userSig: string
}) {
  const t = useT()
  const { appId } = given
  const [userId, setUserId] = useState(given.userId)
  const [userSig, setUserSig] = useState(given.userSig)
  const [inspection, setInspection] = useState<Inspection>()
  const [fault, setFault] = useState<unknown>()
  const [busy, setBusy] = useState(false)

  async function check() {
    setBusy(true)
    setFault(undefined)
    try {
      setInspection(
        await runCommand<Inspection>('usersig inspect', { appId, userSig, ...(userId && { userId }) }),
      )
    } catch (error) {
      setInspection(undefined)
      setFault(error)
    } finally {
      setBusy(false)
    }
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: once, for a ticket that was handed over.
  useEffect(() => {
    if (given.userSig !== '') void check()
  }, [])

  return (
    <Paper withBorder p={{ base: 'md', sm: 'lg' }}>
      <form
        onSubmit={(event: FormEvent) => {
          event.preventDefault()
          void check()
        }}
      >
        <Stack>
          <Title order={2} fz="h4">
            {t('usersig.check')}
          </Title>
          <Textarea
            label="UserSig"
            value={userSig}
            onChange={event => setUserSig(event.currentTarget.value)}
            autosize
            minRows={3}
            maxRows={8}
            spellCheck={false}
            autoComplete="off"
            classNames={{ input: 'mono' }}
          />
          <TextInput
            label={t('usersig.user')}
            description={t('usersig.user-about')}
            value={userId}
            onChange={event => setUserId(event.currentTarget.value)}
            autoComplete="off"
          />
          <Button type="submit" loading={busy} disabled={userSig.trim() === ''}>
            {t('usersig.check-do')}
          </Button>
          {fault !== undefined && (
            <Alert color="red" variant="light" role="alert">
              {faultText(t, fault)}
            </Alert>
          )}
          {inspection && <InspectionResult inspection={inspection} />}
        </Stack>
      </form>
    </Paper>
  )
}
