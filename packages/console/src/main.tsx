import './style-nonce.ts'
import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import './console.css'
import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Router } from 'wouter'
import { CallError, logins } from './api/console-call.ts'
import { App } from './app.tsx'
import { LanguageProvider } from './i18n/language.tsx'
import { styleNonce } from './style-nonce.ts'
import { schemeManager, theme } from './theme.ts'

const RETRIES = 2

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // Only what did not reach the server is worth another try.
      retry: (failures, error) =>
        failures < RETRIES && error instanceof CallError && error.reason === 'unreachable',
    },
  },
})

// The session's own query shows the sign-in form.
logins.addEventListener('signed-out', () => void queries.invalidateQueries({ queryKey: ['session'] }))

const root = document.getElementById('root')
if (root)
  createRoot(root).render(
    <StrictMode>
      <MantineProvider
        theme={theme}
        defaultColorScheme="auto"
        colorSchemeManager={schemeManager}
        getStyleNonce={() => styleNonce}
      >
        <LanguageProvider>
          <QueryClientProvider client={queries}>
            <Notifications position="bottom-right" />
            <Router base="/console">
              <App />
            </Router>
          </QueryClientProvider>
        </LanguageProvider>
      </MantineProvider>
    </StrictMode>,
  )
