/** The content of a wire element, read without trust: other clients and REST wrote it. */
export type Content = Readonly<Record<string, unknown>>

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
export const numberOf = (value: unknown): number => (typeof value === 'number' ? value : Number(value) || 0)

export function isContent(value: unknown): value is Content {
  return typeof value === 'object' && value !== null
}

export function contentsOf(value: unknown): readonly Content[] {
  return Array.isArray(value) ? value.filter(isContent) : []
}
