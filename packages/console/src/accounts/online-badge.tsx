import { Badge } from '@mantine/core'
import type { Account } from '../api/answers.ts'
import { useT } from '../i18n/language.tsx'

const COLORS = { Online: 'teal', PushOnline: 'blue', Offline: 'gray' } as const

export function OnlineBadge({ account }: { account: Pick<Account, 'state' | 'platforms'> }) {
  const t = useT()
  const platforms = account.platforms.map(({ platform }) => platform).join(', ')
  return (
    <Badge color={COLORS[account.state]} variant={account.state === 'Offline' ? 'outline' : 'light'}>
      {t(`online.${account.state}`)}
      {platforms && ` · ${platforms}`}
    </Badge>
  )
}
