import { SimpleGrid } from '@mantine/core'
import { useState } from 'react'
import { useMay } from '../api/session.tsx'
import { useApp } from '../apps/app-frame.tsx'
import { useT } from '../i18n/language.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { CheckTicket } from './check-ticket.tsx'
import { SignTicket } from './sign-ticket.tsx'

export function UserSigPage() {
  const t = useT()
  const { appId } = useApp()
  const maySign = useMay('admin', appId)
  const [handed, setHanded] = useState({ userId: '', userSig: '', times: 0 })
  return (
    <>
      <PageHead title={t('nav.usersig')} about={t('usersig.about')} />
      <SimpleGrid cols={{ base: 1, lg: maySign ? 2 : 1 }} spacing="lg" style={{ alignItems: 'start' }}>
        {maySign && (
          <SignTicket
            appId={appId}
            onCheck={(userId, userSig) => setHanded({ userId, userSig, times: handed.times + 1 })}
          />
        )}
        <CheckTicket key={handed.times} appId={appId} userId={handed.userId} userSig={handed.userSig} />
      </SimpleGrid>
    </>
  )
}
