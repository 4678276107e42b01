/** A promise of docs/delivery-contract.md that a history breaks. */
export interface Violation {
  readonly rule: string
  readonly text: string
}
