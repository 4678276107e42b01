import { useQuery } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext } from 'react'
import type { Operator, Role, Session } from './answers.ts'
import { consoleCall } from './console-call.ts'

const ORDER: readonly (Role | '')[] = ['', 'viewer', 'operator', 'admin', 'owner']

export function useSession() {
  return useQuery({ queryKey: ['session'], queryFn: () => consoleCall<Session>('session') })
}

const OperatorContext = createContext<Operator>({ name: '', role: '', apps: [] })

export function OperatorProvider({ operator, children }: { operator: Operator; children: ReactNode }) {
  return <OperatorContext value={operator}>{children}</OperatorContext>
}

export function useOperator(): Operator {
  return useContext(OperatorContext)
}

/** Whether the operator may do what takes this role: everywhere, or in the app. The server decides; this only greys out. */
export function useMay(least: Role, appId?: number): boolean {
  const { role, apps } = useOperator()
  const roles: readonly (Role | '')[] = [role, apps.find(app => app.appId === appId)?.role ?? '']
  return roles.some(given => ORDER.indexOf(given) >= ORDER.indexOf(least))
}
