import { Alert, Anchor, Button, Group, Stack, Text, Title } from '@mantine/core'
import { FIELD_SUBJECTS, type FieldLevel, type FieldSubject } from '@rookery/protocol/group-field'
import type { GroupType } from '@rookery/protocol/wire-group'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'wouter'
import { runCommand } from '../api/console-call.ts'
import { useMay } from '../api/session.tsx'
import { useApp } from '../apps/app-frame.tsx'
import { useT } from '../i18n/language.tsx'
import { Icon } from '../parts/icons.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { QueryView } from '../parts/query-view.tsx'
import { RecordList } from '../parts/record-list.tsx'
import { DeclareField } from './declare-field.tsx'
import { groupAddress } from './group-address.ts'
import type { DeclaredField, FieldsAnswer } from './group-answers.ts'

/** A key in the types of groups in which it has these levels. */
export interface FieldLine {
  readonly subject: FieldSubject
  readonly key: string
  readonly types: readonly GroupType[]
  readonly read: FieldLevel
  readonly write: FieldLevel
}

/** The declared custom fields of the app: who reads and writes them in which types of groups. */
export function DeclaredFields() {
  const t = useT()
  const { appId } = useApp()
  const mayDeclare = useMay('admin', appId)
  const [open, setOpen] = useState<FieldLine | 'new'>()
  const query = useQuery({
    queryKey: ['app', appId, 'groups', 'fields'],
    queryFn: () => runCommand<FieldsAnswer>('group fields', { appId }),
  })
  return (
    <>
      <Group mb="xs">
        <Button
          component={Link}
          href={groupAddress(appId)}
          variant="subtle"
          size="compact-sm"
          leftSection={<Icon name="back" size={14} />}
        >
          {t('groups.back')}
        </Button>
      </Group>
      <PageHead title={t('fields.title')} about={t('fields.about')}>
        {mayDeclare && (
          <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setOpen('new')}>
            {t('fields.declare')}
          </Button>
        )}
      </PageHead>
      <QueryView query={query}>
        {({ fields, acceptsUndeclared, most }) => (
          <Stack gap="xl">
            <Alert variant="light" color={acceptsUndeclared ? 'blue' : 'orange'}>
              {t(acceptsUndeclared ? 'fields.accepted' : 'fields.refused')}{' '}
              <Anchor
                component={Link}
                href={`/apps/${appId}/settings#group`}
                inherit
                c="inherit"
                underline="always"
              >
                {t('fields.setting', { name: 'group.undeclaredFields' })}
              </Anchor>
            </Alert>
            {FIELD_SUBJECTS.map(subject => (
              <Subject
                key={subject}
                subject={subject}
                fields={fields.filter(field => field.subject === subject)}
                max={most[subject]}
                onChange={mayDeclare ? setOpen : undefined}
              />
            ))}
          </Stack>
        )}
      </QueryView>
      {open && (
        <DeclareField
          appId={appId}
          {...(open !== 'new' && { line: open })}
          onClose={() => setOpen(undefined)}
        />
      )}
    </>
  )
}

function Subject(props: {
  readonly subject: FieldSubject
  readonly fields: readonly DeclaredField[]
  readonly max: number
  readonly onChange: ((line: FieldLine) => void) | undefined
}) {
  const t = useT()
  const { subject, fields, max, onChange } = props
  const title = t(`fields.of-${subject}`)
  return (
    <Stack gap="xs" component="section" aria-label={title}>
      <Group justify="space-between" gap="xs">
        <Title order={2} fz="h4">
          {title}
        </Title>
        <Text size="sm" c="dimmed">
          {t('fields.count', { n: fields.length, max })}
        </Text>
      </Group>
      <RecordList
        label={title}
        rows={fields.flatMap(linesOf)}
        rowKey={line => `${line.key} ${line.types.join()}`}
        empty={t('fields.none')}
        columns={[
          { name: t('fields.key'), cell: line => <span className="mono breakable">{line.key}</span> },
          {
            name: t('fields.types'),
            cell: line => line.types.map(type => t(`group-type.${type}`)).join(', '),
          },
          { name: t('fields.read'), cell: line => t(`field-level.${line.read}`) },
          { name: t('fields.write'), cell: line => t(`field-level.${line.write}`) },
        ]}
        {...(onChange && {
          actionsName: t('actions'),
          actions: (line: FieldLine) => (
            <Button
              size="xs"
              variant="default"
              onClick={() => onChange(line)}
              aria-label={`${t('fields.change')}: ${line.key}`}
            >
              {t('fields.change')}
            </Button>
          ),
        })}
      />
    </Stack>
  )
}

/** Types with the same levels share a line. */
function linesOf({ subject, key, levels }: DeclaredField): FieldLine[] {
  const lines = new Map<string, FieldLine>()
  for (const { type, read, write } of levels) {
    const name = `${read} ${write}`
    const types = [...(lines.get(name)?.types ?? []), type]
    lines.set(name, { subject, key, types, read, write })
  }
  return [...lines.values()]
}
