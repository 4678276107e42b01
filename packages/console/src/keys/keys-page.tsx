import { Badge, Button, Menu, Stack, Text } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { AddedKey, Key } from '../api/answers.ts'
import { runCommand } from '../api/console-call.ts'
import { useMay } from '../api/session.tsx'
import { useApp } from '../apps/app-frame.tsx'
import { useT } from '../i18n/language.tsx'
import { Icon } from '../parts/icons.tsx'
import { Moment } from '../parts/moment.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { QueryView } from '../parts/query-view.tsx'
import { RecordList } from '../parts/record-list.tsx'
import { SecretReveal } from '../parts/secret-reveal.tsx'
import { tell } from '../parts/tell.ts'
import { AddKey, RetireKey, RotateKey, SetKeyAdmins } from './key-dialogs.tsx'

type Open =
  | { readonly dialog: 'add' }
  | { readonly dialog: 'rotate' }
  | { readonly dialog: 'retire'; readonly key: Key }
  | { readonly dialog: 'admins'; readonly key: Key }

export function KeysPage() {
  const t = useT()
  const app = useApp()
  const { appId } = app
  const queries = useQueryClient()
  const mayChange = useMay('admin', appId)
  const [open, setOpen] = useState<Open>()
  const [added, setAdded] = useState<AddedKey>()
  const keys = useQuery({
    queryKey: ['app', appId, 'keys'],
    queryFn: () => runCommand<readonly Key[]>('key list', { appId }),
  })
  const refresh = () => void queries.invalidateQueries({ queryKey: ['app', appId] })
  const onClose = () => setOpen(undefined)
  const onAdded = (key: AddedKey) => {
    refresh()
    if (key.secret !== undefined) setAdded(key)
    else tell(t('keys.imported', { id: key.keyId }))
  }
  const onChanged = () => {
    refresh()
    tell(t('saved'))
  }
  const current = keys.data?.find(key => key.state === 'current' && key.kind === 'hmac')
  return (
    <>
      <PageHead title={t('nav.keys')} about={t('keys.about')}>
        {mayChange && (
          <>
            <Button variant="default" onClick={() => setOpen({ dialog: 'add' })}>
              {t('keys.add')}
            </Button>
            <Button
              leftSection={<Icon name="refresh" size={16} />}
              onClick={() => setOpen({ dialog: 'rotate' })}
            >
              {t('keys.rotate')}
            </Button>
          </>
        )}
      </PageHead>
      <QueryView query={keys}>
        {list => (
          <RecordList
            label={t('nav.keys')}
            rows={list}
            rowKey={key => key.keyId}
            empty={t('keys.none')}
            columns={[
              {
                name: t('keys.key'),
                cell: key => (
                  <Stack gap={0}>
                    <Text span fw={600} className="mono">
                      {key.keyId}
                    </Text>
                    <Text span size="xs" c="dimmed">
                      {key.kind === 'hmac' ? t('keys.hmac') : t('keys.ecdsa')}
                    </Text>
                  </Stack>
                ),
              },
              { name: t('app.state'), cell: key => <KeyState state={key} /> },
              { name: t('app.created'), cell: key => <Moment seconds={key.created} /> },
              { name: t('keys.last-used'), cell: key => <Moment seconds={key.lastUsed} relative /> },
              {
                name: t('keys.sessions'),
                cell: key => (
                  <span style={{ whiteSpace: 'nowrap' }}>
                    {t('keys.sessions-of', { sessions: key.sessions, connected: key.connected })}
                  </span>
                ),
              },
              {
                name: t('keys.may-admin'),
                cell: key => (key.mayMintAdmin ? t('yes') : t('no')),
              },
            ]}
            actionsName={t('actions')}
            {...(mayChange && {
              actions: (key: Key) =>
                key.state !== 'revoked' && (
                  <Menu position="bottom-end" withinPortal>
                    <Menu.Target>
                      <Button
                        size="xs"
                        variant="default"
                        aria-label={`${t('actions')}: ${key.keyId}`}
                        px="xs"
                      >
                        <Icon name="more" />
                      </Button>
                    </Menu.Target>
                    <Menu.Dropdown>
                      <Menu.Item onClick={() => setOpen({ dialog: 'admins', key })}>
                        {key.mayMintAdmin ? t('keys.forbid-admin') : t('keys.allow-admin')}
                      </Menu.Item>
                      <Menu.Item color="red" onClick={() => setOpen({ dialog: 'retire', key })}>
                        {t('keys.retire')}
                      </Menu.Item>
                    </Menu.Dropdown>
                  </Menu>
                ),
            })}
          />
        )}
      </QueryView>
      {open?.dialog === 'add' && <AddKey appId={appId} onClose={onClose} onDone={onAdded} />}
      {open?.dialog === 'rotate' && (
        <RotateKey appId={appId} current={current} onClose={onClose} onDone={onAdded} />
      )}
      {open?.dialog === 'retire' && (
        <RetireKey appId={appId} retired={open.key} onClose={onClose} onDone={onChanged} />
      )}
      {open?.dialog === 'admins' && (
        <SetKeyAdmins appId={appId} changed={open.key} onClose={onClose} onDone={onChanged} />
      )}
      {added?.secret !== undefined && (
        <SecretReveal
          revealed={{
            title: t('keys.made'),
            secret: added.secret,
            keyId: added.keyId,
            more: <AfterAdding added={added} />,
          }}
          onClose={() => setAdded(undefined)}
        />
      )}
    </>
  )
}

function AfterAdding({ added }: { added: AddedKey }) {
  const t = useT()
  if (added.old)
    return (
      <Text size="sm" component="div">
        {t('keys.rotated', { old: added.old.keyId })} <Moment seconds={added.old.acceptUntil} />
      </Text>
    )
  return <Text size="sm">{added.state === 'current' ? t('keys.is-current') : t('keys.is-accepted')}</Text>
}

function KeyState({ state: key }: { state: Key }) {
  const t = useT()
  const color = { current: 'teal', accepted: 'blue', revoked: 'gray' }[key.state]
  return (
    <div>
      <Badge color={color} variant="light">
        {t(`keys.${key.state}`)}
      </Badge>
      {key.state === 'accepted' && (
        <Text span size="xs" c="dimmed" ml={6}>
          {key.acceptUntil === null ? (
            t('keys.no-end')
          ) : (
            <>
              {t('keys.until')} <Moment seconds={key.acceptUntil} />
            </>
          )}
        </Text>
      )}
    </div>
  )
}
