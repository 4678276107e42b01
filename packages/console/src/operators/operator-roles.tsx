import { Select } from '@mantine/core'
import { useState } from 'react'
import type { ListedOperator } from '../api/answers.ts'
import { runCommand } from '../api/console-call.ts'
import { useApps } from '../apps/use-apps.ts'
import { useT } from '../i18n/language.tsx'
import { ActionDialog } from '../parts/action-dialog.tsx'
import { tell } from '../parts/tell.ts'
import { ROLES, roleText } from './role-text.ts'

const EVERYWHERE = ''

export function OperatorRoles(props: {
  readonly operator: ListedOperator
  readonly onClose: () => void
  readonly onDone: () => void
}) {
  const { operator, onClose, onDone } = props
  const t = useT()
  const apps = useApps()
  const [place, setPlace] = useState(EVERYWHERE)
  const held =
    place === EVERYWHERE ? operator.role : operator.apps.find(app => app.appId === Number(place))?.role
  const [chosen, setChosen] = useState<string>()
  const role = chosen ?? (held || 'none')
  const roles = place === EVERYWHERE ? ROLES : ROLES.filter(candidate => candidate !== 'owner')
  return (
    <ActionDialog
      title={`${t('operators.change-role')}: ${operator.name}`}
      confirm={t('save')}
      password
      onClose={onClose}
      disabled={chosen === undefined}
      run={password =>
        runCommand(
          'operator set',
          { name: operator.name, role, ...(place !== EVERYWHERE && { app: Number(place) }) },
          password,
        )
      }
      onDone={() => {
        tell(t('saved'))
        onDone()
      }}
    >
      <Select
        label={t('operators.place')}
        value={place}
        onChange={value => {
          setPlace(value ?? EVERYWHERE)
          setChosen(undefined)
        }}
        allowDeselect={false}
        data={[
          { value: EVERYWHERE, label: t('operators.everywhere') },
          ...(apps.data ?? []).map(app => ({
            value: String(app.appId),
            label: `${app.name} (${app.appId})`,
          })),
        ]}
      />
      <Select
        label={t('operators.role')}
        value={role}
        onChange={value => setChosen(value ?? 'none')}
        allowDeselect={false}
        data={[
          { value: 'none', label: t('role.none') },
          ...roles.map(value => ({ value, label: `${roleText(t, value)}: ${t(`role.${value}-may`)}` })),
        ]}
      />
    </ActionDialog>
  )
}
