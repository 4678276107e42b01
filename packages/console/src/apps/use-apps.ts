import { useQuery } from '@tanstack/react-query'
import type { AppSummary } from '../api/answers.ts'
import { runCommand } from '../api/console-call.ts'

export function useApps() {
  return useQuery({ queryKey: ['apps'], queryFn: () => runCommand<readonly AppSummary[]>('app list', {}) })
}
