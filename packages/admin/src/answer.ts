/** What every successful answer has; failures are thrown. */
export interface Answer {
  /** `SomeError`: `openim/batchsendmsg` reached some receivers only; `ErrorList` names the others. */
  readonly ActionStatus: 'OK' | 'SomeError'
  readonly ErrorCode: 0
  readonly ErrorInfo: string
  /** In the profile, relation and conversation families; empty. */
  readonly ErrorDisplay?: string
}
