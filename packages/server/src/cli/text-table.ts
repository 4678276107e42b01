/** Rows under a heading, in columns; the texts of a cell have one line. */
export function textTable(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [heading, ...rows]
  const widths = heading.map((_, column) =>
    Math.max(...lines.map(line => Bun.stringWidth(printable(line[column] ?? '')))),
  )
  return lines
    .map(line =>
      line
        .map((cell, column) => {
          const shown = printable(cell)
          const gap = (widths[column] ?? 0) - Bun.stringWidth(shown)
          return column === heading.length - 1 ? shown : shown + ' '.repeat(gap)
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** Lines of `name: value` with the values below each other. */
export function fieldList(fields: readonly (readonly [name: string, value: string])[]): string {
  const width = Math.max(...fields.map(([name]) => name.length))
  return fields.map(([name, value]) => `${`${name}:`.padEnd(width + 2)}${printable(value)}`).join('\n')
}

/** Unix seconds as a moment of UTC; `-` for never. */
export function moment(seconds: number | null): string {
  return seconds ? new Date(seconds * 1000).toISOString().replace('T', ' ').replace('.000Z', 'Z') : '-'
}

/** Texts that users chose must not steer the operator's terminal. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}|\p{Cf}/gu, '�')
}
