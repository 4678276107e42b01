/**
 * What the original's declarations leave open as `any`. Programs typed against them read fields of it without a check,
 * and must compile here unchanged; `unknown` would stop them.
 */
// biome-ignore lint/suspicious/noExplicitAny: the original's own declaration
export type Untyped = any

/** The original declares some texts as `String` objects. */
export interface LooseText {
  valueOf(): string
}
