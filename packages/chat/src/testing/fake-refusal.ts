/** A request that the server refuses. */
export class Refusal {
  readonly code: number
  readonly detail: Readonly<Record<string, unknown>>

  constructor(code: number, detail: Readonly<Record<string, unknown>> = {}) {
    this.code = code
    this.detail = detail
  }
}
