import type { Figures, PeerScenario } from './peer.ts'

export type Bound = { readonly atMost: number } | { readonly atLeast: number }

/** One measured number beside the aim that it has. */
export interface Verdict {
  readonly what: string
  readonly value: number
  readonly aim: Bound
}

/** What a scenario found: its text, the verdicts in it, and the sides that other servers are compared with. */
export interface Report {
  readonly text: string
  readonly verdicts: readonly Verdict[]
  /** Why the figures say nothing: a saturated load, a busy machine. Empty: they count. */
  readonly voids: readonly string[]
  readonly compared?: {
    readonly scenario: PeerScenario
    readonly sides: readonly { readonly name: string; readonly figures: Figures }[]
  }
}

export function isMet({ value, aim }: Verdict): boolean {
  return 'atMost' in aim ? value <= aim.atMost : value >= aim.atLeast
}

export function aimText(aim: Bound): string {
  return 'atMost' in aim ? `at most ${aim.atMost}` : `at least ${aim.atLeast}`
}

export function verdictLine(verdict: Verdict): string {
  const { what, value, aim } = verdict
  return `${what}: ${shortNumber(value)} (aim: ${aimText(aim)}) ${isMet(verdict) ? 'met' : 'NOT met'}`
}

/** Two decimals where they say something. */
export function shortNumber(value: number): string {
  return Math.abs(value) < 100 ? value.toFixed(2) : value.toFixed(0)
}

/** Lines of a report, with its verdicts and what voids it. */
export class ReportText {
  readonly #lines: string[] = []
  readonly #verdicts: Verdict[] = []
  readonly #voids: string[] = []

  /** Paragraphs and tables. */
  add(...texts: readonly string[]): void {
    for (const text of texts) this.#lines.push(text, '')
  }

  line(text: string): void {
    this.#lines.push(text)
  }

  judge(what: string, value: number, aim: Bound): void {
    const verdict = { what, value, aim }
    this.#verdicts.push(verdict)
    this.#lines.push(verdictLine(verdict))
  }

  void(reason: string): void {
    this.#voids.push(reason)
    this.#lines.push(`VOID: ${reason}`)
  }

  done(compared?: Report['compared']): Report {
    return {
      text: this.#lines.join('\n').trimEnd(),
      verdicts: this.#verdicts,
      voids: this.#voids,
      ...(compared && { compared }),
    }
  }
}
