import { Group, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'

/** A room's name, what it is for, and its main action. */
export function PageHead({
  title,
  about,
  children,
}: {
  title: string
  about?: ReactNode
  children?: ReactNode
}) {
  return (
    <Group justify="space-between" align="flex-start" mb="lg" gap="md">
      <Stack gap={4} style={{ flex: '1 1 18rem' }}>
        <Title order={1} className="breakable" fz={{ base: 'h3', sm: 'h2' }}>
          {title}
        </Title>
        {about && (
          <Text c="dimmed" size="sm" maw="60ch" component="div">
            {about}
          </Text>
        )}
      </Stack>
      {children && <Group gap="sm">{children}</Group>}
    </Group>
  )
}
