import { Alert } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext } from 'react'
import type { AppDetail } from '../api/answers.ts'
import { runCommand } from '../api/console-call.ts'
import { useT } from '../i18n/language.tsx'
import { QueryView } from '../parts/query-view.tsx'

const AppContext = createContext<AppDetail | undefined>(undefined)

/** The app whose rooms these are. */
export function useApp(): AppDetail {
  const app = useContext(AppContext)
  if (!app) throw new Error('This room is outside of an app.')
  return app
}

export function AppFrame({ appId, children }: { appId: number; children: ReactNode }) {
  const t = useT()
  const query = useQuery({
    queryKey: ['app', appId, 'show'],
    queryFn: () => runCommand<AppDetail>('app show', { appId }),
  })
  return (
    <QueryView query={query}>
      {app => (
        <AppContext value={app}>
          {app.disabled && (
            <Alert color="orange" variant="light" mb="lg">
              {t('app.disabled-note')}
            </Alert>
          )}
          {children}
        </AppContext>
      )}
    </QueryView>
  )
}
