import { Box, Center, Group, Paper, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { Preferences } from '../shell/preferences.tsx'

/** The frame of what one sees before being signed in. */
export function EntryCard({
  title,
  about,
  children,
}: {
  title: string
  about?: string
  children: ReactNode
}) {
  return (
    <Box mih="100vh" p="md" component="main">
      <Group justify="flex-end" gap={4}>
        <Preferences />
      </Group>
      <Center mt={{ base: 'lg', sm: '10vh' }}>
        <Stack w="100%" maw={420} gap="lg">
          <Group gap="sm" justify="center">
            <img src="/console/icon.svg" width={36} height={36} alt="" />
            <Text fw={700} fz="xl">
              Rookery
            </Text>
          </Group>
          <Paper withBorder p={{ base: 'md', sm: 'xl' }} shadow="sm">
            <Stack>
              <div>
                <Title order={1} fz="h3">
                  {title}
                </Title>
                {about && (
                  <Text size="sm" c="dimmed" mt={4}>
                    {about}
                  </Text>
                )}
              </div>
              {children}
            </Stack>
          </Paper>
        </Stack>
      </Center>
    </Box>
  )
}
