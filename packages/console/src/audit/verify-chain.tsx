import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { runCommand } from '../api/console-call.ts'
import { useT } from '../i18n/language.tsx'
import { faultText } from '../parts/fault-text.ts'
import { tell } from '../parts/tell.ts'

/** Computes every hash of the chain again, in the server. */
export function VerifyChain({ appId }: { appId: number }) {
  const t = useT()
  const [busy, setBusy] = useState(false)

  async function verify() {
    setBusy(true)
    try {
      const [chain] = await runCommand<readonly { readonly rows: number }[]>('audit verify', { appId })
      tell(t('audit.intact', { rows: chain?.rows ?? 0 }))
    } catch (error) {
      notifications.show({ message: faultText(t, error), color: 'red', autoClose: false, withBorder: true })
    } finally {
      setBusy(false)
    }
  }

  return (
    <Button variant="default" loading={busy} onClick={() => void verify()}>
      {t('audit.verify')}
    </Button>
  )
}
