import { Code, Stack, Text } from '@mantine/core'
import type { HistoryMessage } from './group-answers.ts'

/** Texts as they are; of other elements what they hold: nothing of it is loaded or run. */
export function MessageBody({ elements }: { readonly elements: HistoryMessage['body'] }) {
  return (
    <Stack gap={4}>
      {elements.map(({ MsgType, MsgContent }, index) => {
        const text = MsgType === 'TIMTextElem' ? MsgContent.Text : undefined
        return typeof text === 'string' ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: elements have no id and never change.
          <Text key={index} size="sm" className="breakable" style={{ whiteSpace: 'pre-wrap' }}>
            {text}
          </Text>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: as above.
          <div key={index}>
            <Text size="xs" c="dimmed" className="mono">
              {MsgType}
            </Text>
            <Code block className="breakable" fz="xs" style={{ whiteSpace: 'pre-wrap' }}>
              {JSON.stringify(MsgContent)}
            </Code>
          </div>
        )
      })}
    </Stack>
  )
}
