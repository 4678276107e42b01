/** `message.to_ids` of accounts: `,1,2,`, so that one of them is found as `,1,`. */
export function addressText(accounts: readonly number[]): string {
  return accounts.length === 0 ? '' : `,${accounts.join(',')},`
}

export function isAddressed(text: string, account: number): boolean {
  return text.includes(`,${account},`)
}

export function addressedAccounts(text: string): number[] {
  return text === '' ? [] : text.slice(1, -1).split(',').map(Number)
}
