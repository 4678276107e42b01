import { Card, Group, Paper, Stack, Table, Text } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import type { ReactNode } from 'react'

export interface Column<T> {
  readonly name: string
  readonly cell: (row: T) => ReactNode
}

export interface RecordListProps<T> {
  readonly label: string
  readonly rows: readonly T[]
  readonly rowKey: (row: T) => string
  /** The first column is the name of the row: the heading of its card where the screen is narrow. */
  readonly columns: readonly Column<T>[]
  /** Buttons at the end of a row. */
  readonly actions?: (row: T) => ReactNode
  readonly actionsName?: string
  readonly empty: ReactNode
}

/** Below it a table of five columns no longer fits beside the navigation. */
const WIDE = '(min-width: 62em)'

/** Rows as a table where there is room, as cards where there is not. */
export function RecordList<T>(props: RecordListProps<T>) {
  const isWide = useMediaQuery(WIDE, window.matchMedia(WIDE).matches)
  if (props.rows.length === 0)
    return (
      <Paper withBorder p="xl" ta="center" c="dimmed">
        {props.empty}
      </Paper>
    )
  return isWide ? <WideList {...props} /> : <NarrowList {...props} />
}

function WideList<T>({ label, rows, rowKey, columns, actions, actionsName }: RecordListProps<T>) {
  return (
    <Paper withBorder>
      <Table.ScrollContainer minWidth={500}>
        <Table verticalSpacing="sm" horizontalSpacing="md" aria-label={label} highlightOnHover>
          <Table.Thead>
            <Table.Tr>
              {columns.map(column => (
                <Table.Th key={column.name} fz="xs" c="dimmed" fw={600}>
                  {column.name}
                </Table.Th>
              ))}
              {actions && <Table.Th aria-label={actionsName ?? label} />}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map(row => (
              <Table.Tr key={rowKey(row)}>
                {columns.map(column => (
                  <Table.Td key={column.name}>{column.cell(row)}</Table.Td>
                ))}
                {actions && (
                  <Table.Td>
                    <Group gap="xs" justify="flex-end" wrap="nowrap">
                      {actions(row)}
                    </Group>
                  </Table.Td>
                )}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Paper>
  )
}

function NarrowList<T>({ label, rows, rowKey, columns, actions }: RecordListProps<T>) {
  const [heading, ...others] = columns
  return (
    <Stack gap="sm" role="list" aria-label={label}>
      {rows.map(row => (
        <Card key={rowKey(row)} withBorder padding="md" role="listitem">
          <Stack gap="xs">
            <div>{heading?.cell(row)}</div>
            {others.map(column => (
              <Group key={column.name} justify="space-between" gap="md" wrap="nowrap" align="flex-start">
                <Text size="sm" c="dimmed" style={{ flexShrink: 0 }}>
                  {column.name}
                </Text>
                <Text size="sm" component="div" ta="right" className="breakable">
                  {column.cell(row)}
                </Text>
              </Group>
            ))}
            {actions && (
              <Group gap="xs" mt={4}>
                {actions(row)}
              </Group>
            )}
          </Stack>
        </Card>
      ))}
    </Stack>
  )
}
