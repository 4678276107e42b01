import { expect, test } from 'bun:test'
import { LoginBudget } from './login-budget.ts'

const attempt = (name: string, network: string, familiar = false) => ({ name, network, familiar })

test('a guess from many networks does not shut out an operator on a network of theirs', () => {
  const budget = new LoginBudget()
  const waits = Array.from({ length: 150 }, (_, n) => budget.take(attempt('ada', `10.0.${n}.1`), 0))
  expect(waits.filter(wait => wait === 0)).toHaveLength(100)
  expect(budget.take(attempt('ada', '10.9.9.9'), 0)).toBeGreaterThan(0)
  expect(budget.take(attempt('ada', '192.0.2.50', true), 0)).toBe(0)
})

test('one network can not try many names without end', () => {
  const budget = new LoginBudget()
  const waits = Array.from({ length: 100 }, (_, n) => budget.take(attempt(`name${n}`, '10.0.0.1'), 0))
  expect(waits.filter(wait => wait === 0)).toHaveLength(30)
  expect(Math.max(...waits)).toBeLessThanOrEqual(10_000)
})

test('right passwords cost nothing, wrong ones come back with time', () => {
  const budget = new LoginBudget()
  const ada = attempt('ada', '10.0.0.1')
  for (let n = 0; n < 200; n++) {
    expect(budget.take(ada, n)).toBe(0)
    budget.giveBack(ada, n)
  }
  for (let n = 0; n < 10; n++) expect(budget.take(ada, 1000)).toBe(0)
  expect(budget.take(ada, 1000)).toBe(30_000)
  expect(budget.take(ada, 31_000)).toBe(0)
  expect(budget.take(ada, 31_000)).toBeGreaterThan(0)
})
