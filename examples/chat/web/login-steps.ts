import { byId, setText } from './dom.ts'

/** The four steps of the login process on the login page, each with its outcome. */
type Step = 1 | 2 | 3 | 4

const itemOf = (step: number) => byId('steps').children[step - 1] as HTMLElement

let current: number = 1

/** Clears that step and those after it. */
export function resetSteps(from: Step): void {
  for (let step: number = from; step <= 4; step++) {
    delete itemOf(step).dataset.state
    setText(itemOf(step).querySelector('small'), '')
  }
}

export function startStep(step: Step): void {
  current = step
  itemOf(step).dataset.state = 'doing'
}

export function finishStep(step: Step, outcome: string): void {
  itemOf(step).dataset.state = 'done'
  setText(itemOf(step).querySelector('small'), outcome)
}

/** The step that was under way did not succeed. */
export function failStep(reason: string): void {
  itemOf(current).dataset.state = 'failed'
  setText(itemOf(current).querySelector('small'), reason)
}

/** An error's text, with the SDK's or the server's code where it has one. */
export function textOf(cause: unknown): string {
  const { code, message } = cause as { readonly code?: number; readonly message?: string }
  return `${message ?? String(cause)}${code ? ` (${code})` : ''}`
}
