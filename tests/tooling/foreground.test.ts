import { expect, test } from 'bun:test'
import { runForeground } from '../../scripts/foreground.mjs'

test('a command’s exit code is passed on', async () => {
  expect(await runForeground(process.execPath, ['-e', 'process.exit(7)'])).toEqual({
    code: 7,
    timedOut: false,
  })
})

test('a command that a signal ended gives 128 and the signal’s number, as in a shell', async () => {
  const killed = await runForeground(process.execPath, ['-e', 'process.kill(process.pid, "SIGKILL")'])
  expect(killed).toEqual({ code: 137, timedOut: false })
})

test('a command that takes longer than its limit is ended', async () => {
  const run = await runForeground(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { limitMs: 300 })
  expect(run).toEqual({ code: 143, timedOut: true })
})
